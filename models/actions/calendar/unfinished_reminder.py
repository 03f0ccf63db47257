"""J06 unfinished_batch_reminder: batches that nobody has touched for some days before their premium (NTF-07)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, time, timedelta
from typing import NamedTuple

from sqlalchemy.orm import Session

from config.clock import local_date
from models.actions.calendar.scheduled import Scheduled, daily_after
from models.queries.pieces import Piece, batches_of, pieces
from models.queries.plan_years import published_plans
from models.queries.reminders.unfinished_reminder import first_untouched, untouched
from models.records.batch import Batch
from models.records.notice import Telling, tell_all
from models.rules.calendar_days import day_from, days_untouched, first_within, moment_on
from models.rules.lifecycle import BatchState

AT = time(9, 5)
_DAY = timedelta(days=1)


class _Untouched(NamedTuple):
    plan_year: str
    begin: datetime
    end: datetime
    """The last change was in between."""
    piece: Piece


def _next_at(session: Session, after: datetime, now: datetime) -> datetime | None:
    first_day = local_date(daily_after(after, AT))
    days = {plan.plan_year: plan.reminders.untouched_batch_days for plan in published_plans(session)}
    asked = sorted({number for numbers in days.values() for number in numbers})
    moments = (
        moment_on(local_date(touched) + number * _DAY, AT)
        for year, first in first_untouched(session, [day_from(first_day - number * _DAY) for number in asked])
        for number, touched in zip(asked, first, strict=True)
        if touched is not None and number in days[year]
    )
    return first_within(moments, after, now)


def _units(session: Session, period: datetime) -> Sequence[_Untouched]:
    return [
        _Untouched(plan_year, begin, end, piece)
        for plan_year, begin, end in _touched(session, period)
        for piece in pieces(session, Batch.id, untouched(plan_year, begin, end))
    ]


def _touched(session: Session, period: datetime) -> Iterator[tuple[str, datetime, datetime]]:
    """The days on which batches were last touched that are told now, by plan year."""
    for plan in published_plans(session):
        for number in plan.reminders.untouched_batch_days:
            day = local_date(period) - number * _DAY
            yield plan.plan_year, day_from(day), day_from(day + _DAY)


def _do(session: Session, unit: _Untouched, period: datetime, now: datetime) -> int:
    day = local_date(period)
    tellings = (
        Telling(
            batch.account_id,
            "NTF-07",
            f"{batch.batch_no} {day}",
            {
                "batch": batch.batch_no,
                "days": days_untouched(batch.updated_at, period),
                "status": BatchState(batch.state).text,
            },
            batch.id,
        )
        for batch in batches_of(session, unit.piece, untouched(unit.plan_year, unit.begin, unit.end))
    )
    return tell_all(session, tellings, at=now, moment=period)


UNFINISHED_REMINDER = Scheduled("J06", "calendar.unfinished_batch", "未完成批次提醒", _next_at, _units, _do)
