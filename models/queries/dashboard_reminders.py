"""Reminders that were sent, counted by code and day, and as a list with the units that got them.

What was told only on the page, since its moment was long over, was sent to nobody and is left out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from models.records.account import Account, HandlerProfile
from models.records.batch import Batch
from models.records.notice import Notice
from models.rules.notices import REMINDERS

_SENT = Notice.only_on_page.is_(False)


@dataclass(frozen=True, slots=True)
class NoticeSent:
    """One notice, and whom it was for."""

    notice: Notice
    batch_no: str
    unit: str
    """The batch's unit, or the one of 经办人填报; of staff their name."""


@dataclass(frozen=True, slots=True)
class NoticesPage:
    """One page of the list, `total` over all pages."""

    notices: Sequence[NoticeSent]
    total: int


def sent_by_day(session: Session, begins: Sequence[datetime], until: datetime) -> Mapping[str, Sequence[int]]:
    """How many reminders of each code were sent on each of these days; one statement.

    `begins`: the first moment of each day, the oldest day first; `until`: the end of the last.
    """
    day = case(*((Notice.created_at >= begin, place) for place, begin in reversed(list(enumerate(begins)))))
    statement = (
        select(Notice.code, day, func.count())
        .where(Notice.code.in_(REMINDERS), Notice.created_at >= begins[0], Notice.created_at < until, _SENT)
        .group_by(Notice.code, day)
    )
    sent = {code: [0] * len(begins) for code in REMINDERS}
    for code, place, notices in session.execute(statement):
        sent[code][place] += notices
    return sent


def notices_sent(  # noqa: PLR0917 - as other lists
    session: Session, codes: Sequence[str], since: datetime, until: datetime, page: int = 1, size: int = 20
) -> NoticesPage:
    """Notices of these codes in this time, the latest first; 2 statements."""
    among = (Notice.code.in_(codes), Notice.created_at >= since, Notice.created_at < until, _SENT)
    total = session.execute(select(func.count()).select_from(Notice).where(*among)).scalar_one()
    statement = (
        select(Notice, Batch.batch_no, Batch.unit_name, HandlerProfile.unit_name, Account.name)
        .join(Account, Account.id == Notice.account_id)
        .outerjoin(HandlerProfile, HandlerProfile.account_id == Notice.account_id)
        .outerjoin(Batch, Batch.id == Notice.batch_id)
        .where(*among)
        .order_by(Notice.created_at.desc(), Notice.id.desc())
        .limit(size)
        .offset((page - 1) * size)
    )
    notices = [
        NoticeSent(notice, batch_no or "", of_batch or of_profile or name)
        for notice, batch_no, of_batch, of_profile, name in session.execute(statement)
    ]
    return NoticesPage(notices, total)
