"""Notices to accounts, and messages on their way out."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.records.base import Base, Id, Json, UtcDateTime
from models.records.database import is_postgresql


class Notice(Base):
    """What an account was told: a code of the NTF group with its values, once an occasion."""

    __tablename__ = "notice"
    __table_args__ = (
        UniqueConstraint("account_id", "code", "occasion"),
        Index("ix_notice_account_id_id", "account_id", "id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("batch.id"))
    code: Mapped[str] = mapped_column(String(10))
    values: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    """Placeholders of the code's text."""
    occasion: Mapped[str] = mapped_column(String(60))
    """What it is about, so that nobody is told twice."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """Business clock, like the next one."""
    read_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class OutgoingMessage(Base):
    """An e-mail or SMS that went out, or would have: the outbox, which only an administrator reads."""

    __tablename__ = "outgoing_message"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    channel: Mapped[str] = mapped_column(String(10))
    """`email` or `sms`."""
    recipient: Mapped[str] = mapped_column(String(254))
    subject: Mapped[str] = mapped_column(String(200), default="")
    body: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """The machine's clock, like the next one."""
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


def tell(
    session: Session,
    account_id: int,
    code: str,
    occasion: str,
    *,
    at: datetime,
    batch_id: int | None = None,
    **values: str | int,
) -> None:
    """Tell an account something, in the transaction of what it tells about; once an occasion, whoever asks again."""
    insert = postgresql.insert(Notice) if is_postgresql(session) else sqlite.insert(Notice)
    told = insert.values(
        account_id=account_id, batch_id=batch_id, code=code, values=values, occasion=occasion, created_at=at
    )
    session.execute(told.on_conflict_do_nothing())
