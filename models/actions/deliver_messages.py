"""The life of a message on its way out, so that nobody gets one twice (tasks/notices.py does it, step by step).

A server is asked in small steps, all of which can be done again until it says that it is ready for the text. Only then
the message is marked as being sent, in a transaction of its own, and the text goes out. Who dies before the mark leaves
a message that waits; who dies after it leaves one that may have arrived: uncertain, until staff send it again. One
worker at a time has a channel's line, but it is the mark that decides: two can't both make it.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, case, exists, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from models.actions.late_reminders import OUTDATED, is_outdated
from models.records.batch import Batch
from models.records.business_clock import business_now
from models.records.database import database_seconds, is_postgresql
from models.records.delivery_line import DeliveryLine
from models.records.notice import IS_UNSETTLED, IS_WAITING, PERISHABLE, MessageState, Notice, OutgoingMessage
from models.rules.notices import Channel, retry_after

LINE_SECONDS = 150
"""How long a worker that says nothing keeps a line, and a message that it sends: longer than one message ever takes.

The clients in tasks/delivery/ have deadlines; a test adds them up.
"""
SHUT_SECONDS, LONGEST_SHUT_SECONDS = {0: 15, 1: 30, 2: 60}, 120
"""How long nobody asks a server that was away, by how often in a row it was so before."""
_FAR_AHEAD = 86_400
"""A moment further ahead than this was written before the database's clock was put back."""
_OPEN_STILL = OutgoingMessage.state.in_((MessageState.WAITING, MessageState.FAILED, MessageState.UNCERTAIN))


