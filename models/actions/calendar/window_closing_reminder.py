"""J05 window_closing_reminder: days before the central window closes, whoever has not finished is told (NTF-04).

The window closes for each batch and unit by its own `effective_central_close`: a grant may extend it, and a batch that
was reinstated has one deadline for everything (DOMAIN 3.3).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, time
from typing import NamedTuple

from sqlalchemy.orm import Session

from config.clock import local_date
from models.actions.calendar.scheduled import Scheduled
from models.queries.pieces import Piece, batches_of, pieces
from models.queries.plan_years import published_plans
from models.queries.reminders.last_years_units import had_units
from models.queries.reminders.window_closing_reminder import (
    Closing,
    closings_of_batches,
    closings_of_units,
    codes_closing,
    unfinished,
    without_batch,
)
from models.records.batch import Batch
from models.records.notice import Telling, tell_all
from models.records.unit import EnrolmentCode
from models.rules.calendar_days import closing_moments, closing_text, first_within
from models.rules.deadlines import Deadlines
from models.rules.plan import EnrolmentType, PlanYear

AT = time(9)


class _Due(NamedTuple):
    closing: Closing
    closes_at: datetime
    moments: set[datetime]
    of_batches: bool
    """Else of last year's units that have none."""


class _Unfinished(NamedTuple):
    due: _Due
    piece: Piece


def _all_due(session: Session) -> Iterator[_Due]:
    """When to remind of each closing: never before a time of its own was granted, or before there was a batch."""
    plans = {plan.plan_year: plan for plan in published_plans(session)}

    def due(closing: Closing, since: datetime | None = None, *, of_batches: bool = False) -> _Due:
        plan = plans[closing.plan_year]
        closes_at = _closes_at(closing, plan)
        moments = closing_moments(closes_at, plan.reminders.central_close_days, AT)
        return _Due(closing, closes_at, {at for at in moments if since is None or at >= since}, of_batches)

    for closing, since in closings_of_batches(session).items():
        yield due(closing, since, of_batches=True)
    for closing, since in closings_of_units(session).items():
        yield due(closing, since)
    for year in plans:
        yield due(Closing(year))


def _closes_at(closing: Closing, plan: PlanYear) -> datetime:
    deadlines = Deadlines(
        plan,
        EnrolmentType.CENTRAL,
        central_extension_until=closing.extended_until,
        reinstated_until=closing.reinstated_until,
    )
    return deadlines.window_closes_at


def _next_at(session: Session, after: datetime, now: datetime) -> datetime | None:
    first = [
        moment
        for due in _all_due(session)
        if (moment := first_within(due.moments, after, now)) is not None
        and (due.of_batches or had_units(session, due.closing.plan_year))
    ]
    return min(first, default=None)


def _units(session: Session, period: datetime) -> Sequence[_Unfinished]:
    found = [due for due in _all_due(session) if period in due.moments]
    return [_Unfinished(due, piece) for due in found for piece in _pieces(session, due, period)]


def _pieces(session: Session, due: _Due, period: datetime) -> Sequence[Piece]:
    if due.of_batches:
        return pieces(session, Batch.id, unfinished(due.closing, period))
    return pieces(session, EnrolmentCode.id, codes_closing(due.closing))


def _do(session: Session, unit: _Unfinished, period: datetime, now: datetime) -> int:
    tellings = _of_batches(session, unit, period) if unit.due.of_batches else _of_codes(session, unit, period)
    return tell_all(session, tellings, at=now, moment=period)


def _of_batches(session: Session, unit: _Unfinished, period: datetime) -> Iterator[Telling]:
    close, day = closing_text(unit.due.closes_at), local_date(period)
    for batch in batches_of(session, unit.piece, unfinished(unit.due.closing, period)):
        values = {"close": close, "batch": batch.batch_no}
        yield Telling(batch.account_id, "NTF-04", f"{batch.batch_no} {day}", values, batch.id, unit.due.closes_at)


def _of_codes(session: Session, unit: _Unfinished, period: datetime) -> Iterator[Telling]:
    """There is no batch to be named: the unit is."""
    close, day, year = closing_text(unit.due.closes_at), local_date(period), unit.due.closing.plan_year
    for one in without_batch(session, unit.due.closing, unit.piece, period):
        values = {"close": close, "batch": one.name}
        yield Telling(one.account_id, "NTF-04", f"{one.code} {year} {day}", values, until=unit.due.closes_at)


WINDOW_CLOSING_REMINDER = Scheduled("J05", "calendar.window_closing", "集中参保截止提醒", _next_at, _units, _do)
