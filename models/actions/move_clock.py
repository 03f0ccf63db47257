"""The demonstration's clock is moved; never in production."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy.orm import Session

from config.settings import settings
from models.records.business_clock import ClockOffset
from models.rules.refusal import Refused


def move_clock(session: Session, to: datetime) -> None:
    """Let the business clock show `to` (aware) now and run on from there. Refused AUTH-006 outside a demonstration."""
    if not settings().demonstration:
        raise Refused("AUTH-006")
    offset = session.get(ClockOffset, 1)
    if offset is None:
        offset = ClockOffset(id=1)
        session.add(offset)
    offset.seconds = (to - datetime.now(UTC)).total_seconds()
