"""What accounts were told, and by which channels they want to be told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from models.records.batch import Batch
from models.records.notice import UNREAD, Notice, NoticeChoice
from models.records.viewer import Viewer
from models.rules.notices import CHOSEN_AT_FIRST, Channel, Topic, topics_for

MOST_COUNTED = 100
"""More unread notices than this are not counted: it is asked with every page."""


def notices_after(session: Session, viewer: Viewer, after: int | None, limit: int) -> Sequence[tuple[Notice, str]]:
    """What the account was told, latest first, each with the number of its batch, if it has one: from behind the one
    of this id, and one more than `limit`, if there is a next page. One statement.
    """
    statement = _told(viewer).limit(limit + 1)
    if after is not None:
        statement = statement.where(Notice.id < after)
    return [(notice, batch_no or "") for notice, batch_no in session.execute(statement)]


def notice_page(
    session: Session, viewer: Viewer, page: int, size: int, *, unread: bool = False
) -> tuple[Sequence[tuple[Notice, str]], int]:
    """One page of what the account was told, latest first, and how many there are; 2 statements."""
    total = select(func.count()).select_from(Notice).where(Notice.account_id == viewer.account_id)
    told = _told(viewer).limit(size).offset((page - 1) * size)
    if unread:
        total, told = total.where(Notice.read_at.is_(None)), told.where(Notice.read_at.is_(None))
    lines = [(notice, batch_no or "") for notice, batch_no in session.execute(told)]
    return lines, session.execute(total).scalar_one()


def unread_notices(session: Session, account_id: int) -> int:
    """How many notices the account has not read, up to `MOST_COUNTED`; one statement, from an index of its own."""
    unread = select(Notice.account_id).where(Notice.account_id == account_id, UNREAD).limit(MOST_COUNTED)
    return session.execute(select(func.count()).select_from(unread.subquery())).scalar_one()


def newest_notice(session: Session, viewer: Viewer) -> int:
    """The id of the last that the account was told; 0: nothing yet. One statement."""
    newest = select(func.coalesce(func.max(Notice.id), 0)).where(Notice.account_id == viewer.account_id)
    return session.execute(newest).scalar_one()


def choices_of(session: Session, viewer: Viewer) -> Mapping[tuple[Topic, Channel], bool]:
    """通知方式: what is sent to the account, for each topic of its role; one statement."""
    stored = select(NoticeChoice).where(NoticeChoice.account_id == viewer.account_id)
    chosen = {(one.topic, one.channel): one.wanted for one in session.scalars(stored)}
    return {
        (topic, channel): chosen.get((topic.value, channel.value), (topic, channel) in CHOSEN_AT_FIRST)
        for topic in topics_for(viewer.role)
        for channel in Channel
    }


def _told(viewer: Viewer) -> Select[Notice, str]:
    return (
        select(Notice, Batch.batch_no)
        .outerjoin(Batch, Batch.id == Notice.batch_id)
        .where(Notice.account_id == viewer.account_id)
        .order_by(Notice.id.desc())
    )
