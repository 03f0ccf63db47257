"""截止时间调整: a published date of a plan year moves, and nobody loses by it (DOMAIN 3.3).

Windows are read from the plan year whenever something is asked, so that batches without dates of their own follow by
themselves. A date that was promised to a batch is never shortened: due date, cut-off and the time to submit again are
those of 11.2 under the new date where that is later, and stay where it is not; so does the time of a batch that was
reinstated. Prices and cover are not touched, so that previews stay current.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, literal, select, union
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from config.clock import SHANGHAI
from models.actions.keep_plans import fingerprint_of
from models.actions.permit import permit
from models.queries.moved_deadline import lengthened, with_dates_of_their_own
from models.queries.plan_years import published_plans
from models.records.audit import record_act
from models.records.base import Json, UtcDateTime
from models.records.batch import Batch
from models.records.database import is_postgresql
from models.records.notice import Notice
from models.records.plan_year import PlanYearRecord
from models.records.unit import EnrolmentCode
from models.records.viewer import Viewer
from models.rules.lifecycle import LIVE
from models.rules.moved_deadline import MovableDate, Moved, as_stored, moved_plan, moves, when
from models.rules.permissions import Action
from models.rules.plan import PlanYear
from models.rules.reason import read_reason
from models.rules.refusal import Refused

REASON_LENGTH = 500
REASON_LABEL = "调整原因"


@dataclass(frozen=True, slots=True)
class Moving:
    """What came of it: the dates that moved, and how many batches have later dates of their own by it."""

    plan: PlanYear
    moved: Mapping[MovableDate, Moved]
    lengthened: int


def move_deadlines(  # noqa: PLR0917 - who, of which year, what, why, when: the order of every action
    session: Session,
    viewer: Viewer,
    year: str,
    wanted: Mapping[MovableDate, Moved],
    reason: str,
    now: datetime,
    *,
    fingerprint: str | None = None,
) -> Moving:
    """Put these dates in place of the plan year's own, give central batches the time that follows, tell every unit.

    `fingerprint` is of the plan year as somebody saw it.
    Refused: AUTH-006; BAT-005, no such year is published; BAT-004, it has changed since; SYS-002 without a reason or
    without a change, SYS-003 for a reason too long or a date that cannot be meant (`moved_plan`).
    """
    permit(viewer, Action.OVERRIDE)
    # Whoever confirms a premium at this moment reads the date under a lock, and so is waited for, or waits.
    record = session.get(PlanYearRecord, year, with_for_update={"key_share": True}, populate_existing=True)
    if record is None or record.published_at is None:
        raise Refused("BAT-005")
    if fingerprint is not None and fingerprint != fingerprint_of(record.data):
        raise Refused("BAT-004")
    reason = required_reason(reason)
    before = record.plan()
    wanted = {field: to.astimezone(SHANGHAI) if isinstance(to, datetime) else to for field, to in wanted.items()}
    others = [plan for plan in published_plans(session) if plan.plan_year != year]
    after = moved_plan(record.data, wanted, now, others)
    moved = moves(before, wanted)
    record.data = {**record.data, **{field.value: as_stored(to) for field, to in moved.items()}}
    session.flush()
    batches = _lengthen(session, viewer, before, after, reason, now)
    for field, to in moved.items():
        _tell_everybody(session, year, field, to, now)
    record_act(
        session,
        viewer,
        now,
        "move_deadline",
        year=year,
        reason=reason,
        before={field.value: as_stored(field.of(before)) for field in moved},
        after={field.value: as_stored(to) for field, to in moved.items()},
        batches=batches,
    )
    return Moving(after, moved, batches)


def required_reason(reason: str) -> str:
    """The reason as it is stored. Refused SYS-002 without one, SYS-003 for one too long."""
    return read_reason(reason, REASON_LABEL, REASON_LENGTH)


def _lengthen(  # noqa: PLR0917 - as the action itself
    session: Session, viewer: Viewer, before: PlanYear, after: PlanYear, reason: str, now: datetime
) -> int:
    """Later dates for central batches that have some of their own, each written down; returns how many there are."""
    number = 0
    own = with_dates_of_their_own(after.plan_year).order_by(Batch.id).with_for_update(of=Batch, key_share=True)
    for batch in session.scalars(own.execution_options(populate_existing=True)):
        changes = lengthened(batch, before, after)
        if not changes:
            continue
        number += 1
        told = dict(_before_and_after(batch, changes))
        for name, value in changes.items():
            setattr(batch, name, value)
        batch.term_since = now
        batch.version += 1
        record_act(
            session,
            viewer,
            now,
            "move_deadline",
            batch_id=batch.id,
            reason=reason,
            before={name: old for name, (old, _) in told.items()},
            after={name: new for name, (_, new) in told.items()},
        )
    return number


def _before_and_after(batch: Batch, changes: Mapping[str, Moved]) -> Iterator[tuple[str, tuple[str | None, str]]]:
    for name, new in changes.items():
        old = getattr(batch, name)
        yield name, (old.isoformat() if old else None, new.isoformat())


def _tell_everybody(session: Session, year: str, field: MovableDate, to: Moved, now: datetime) -> None:
    """NTF-13 to every unit concerned: who has an enrolment code, or a batch of the year that counts."""
    values: dict[str, Any] = {"year": year, "what": field.text, "when": when(to)}
    occasion = f"{field.value} {now.astimezone(SHANGHAI):%Y%m%d%H%M%S%f}"
    accounts = _units_concerned(year).subquery()
    told = select(
        accounts.c.account_id,
        literal("NTF-13"),
        literal(values, Json),
        literal(occasion),
        literal(now, UtcDateTime()),
    )
    insert = postgresql.insert(Notice) if is_postgresql(session) else sqlite.insert(Notice)
    columns = ["account_id", "code", "values", "occasion", "created_at"]
    # SQLite takes ON CONFLICT after a SELECT for a join, unless the SELECT has a WHERE.
    told = told.where(accounts.c.account_id.is_not(None))
    session.execute(insert.from_select(columns, told).on_conflict_do_nothing())


def _units_concerned(year: str) -> Select[int]:
    codes = select(EnrolmentCode.account_id).where(EnrolmentCode.active, EnrolmentCode.account_id.is_not(None))
    batches = select(Batch.account_id).where(Batch.plan_year == year, Batch.state.in_(LIVE))
    return select(union(codes, batches).subquery().c.account_id)
