"""Plan years: loaded, copied or written as drafts, published when they are right, and then fixed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from config.clock import local_date
from models.actions.permit import permit
from models.queries.plan_years import published_plans
from models.records.audit import record_audit
from models.records.plan_year import PlanYearRecord
from models.records.viewer import Viewer
from models.rules.permissions import Action
from models.rules.plan import PlanYear
from models.rules.plan_check import objections
from models.rules.plan_fields import PlanInvalid
from models.rules.refusal import Refused


def load_plan(
    session: Session,
    data: Mapping[str, Any],
    now: datetime,
    *,
    viewer: Viewer | None = None,
    replace: bool = True,
    action: str = "load_plan",
) -> PlanYear:
    """Store a plan year (as `plan_data` gives it) as a draft, or replace a draft. PlanInvalid: it is none.

    Without a viewer it is the operator's act. Refused BAT-002: the year is published, so it is not replaced; SYS-004:
    there is a draft that was not to be replaced, or somebody made one at the same moment.
    """
    _permit(viewer)
    plan = PlanYear.from_data(data)
    record = session.get(PlanYearRecord, plan.plan_year, with_for_update=True)
    if record is not None:
        _refuse_published(record)
        if not replace:
            raise Refused("SYS-004", year=plan.plan_year)
    before = record.data if record else {}
    if record is None:
        record = _new_record(session, plan.plan_year)
    record.data, record.loaded_at = dict(data), datetime.now(UTC)
    _audit(session, viewer, now, action, plan.plan_year, **_changes(before, record.data))
    return plan


def write_draft(  # noqa: PLR0917 - who, which year, what, what it was made from, when
    session: Session, viewer: Viewer, year: str, data: Mapping[str, Any], fingerprint: str, now: datetime
) -> PlanYear:
    """Change a draft; its year stays. LookupError: there is none; PlanInvalid.

    Refused BAT-002: it is published; BAT-004: it is not any more what the form was made from.
    """
    _permit(viewer)
    record = _record(session, year)
    _refuse_published(record)
    _refuse_changed(record, fingerprint)
    plan = PlanYear.from_data({**data, "plan_year": year})
    before, record.data, record.loaded_at = record.data, {**data, "plan_year": year}, datetime.now(UTC)
    _audit(session, viewer, now, "write_plan", year, **_changes(before, record.data))
    return plan


def delete_draft(session: Session, viewer: Viewer, year: str, now: datetime) -> None:
    """Remove a draft. LookupError: there is none. Refused BAT-002: it is published."""
    _permit(viewer)
    record = _record(session, year)
    _refuse_published(record)
    session.delete(record)
    _audit(session, viewer, now, "delete_plan", year, before=record.data)


def publish_plan(
    session: Session, year: str, now: datetime, *, viewer: Viewer | None = None, fingerprint: str | None = None
) -> PlanYear:
    """Open a plan year for enrolment, from its own dates on. LookupError: it was not loaded.

    PlanInvalid: its dates cannot be meant. Refused BAT-004: it is not any more what somebody looked at.
    """
    _permit(viewer)
    record = _record(session, year)
    if record.published_at is not None:
        return record.plan()
    if fingerprint is not None:
        _refuse_changed(record, fingerprint)
    plan = record.plan()
    for objection in objections(plan, published_plans(session), local_date(now)):
        if objection.blocks:
            raise PlanInvalid(f"plan year {year} cannot be published: {objection.code}", reason=objection.code)
    record.published_at = datetime.now(UTC)
    _audit(session, viewer, now, "publish_plan", year, after=record.data)
    return plan


def fingerprint_of(data: Mapping[str, Any]) -> str:
    """Tells whether a plan year is still what a page showed."""
    return hashlib.sha256(json.dumps(data, sort_keys=True).encode()).hexdigest()[:16]


def is_published(year: str) -> Refused:
    """What a change of a published year is refused by: its dates move by an action of their own."""
    return Refused("BAT-002", status=f"{year} 保障年度已发布", action="修改或删除")


def _permit(viewer: Viewer | None) -> None:
    if viewer is not None:
        permit(viewer, Action.WRITE_PLAN)


def _record(session: Session, year: str) -> PlanYearRecord:
    record = session.get(PlanYearRecord, year, with_for_update=True)
    if record is None:
        raise LookupError(f"plan year {year} is not loaded")
    return record


def _new_record(session: Session, year: str) -> PlanYearRecord:
    """An empty draft of a year. Refused SYS-004: somebody else made one at the same moment."""
    record = PlanYearRecord(year=year, data={}, loaded_at=datetime.now(UTC))
    try:
        with session.begin_nested():
            session.add(record)
    except IntegrityError as made:
        raise Refused("SYS-004", year=year) from made
    return record


def _refuse_published(record: PlanYearRecord) -> None:
    if record.published_at is not None:
        raise is_published(record.year)


def _refuse_changed(record: PlanYearRecord, fingerprint: str) -> None:
    if fingerprint_of(record.data) != fingerprint:
        raise Refused("BAT-004")


def _changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """What of a plan year is not as it was, for the audit log."""
    names = [name for name in {**before, **after} if before.get(name) != after.get(name)]
    return {"before": {name: before.get(name) for name in names}, "after": {name: after.get(name) for name in names}}


def _audit(session: Session, viewer: Viewer | None, now: datetime, action: str, year: str, **details: Any) -> None:
    account_id, ip = (viewer.account_id, viewer.ip) if viewer else (None, None)
    record_audit(session, at=now, account_id=account_id, ip=ip, action=action, year=year, **details)
