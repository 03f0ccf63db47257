"""Notices to accounts, and messages on their way out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import Double, ForeignKey, Index, String, Text, UniqueConstraint, false, literal_column, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.records.base import Base, Id, Json, UtcDateTime
from models.records.database import is_postgresql
from models.rules.notices import is_stale

NOT_PASSED_ON = text("passed_on IS false")
"""The conditions of partial indexes; SQLite uses one only where the query has it word for word."""
UNREAD = text("read_at IS NULL")
_WAITING = text("state = 'waiting'")
_UNSETTLED = text("state IN ('waiting', 'sending', 'failed', 'uncertain')")
PERISHABLE = text("void_at IS NOT NULL AND body <> ''")
ADDRESSED = text("recipient <> ''")


class Notice(Base):
    """What an account was told: a code of the NTF group with its values, once an occasion."""

    __tablename__ = "notice"
    __table_args__ = (
        UniqueConstraint("account_id", "code", "occasion"),
        Index("ix_notice_account_id_id", "account_id", "id"),
        Index("ix_notice_code_created_at", "code", "created_at"),
        Index("ix_notice_unread", "account_id", postgresql_where=UNREAD, sqlite_where=UNREAD),
        Index("ix_notice_not_passed_on", "id", postgresql_where=NOT_PASSED_ON, sqlite_where=NOT_PASSED_ON),
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
    passed_on: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Whether its e-mail and SMS, if it has any, are on their way; see models/actions/pass_on_notices.py."""
    only_on_page: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Told when its moment was long over: it stands on the page as read, and nobody was sent it."""
    until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When that to which it calls has ended, by the business clock; None: there is no such time."""


class NoticeChoice(Base):
    """通知方式: what an account has chosen for a topic and a channel, where that differs from what all begin with."""

    __tablename__ = "notice_choice"

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True)
    topic: Mapped[str] = mapped_column(String(10), primary_key=True)
    """A `Topic` of models.rules.notices."""
    channel: Mapped[str] = mapped_column(String(10), primary_key=True)
    wanted: Mapped[bool]


class MessageState(StrEnum):
    """Where an e-mail or SMS is on its way."""

    OUTBOX = "outbox"  # there is no way out of the house: an administrator reads it
    WAITING = "waiting"
    SENDING = "sending"  # it is being given to the server: until that answers nobody gives it a second time
    SENT = "sent"
    FAILED = "failed"  # refused too often
    UNCERTAIN = "uncertain"  # given to the server, which never answered: only staff send it again
    VOID = "void"  # a code that did not arrive in time, or a notice that staff have given up or that is outdated


class OutgoingMessage(Base):
    """An e-mail or SMS on its way, sent, or in the outbox, which only an administrator reads."""

    __tablename__ = "outgoing_message"
    __table_args__ = (
        Index("ix_outgoing_message_notice_id_channel", "notice_id", "channel", unique=True),
        Index(
            "ix_outgoing_message_waiting", "channel", "next_try_at", postgresql_where=_WAITING, sqlite_where=_WAITING
        ),
        Index("ix_outgoing_message_unsettled", "state", "id", postgresql_where=_UNSETTLED, sqlite_where=_UNSETTLED),
        Index("ix_outgoing_message_perishable", "void_at", postgresql_where=PERISHABLE, sqlite_where=PERISHABLE),
        Index("ix_outgoing_message_addressed", "created_at", postgresql_where=ADDRESSED, sqlite_where=ADDRESSED),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    notice_id: Mapped[int | None] = mapped_column(ForeignKey("notice.id"))
    """The notice that it brings, whose text is read when it is sent; None: a letter with a text of its own."""
    channel: Mapped[str] = mapped_column(String(10))
    """A `Channel` of models.rules.notices."""
    recipient: Mapped[str] = mapped_column(String(254))
    """Empty some time after it was settled (RECIPIENT_KEPT)."""
    letter: Mapped[str] = mapped_column(String(20), default="", server_default="")
    """Name of the letter in config/letters.toml."""
    subject: Mapped[str] = mapped_column(String(200), default="", server_default="")
    body: Mapped[str] = mapped_column(Text, default="", server_default="")
    """Empty for a notice, and once a code was sent or is void, like the next one."""
    values: Mapped[dict[str, Any]] = mapped_column(Json, default=dict, server_default="{}")
    """What was filled in; an SMS is sent as a template and its values."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """The machine's clock, like the next two."""
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    sent_again_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When staff last had it sent once more: since then it waits."""
    state: Mapped[str] = mapped_column(String(10), default=MessageState.OUTBOX, server_default="outbox")
    refusals: Mapped[int] = mapped_column(default=0, server_default="0")
    """How often the other side has said no to this one."""
    next_try_at: Mapped[float] = mapped_column(Double, default=0, server_default="0")
    """Seconds since 1970 by the database's clock, like the next two; 0: at once, before all others."""
    void_at: Mapped[float | None] = mapped_column(Double)
    """When a code is worthless."""
    lease_until: Mapped[float | None] = mapped_column(Double)
    """While it is being sent: by then its server has answered, or whoever sends it is dead."""
    token: Mapped[str | None] = mapped_column(String(32))
    """Who sends it, or has."""
    last_error: Mapped[str] = mapped_column(String(60), default="", server_default="")
    """Why it was not taken, in a word: never an address or a text."""


IS_WAITING = OutgoingMessage.state == literal_column("'waiting'")
"""The conditions of its indexes, for queries."""
IS_UNSETTLED = OutgoingMessage.state.in_(
    [literal_column(f"'{state}'") for state in ("waiting", "sending", "failed", "uncertain")]
)


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


class Telling(NamedTuple):
    """What one of many accounts is told."""

    account_id: int
    code: str
    occasion: str
    values: Mapping[str, str | int]
    batch_id: int | None = None
    until: datetime | None = None
    """As `Notice` has it."""


def tell_all(session: Session, tellings: Iterable[Telling], *, at: datetime, moment: datetime | None = None) -> int:
    """Tell many accounts, each once an occasion as `tell` does; how many notices are new, 0 where all had been told.

    Reminders for a `moment` that is long over (days that were caught up with), or of what has ended since, only stand
    on the notices page, as read: nobody is called to what is over.
    """
    told = []
    for telling in tellings:
        stale = is_stale(telling.code, moment or at, at, telling.until)
        how = {"passed_on": stale, "only_on_page": stale, "read_at": at if stale else None}
        told.append(telling._asdict() | how | {"created_at": at})
    if not told:
        return 0
    insert = postgresql.insert(Notice) if is_postgresql(session) else sqlite.insert(Notice)
    new = session.execute(insert.on_conflict_do_nothing().returning(Notice.id), told)  # no row where one was told
    return len(new.all())
