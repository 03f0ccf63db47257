"""Messages on their way out, as the outbox shows them."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.records.notice import OutgoingMessage


def outgoing_messages(session: Session, page: int = 1, size: int = 20) -> tuple[Sequence[OutgoingMessage], int]:
    """One page of messages, newest first, and how many there are; 2 statements."""
    total = session.execute(select(func.count()).select_from(OutgoingMessage)).scalar_one()
    newest = select(OutgoingMessage).order_by(OutgoingMessage.id.desc())
    return session.scalars(newest.limit(size).offset((page - 1) * size)).all(), total
