"""Letters and SMS begin as rows, in the transaction of what they are about; tasks/notices.py sends them afterwards."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy.orm import Session

from config.letters import letter
from config.settings import settings
from models.records.database import database_seconds
from models.records.notice import MessageState, OutgoingMessage
from models.rules.notices import Channel


def post_code(
    session: Session, channel: Channel, recipient: str, name: str, *, valid: timedelta, **values: str
) -> None:
    """A letter or SMS that is worthless after a while, such as a code: sent before all others, or not at all."""
    subject, body = letter(name, **values)
    session.add(
        OutgoingMessage(
            channel=channel,
            recipient=recipient,
            letter=name,
            subject=subject,
            body=body,
            values=values,
            created_at=datetime.now(UTC),
            state=state_at_first(channel),
            void_at=database_seconds() + valid.total_seconds(),
        )
    )


def state_at_first(channel: Channel) -> MessageState:
    """Whether a new message waits to be sent, or stays where an administrator reads it (DOMAIN 12.6).

    Letters in production wait also while there is no mail server: that one is missing is a mistake.
    """
    if channel is Channel.SMS:
        return MessageState.WAITING if settings().sends_sms else MessageState.OUTBOX
    return MessageState.OUTBOX if settings().demonstration and not settings().sends_email else MessageState.WAITING
