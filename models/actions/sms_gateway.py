"""How an SMS leaves the house. Which gateway a deployment has is its own affair; without one there is the outbox."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Protocol

from sqlalchemy.orm import Session

from models.records.notice import OutgoingMessage


class SmsNotSentError(Exception):
    """The gateway did not take the message."""


class SmsGateway(Protocol):
    """What sends an SMS."""

    def send(self, session: Session, phone: str, body: str) -> None:
        """Send it, or raise SmsNotSentError. It is called at the end of a short transaction and must not wait long."""


class Outbox:
    """No gateway: the message stays where only an administrator reads it (DOMAIN 12.6)."""

    def send(self, session: Session, phone: str, body: str) -> None:
        """Write it down."""
        session.add(OutgoingMessage(channel="sms", recipient=phone, body=body, created_at=datetime.now(UTC)))


OUTBOX = Outbox()
