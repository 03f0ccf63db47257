"""Plan years: loaded as drafts, published when they are right."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.orm import Session

from models.records.audit import record_audit
from models.records.plan_year import PlanYearRecord
from models.rules.plan import PlanYear


class PlanPublishedError(Exception):
    """The year is published: its dates move by an action of their own."""


def load_plan(session: Session, data: Mapping[str, Any], now: datetime) -> PlanYear:
    """Store a plan year (as `plan_data` gives it) as a draft, or replace a draft. PlanInvalid: it is none.

    PlanPublishedError: the year is published, so it is not replaced.
    """
    plan = PlanYear.from_data(data)
    record = session.get(PlanYearRecord, plan.plan_year)
    if record is not None and record.published_at is not None:
        raise PlanPublishedError(f"plan year {plan.plan_year} is published: only a draft is replaced")
    if record is None:
        record = PlanYearRecord(year=plan.plan_year)
        session.add(record)
    record.data, record.loaded_at = dict(data), datetime.now(UTC)
    session.flush()
    record_audit(session, at=now, account_id=None, action="load_plan", year=plan.plan_year)
    return plan


def publish_plan(session: Session, year: str, now: datetime) -> PlanYear:
    """Open a plan year for enrolment, from its own dates on. LookupError: it was not loaded."""
    record = session.get(PlanYearRecord, year)
    if record is None:
        raise LookupError(f"plan year {year} is not loaded")
    if record.published_at is None:
        record.published_at = datetime.now(UTC)
        record_audit(session, at=now, account_id=None, action="publish_plan", year=year)
    return record.plan()
