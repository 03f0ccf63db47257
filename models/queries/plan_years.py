"""Plan years: all that are loaded, the published ones, and which of these is open."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType

from sqlalchemy import select
from sqlalchemy.orm import Session

from config.clock import local_date
from models.records.plan_year import PlanYearRecord
from models.rules.next_year import next_year_offered
from models.rules.plan import EnrolmentType, PlanYear, window_refusal
from models.rules.refusal import Refused


def loaded_plans(session: Session) -> Sequence[PlanYearRecord]:
    """Every plan year, drafts too, by year; one statement. For the operator."""
    return session.scalars(select(PlanYearRecord).order_by(PlanYearRecord.year)).all()


def published_plans(session: Session) -> Sequence[PlanYear]:
    """Every published plan year, the latest coverage first."""
    records = session.scalars(select(PlanYearRecord).where(PlanYearRecord.published_at.is_not(None)))
    return sorted((record.plan() for record in records), key=lambda plan: plan.coverage_start, reverse=True)


def current_plan(session: Session, now: datetime) -> PlanYear | None:
    """The plan year that pages about no batch speak of: the one with an open window, or else the latest."""
    return next(iter(plans_now(published_plans(session), now)), None)


def plans_now(plans: Sequence[PlanYear], now: datetime) -> Sequence[PlanYear]:
    """Of these, the latest first, the years with a window open; two may overlap. Where there is none, the latest."""
    in_season = [plan for plan in plans if plan.central_open_at <= now < plan.instant_close_at]
    return in_season or plans[:1]


def offered_year(session: Session, now: datetime) -> tuple[PlanYear, str] | None:
    """J09: the latest published year and the one to be made after it, from 60 days before its cover ends; None: not
    yet, or there is one.
    """
    latest = next(iter(published_plans(session)), None)
    years = set(session.scalars(select(PlanYearRecord.year)))
    following = next_year_offered(latest, local_date(now), years) if latest else None
    return (latest, following) if latest and following else None


def open_plan(
    session: Session,
    enrolment_type: EnrolmentType,
    now: datetime,
    year: str | None = None,
    extensions: Mapping[str, datetime] = MappingProxyType({}),
) -> PlanYear:
    """The plan year whose window of this type is open at `now` (two years may overlap; the later one is meant).

    `extensions`: until when a unit may still enrol centrally, by plan year (DOMAIN 5.6).
    Refused WIN-001…004: none is; the code is that of the year asked for, or of the latest.
    """
    plans = [plan for plan in published_plans(session) if year in (None, plan.plan_year)]
    refusals = []
    for plan in plans:
        refusal = window_refusal(plan, enrolment_type, now, extensions.get(plan.plan_year))
        if refusal is None:
            return plan
        refusals.append(refusal)
    raise refusals[0] if refusals else Refused("SYS-003", field="保障年度")
