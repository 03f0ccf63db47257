"""Notices become e-mail and SMS (DOMAIN 13): each once, to whom it concerns, by the channels that they have chosen.

Whoever tells something only writes the notice. What follows from it is made here, many at a time; what is outdated by
then is written down as void.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, Select, case, func, literal, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from models.actions.late_reminders import OUTDATED, is_outdated
from models.actions.outgoing import state_at_first
from models.records.account import Account, HandlerProfile
from models.records.base import UtcDateTime
from models.records.business_clock import business_now
from models.records.database import database_seconds, is_postgresql
from models.records.notice import NOT_PASSED_ON, MessageState, Notice, NoticeChoice, OutgoingMessage
from models.rules.notices import ALWAYS, CHOSEN_AT_FIRST, TOPIC_OF, Channel

AT_A_TIME = 500

EMAIL_OF = func.coalesce(func.nullif(HandlerProfile.email, ""), Account.email)
"""Where an account gets its letters: at the address of 经办人填报, else at that of the account."""


def pass_on(session: Session, limit: int = AT_A_TIME) -> int:
    """Make the messages of the oldest notices that have none yet; returns how many notices there were."""
    oldest = select(Notice.id).where(NOT_PASSED_ON).order_by(Notice.id).limit(limit)
    ids = session.execute(oldest.with_for_update(skip_locked=True)).scalars().all()
    if not ids:
        return 0
    insert = postgresql.insert(OutgoingMessage) if is_postgresql(session) else sqlite.insert(OutgoingMessage)
    now = business_now(session)
    for channel in Channel:
        columns = ["notice_id", "channel", "recipient", "created_at", "next_try_at", "state", "last_error"]
        made = _messages(channel).add_columns(*_at_first(channel, now)).where(Notice.id.in_(ids), _wanted(channel))
        session.execute(insert.from_select(columns, made.order_by(Notice.id)).on_conflict_do_nothing())
    done = update(Notice).where(Notice.id.in_(ids)).values(passed_on=True)
    session.execute(done.execution_options(synchronize_session=False))
    return len(ids)


def recipient_now(channel: Channel, notice_id: Any) -> ScalarSelect[str]:
    """Where a notice, or the one of each row of a statement, would be sent to now; NULL: nowhere."""
    made = _messages(channel)
    return made.with_only_columns(made.selected_columns.recipient).where(Notice.id == notice_id).scalar_subquery()


def _at_first(channel: Channel, now: datetime) -> tuple[ColumnElement[str], ColumnElement[str]]:
    """The state, and why it is void if it is."""
    state = state_at_first(channel).value
    if state != MessageState.WAITING:  # whoever reads it there wants all of it
        return literal(state), literal("")
    outdated = is_outdated(now)
    return case((outdated, MessageState.VOID.value), else_=state), case((outdated, OUTDATED), else_="")


def _messages(channel: Channel) -> Select[*tuple[Any, ...]]:
    phone = HandlerProfile.phone if channel is Channel.SMS else EMAIL_OF
    made: Select[*tuple[Any, ...]] = (
        select(
            Notice.id,
            literal(channel.value),
            phone.label("recipient"),
            literal(datetime.now(UTC), UtcDateTime()),
            database_seconds(),
        )
        .join(Account, Account.id == Notice.account_id)
        .outerjoin(HandlerProfile, HandlerProfile.account_id == Account.id)
        .where(Account.disabled_at.is_(None))
    )
    if channel is Channel.EMAIL:
        return made
    is_mobile = HandlerProfile.phone.like("1__________")  # what an operator entered may be another telephone
    return made.where(HandlerProfile.phone_verified_at.is_not(None), is_mobile)


def _wanted(channel: Channel) -> ColumnElement[bool]:
    topic = case({code: topic.value for code, topic in TOPIC_OF.items()}, value=Notice.code)
    chosen = (
        select(NoticeChoice.wanted)
        .where(NoticeChoice.account_id == Notice.account_id)
        .where(NoticeChoice.topic == topic, NoticeChoice.channel == channel.value)
        .scalar_subquery()
    )
    always = [topic.value for topic, by in ALWAYS if by is channel]
    at_first = [topic.value for topic, by in CHOSEN_AT_FIRST if by is channel]
    return or_(topic.in_(always), func.coalesce(chosen, topic.in_(at_first)))
