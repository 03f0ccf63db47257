"""J08 coverage_expiry: days before the cover of a year ends, whoever is enrolled is told once (NTF-08)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time
from typing import NamedTuple

from sqlalchemy.orm import Session

from config.clock import local_date
from models.actions.calendar.scheduled import Scheduled
from models.queries.pieces import Piece, batches_of, pieces
from models.queries.plan_years import published_plans
from models.queries.reminders.coverage_expiry import covered, has_covered
from models.records.batch import Batch
from models.records.notice import Telling, tell_all
from models.rules.calendar_days import first_within, moments_before
from models.rules.plan import PlanYear

AT = time(0, 20)


class _Covered(NamedTuple):
    plan: PlanYear
    piece: Piece


def _moments(plan: PlanYear) -> set[datetime]:
    return moments_before(plan.coverage_end, plan.reminders.coverage_end_days, AT)


def _next_at(session: Session, after: datetime, now: datetime) -> datetime | None:
    first = [
        moment
        for plan in published_plans(session)
        if (moment := first_within(_moments(plan), after, now)) is not None and has_covered(session, plan.plan_year)
    ]
    return min(first, default=None)


def _units(session: Session, period: datetime) -> Sequence[_Covered]:
    ending = [plan for plan in published_plans(session) if period in _moments(plan)]
    return [
        _Covered(plan, piece)
        for plan in ending
        for piece in pieces(session, Batch.id, covered(plan.plan_year, local_date(period)))
    ]


def _do(session: Session, unit: _Covered, period: datetime, now: datetime) -> int:
    year, day = unit.plan.plan_year, local_date(period)
    values = {"year": year, "end": unit.plan.coverage_end.isoformat()}
    accounts = sorted({batch.account_id for batch in batches_of(session, unit.piece, covered(year, day))})
    tellings = (Telling(account_id, "NTF-08", f"{year} {day}", values) for account_id in accounts)
    return tell_all(session, tellings, at=now, moment=period)


COVERAGE_EXPIRY = Scheduled("J08", "calendar.coverage_expiry", "保障期满提醒", _next_at, _units, _do)