class LineLostError(Exception):
    """Somebody else has the line, or the message is no longer waiting: nothing was sent, and nothing is to be done."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """A message as it is sent: a letter with a text of its own, or a notice."""

    message_id: int
    recipient: str
    created_at: datetime
    letter: str
    """Name of the letter; empty for a notice."""
    subject: str
    body: str
    code: str
    """Of the NTF group; empty for a letter."""
    values: Mapping[str, Any]
    batch_no: str


def take_line(session: Session, channel: Channel) -> str | None:
    """The line for this worker, and its token; None: others have it, or the other side was away a moment ago."""
    insert = postgresql.insert(DeliveryLine) if is_postgresql(session) else sqlite.insert(DeliveryLine)
    session.execute(insert.values(channel=channel.value).on_conflict_do_nothing())
    token = secrets.token_hex(16)
    free = and_(_reached(DeliveryLine.busy_until), _reached(DeliveryLine.shut_until))
    taken = update(DeliveryLine).where(DeliveryLine.channel == channel.value, free)
    taken = taken.values(token=token, busy_until=database_seconds() + LINE_SECONDS).returning(DeliveryLine.channel)
    return token if session.execute(_quietly(taken)).scalar() else None


def leave_line(session: Session, channel: Channel, token: str, *, away: str | None, shut_now: bool = True) -> None:
    """Let others have the line. `away`: why the other side can't be used now; None: it was fine.

    `shut_now` is not asked for where it may be fine for others: that it was not is written down, and no more.
    """
    shut = case(SHUT_SECONDS, value=DeliveryLine.failures, else_=LONGEST_SHUT_SECONDS)
    values: dict[str, Any] = {"failures": 0, "last_error": "", "shut_until": 0}
    if away is not None:
        values = {
            "failures": DeliveryLine.failures + 1,
            "last_error": away[:60],
            "shut_until": database_seconds() + shut if shut_now else 0,
        }
    mine = update(DeliveryLine).where(DeliveryLine.channel == channel.value, DeliveryLine.token == token)
    session.execute(_quietly(mine.values(token=None, busy_until=0, **values)))


def is_shut(session: Session, channel: Channel) -> bool:
    """Whether the other side was away a moment ago."""
    shut = select(DeliveryLine.channel).where(DeliveryLine.channel == channel.value)
    return session.execute(shut.where(~_reached(DeliveryLine.shut_until))).scalar() is not None


def next_due(session: Session, channel: Channel) -> Parcel | None:
    """What is to be sent first: codes, then notices; of each whatever has waited longest since it was last tried."""
    due = (
        select(OutgoingMessage.id)
        .where(IS_WAITING, OutgoingMessage.channel == channel.value, _reached(OutgoingMessage.next_try_at))
        .where(or_(OutgoingMessage.void_at.is_(None), OutgoingMessage.void_at > database_seconds()))
        .order_by(OutgoingMessage.next_try_at, OutgoingMessage.id)
        .limit(1)
        .correlate(None)
    )
    first = func.coalesce(due.where(PERISHABLE).scalar_subquery(), due.scalar_subquery())
    found = session.execute(
        select(OutgoingMessage, Notice, Batch.batch_no)
        .outerjoin(Notice, Notice.id == OutgoingMessage.notice_id)
        .outerjoin(Batch, Batch.id == Notice.batch_id)
        .where(OutgoingMessage.id == first)
    ).one_or_none()
    if found is None:
        return None
    message, notice, batch_no = found
    return Parcel(
        message_id=message.id,
        recipient=message.recipient,
        created_at=message.created_at,
        letter=message.letter,
        subject=message.subject,
        body=message.body,
        code=notice.code if notice else "",
        values=notice.values if notice else message.values,
        batch_no=batch_no or "",
    )


def mark_sending(session: Session, channel: Channel, token: str, message_id: int) -> None:
    """From here on nobody sends it again by themselves. LineLostError: others have it, or have had it."""
    until = database_seconds() + LINE_SECONDS
    line = update(DeliveryLine).where(DeliveryLine.channel == channel.value, DeliveryLine.token == token)
    kept = session.execute(_quietly(line.values(busy_until=until).returning(DeliveryLine.channel))).scalar()
    waits = update(OutgoingMessage).where(OutgoingMessage.id == message_id, IS_WAITING)
    marked = waits.values(state=MessageState.SENDING, token=token, lease_until=until).returning(OutgoingMessage.id)
    if kept is None or session.execute(_quietly(marked)).scalar() is None:
        raise LineLostError(message_id)


def mark_sent(session: Session, token: str, message_id: int) -> None:
    """It was taken. What it said of a code is forgotten."""
    done = {"state": MessageState.SENT, "sent_at": datetime.now(UTC), "last_error": "", "body": "", "values": {}}
    session.execute(_quietly(_mine(token, message_id).values(**done, lease_until=None)))


def mark_uncertain(session: Session, token: str, message_id: int, why: str) -> None:
    """It was given to the server, which did not answer."""
    lost = _mine(token, message_id).values(state=MessageState.UNCERTAIN, lease_until=None, last_error=why[:60])
    session.execute(_quietly(lost))


def put_back(session: Session, token: str, message_id: int, why: str) -> None:
    """The server was away before it took any of it: it waits, behind all others of its kind that are due."""
    free = or_(OutgoingMessage.token == token, OutgoingMessage.state == MessageState.WAITING)
    back = (
        update(OutgoingMessage)
        .where(OutgoingMessage.id == message_id, free)
        .where(OutgoingMessage.state.in_((MessageState.WAITING, MessageState.SENDING)))
    )
    waits = {"state": MessageState.WAITING, "lease_until": None, "last_error": why[:60]}
    session.execute(_quietly(back.values(**waits, next_try_at=database_seconds())))


def mark_refused(session: Session, token: str, message_id: int, why: str) -> None:
    """The other side said no to this one: it is tried again after a while, or has failed."""
    message = session.get(OutgoingMessage, message_id, with_for_update=True, populate_existing=True)
    if message is None or not (message.state == MessageState.WAITING or message.token == token):
        return
    if message.state not in {MessageState.WAITING, MessageState.SENDING}:
        return
    message.refusals += 1
    message.lease_until, message.last_error = None, why[:60]
    pause = retry_after(message.refusals)
    message.state = MessageState.FAILED if pause is None else MessageState.WAITING
    if pause is not None:
        message.next_try_at = database_seconds() + pause.total_seconds()


def tidy(session: Session) -> None:
    """What is settled by time: void codes are forgotten, and outdated reminders are nobody's concern any more.

    Messages whose sender died while the server had them are uncertain. A code that is being sent is left to its sender.
    """
    why = case((OutgoingMessage.refusals == 0, OUTDATED), else_=OutgoingMessage.last_error)  # an address stands there
    late = update(OutgoingMessage).where(_is_late(business_now(session)))
    session.execute(_quietly(late.values(state=MessageState.VOID, last_error=why)))
    worthless = OutgoingMessage.void_at < database_seconds()
    ends = case((worthless, MessageState.VOID), else_=MessageState.UNCERTAIN)
    lost = update(OutgoingMessage).where(_lost())
    session.execute(_quietly(lost.values(state=ends, lease_until=None, last_error="interrupted")))
    void = case((_OPEN_STILL, MessageState.VOID), else_=OutgoingMessage.state)
    session.execute(_quietly(update(OutgoingMessage).where(_is_past()).values(body="", values={}, state=void)))


def is_untidy(session: Session) -> bool:
    """Whether `tidy` has anything to do; asked first, since a database with one writer is not to be disturbed."""
    void = select(OutgoingMessage.id).where(_is_past()).limit(1)
    lost = select(OutgoingMessage.id).where(_lost()).limit(1)
    late = select(OutgoingMessage.id).where(_is_late(business_now(session))).limit(1)
    return any(session.execute(one).scalar() is not None for one in (void, lost, late))


def _mine(token: str, message_id: int) -> Any:
    sent = (MessageState.SENDING, MessageState.UNCERTAIN)  # whoever took it for lost was wrong
    return update(OutgoingMessage).where(
        OutgoingMessage.id == message_id, OutgoingMessage.token == token, OutgoingMessage.state.in_(sent)
    )


def _is_past() -> ColumnElement[bool]:
    worthless = OutgoingMessage.void_at < database_seconds()
    return and_(PERISHABLE, worthless, OutgoingMessage.state != MessageState.SENDING)


def _is_late(now: datetime) -> ColumnElement[bool]:
    outdated = exists().where(Notice.id == OutgoingMessage.notice_id, is_outdated(now)).correlate(OutgoingMessage)
    return and_(IS_UNSETTLED, _OPEN_STILL, outdated)


def _lost() -> ColumnElement[bool]:
    held = and_(IS_UNSETTLED, OutgoingMessage.state == MessageState.SENDING)
    return and_(held, or_(OutgoingMessage.lease_until.is_(None), _reached(OutgoingMessage.lease_until)))


def _reached(moment: Any) -> ColumnElement[bool]:
    """Whether a moment is past, whichever way the database's clock was moved since."""
    now = database_seconds()
    return or_(moment <= now, moment > now + _FAR_AHEAD)


def _quietly(statement: Any) -> Any:
    """Nothing of these rows is in the session."""
    return statement.execution_options(synchronize_session=False)
