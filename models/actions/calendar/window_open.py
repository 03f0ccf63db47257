"""J02 window_open: last year's units are told that a window has opened, each account once (NTF-01, NTF-02)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy.orm import Session

from config.clock import local_text
from models.actions.calendar.scheduled import Scheduled
from models.queries.pieces import Piece, pieces
from models.queries.plan_years import published_plans
from models.queries.reminders.last_years_units import BOUND, had_units, last_years_units
from models.records.notice import Telling, tell_all
from models.records.unit import EnrolmentCode
from models.rules.plan import EnrolmentType, PlanYear


class _Opening(NamedTuple):
    plan: PlanYear
    enrolment_type: EnrolmentType
    at: datetime


class _Units(NamedTuple):
    opening: _Opening
    piece: Piece


def _openings(session: Session) -> Iterator[_Opening]:
    for plan in published_plans(session):
        yield _Opening(plan, EnrolmentType.CENTRAL, plan.central_open_at)
        yield _Opening(plan, EnrolmentType.INSTANT, plan.instant_open_at)


def _next_at(session: Session, after: datetime, now: datetime) -> datetime | None:
    opened = [opening for opening in _openings(session) if after < opening.at <= now]
    years = {opening.plan.plan_year for opening in opened}
    told = {year for year in years if had_units(session, year)}
    return min((opening.at for opening in opened if opening.plan.plan_year in told), default=None)


def _units(session: Session, period: datetime) -> Sequence[_Units]:
    opened = [opening for opening in _openings(session) if opening.at == period]
    codes = pieces(session, EnrolmentCode.id, BOUND) if opened else []
    return [_Units(opening, piece) for opening in opened for piece in codes]


def _do(session: Session, unit: _Units, period: datetime, now: datetime) -> int:
    plan, enrolment_type, _ = unit.opening
    code, values = "NTF-02", {"year": plan.plan_year}
    if enrolment_type is EnrolmentType.CENTRAL:
        code, values = "NTF-01", {**values, "open": local_text(period), "close": local_text(plan.central_close_at)}
    occasion = f"{enrolment_type} {plan.plan_year}"
    told = last_years_units(session, plan.plan_year, unit.piece)
    return tell_all(session, (Telling(one.account_id, code, occasion, values) for one in told), at=now, moment=period)


WINDOW_OPEN = Scheduled("J02", "calendar.window_open", "办理窗口开放通知", _next_at, _units, _do)
