"""Messages on their way out: the outbox of a demonstration, and 发送情况."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Select, case, func, select
from sqlalchemy.orm import Session

from config.messages import text
from models.records.batch import Batch
from models.records.database import database_seconds
from models.records.delivery_line import DeliveryLine
from models.records.notice import IS_UNSETTLED, MessageState, Notice, OutgoingMessage
from models.rules.alarms import message_waits_too_long


@dataclass(frozen=True, slots=True)
class MessageLine:
    """A message and what it is about."""

    message: OutgoingMessage
    notice: Notice | None
    batch_no: str

    @property
    def text(self) -> str:
        """What it says."""
        return text(self.notice.code, **self.notice.values) if self.notice else self.message.body


@dataclass(frozen=True, slots=True)
class MessageFilters:
    """What the list is narrowed to; empty text means everything."""

    state: str = ""
    channel: str = ""


@dataclass(frozen=True, slots=True)
class ShutLine:
    """A server that was away a moment ago."""

    why: str
    seconds: float
    """Until it is asked again."""


@dataclass(frozen=True, slots=True)
class OldestDue:
    """The oldest message of a channel that waits and was never refused: it waits for a server, not for an address.

    One that staff have sent again waits since then.
    """

    channel: str
    seconds: float
    """How long it has waited."""
    away: str
    """Why the server took nothing when it was last asked, in a word, never an address; empty: it did."""

    @property
    def too_long(self) -> bool:
        """Whether somebody must look."""
        return message_waits_too_long(self.seconds, away=bool(self.away))


@dataclass(frozen=True, slots=True)
class UnsettledMessages:
    """Messages that nobody need look at again are not among them."""

    by_state: Mapping[str, int]
    """Waiting, being sent, failed and uncertain."""
    oldest_due: Sequence[OldestDue]
    """Of each channel in which one is due, by its name."""

    @property
    def oldest_due_seconds(self) -> float:
        """Age of the oldest of any channel; 0: none is due."""
        return max((oldest.seconds for oldest in self.oldest_due), default=0.0)

    @property
    def late(self) -> Sequence[OldestDue]:
        """Those that have waited too long."""
        return [oldest for oldest in self.oldest_due if oldest.too_long]


def outgoing_messages(session: Session, page: int = 1, size: int = 20) -> tuple[Sequence[MessageLine], int]:
    """One page of messages, newest first, and how many there are; 2 statements."""
    return list_messages(session, MessageFilters(), page, size)


def list_messages(session: Session, filters: MessageFilters, page: int, size: int) -> tuple[Sequence[MessageLine], int]:
    """One page of the messages that are asked for, newest first, and how many there are; 2 statements."""
    wanted = [
        column == value
        for column, value in ((OutgoingMessage.state, filters.state), (OutgoingMessage.channel, filters.channel))
        if value
    ]
    total = session.execute(select(func.count()).select_from(OutgoingMessage).where(*wanted)).scalar_one()
    found = _lines().where(*wanted).limit(size).offset((page - 1) * size)
    lines = [MessageLine(message, notice, batch_no or "") for message, notice, batch_no in session.execute(found)]
    return lines, total


def unsettled_messages(session: Session) -> Mapping[str, int]:
    """How many messages are waiting, being sent, failed and uncertain; one statement, from an index of its own."""
    return look_at_messages(session).by_state


def look_at_messages(session: Session) -> UnsettledMessages:
    """What is not settled, and what of it waits for a server; one statement, as before."""
    state, channel = OutgoingMessage.state, OutgoingMessage.channel
    since = func.coalesce(OutgoingMessage.sent_again_at, OutgoingMessage.created_at)
    never_refused = case((OutgoingMessage.refusals == 0, since))
    away = case((DeliveryLine.failures > 0, DeliveryLine.last_error), else_="")
    counted = (
        select(state, channel, func.count(), func.min(never_refused), func.max(away))
        .outerjoin(DeliveryLine, DeliveryLine.channel == channel)
        .where(IS_UNSETTLED)
        .group_by(state, channel)
    )
    by_state, oldest_due, now = dict.fromkeys((one.value for one in _UNSETTLED), 0), [], datetime.now(UTC)
    for found, by, count, oldest, why in session.execute(counted.order_by(channel)):
        by_state[found] += count
        if found == MessageState.WAITING and oldest is not None:
            oldest_due.append(OldestDue(by, (now - oldest).total_seconds(), why))
    return UnsettledMessages(by_state, oldest_due)


def shut_lines(session: Session) -> Mapping[str, ShutLine]:
    """The channels whose server was away when it was last asked, and why; one statement."""
    left = (DeliveryLine.shut_until - database_seconds()).label("left")
    found = select(DeliveryLine.channel, DeliveryLine.last_error, left).where(DeliveryLine.failures > 0)
    return {channel: ShutLine(why, max(seconds, 0)) for channel, why, seconds in session.execute(found)}


_UNSETTLED = (MessageState.WAITING, MessageState.SENDING, MessageState.FAILED, MessageState.UNCERTAIN)


def _lines() -> Select[OutgoingMessage, Notice, str]:
    return (
        select(OutgoingMessage, Notice, Batch.batch_no)
        .outerjoin(Notice, Notice.id == OutgoingMessage.notice_id)
        .outerjoin(Batch, Batch.id == Notice.batch_id)
        .order_by(OutgoingMessage.id.desc())
    )
