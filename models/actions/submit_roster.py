"""清册提交: everybody on the roster is claimed for the plan year, or nobody is (part of T07 and T08).

Not the whole of it yet, so no page or call leads here: only the demonstration's seeding, whose rosters are good.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, literal, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from config.clock import local_date
from models.actions.roster_change import refuse_while_roster_is_written, roster_to_change
from models.actions.slow_look_ups import register_answers
from models.queries.register import Conflict, conflicts_of
from models.records.audit import record_audit
from models.records.base import UtcDateTime
from models.records.batch import Batch
from models.records.claim import Claim
from models.records.database import is_postgresql
from models.records.person import BatchPerson
from models.records.plan_year import plan_of
from models.records.viewer import Viewer
from models.rules.coverage import coverage
from models.rules.lifecycle import BatchAction, BatchState, transition
from models.rules.plan import EnrolmentType
from models.rules.refusal import Refused

_TRIES = 5
"""A loser that finds no conflict on re-reading tries again: the winner has released its people meanwhile."""


@dataclass(frozen=True, slots=True)
class Submitted:
    """How a submission ended: `conflicts` is empty exactly when everybody was claimed."""

    people: int
    conflicts: list[Conflict]


def submit_roster(session: Session, viewer: Viewer, batch_no: str, now: datetime) -> Submitted:
    """Claim the whole roster and fix its coverage dates, or claim nobody and name every conflict.

    Of the checks that 清册提交 must make (DOMAIN 8.1) these are made: V1, somebody is on the roster, and V7, nobody is
    claimed elsewhere. The batch becomes 清册校验通过 although these are not:

    - V2, every row is still well-formed, and V3, nobody is 退休;
    - V4, over-age people in service have their promise, and V5, nobody over age is without social insurance;
    - V6, 75 % of each 社保编码 take part;
    - V10, nobody is left without a basic project where projects are locked.

    Neither is the pledge (8.5) asked for and stored, nor a report (T08), nor who is over age (T07).

    What the register answers is written down for `slow_look_ups`, which does not refuse a submission yet.

    `now` is the time of receipt, business clock; an instant batch's cover starts on the day after it.
    Refused: as `roster_to_change`; BAT-007 while an import runs; VAL-001 for an empty roster.
    """
    batch = roster_to_change(session, viewer, batch_no, BatchAction.SUBMIT_ROSTER, now)
    refuse_while_roster_is_written(session, batch)
    people = session.execute(
        select(func.count()).select_from(BatchPerson).where(BatchPerson.batch_id == batch.id)
    ).scalar_one()
    if not people:
        raise Refused("VAL-001")
    conflicts = claim_everybody(session, batch, people, now)
    move = transition(BatchAction.SUBMIT_ROSTER, BatchState(batch.state), good=not conflicts)
    if not conflicts:
        plan = plan_of(session, batch.plan_year)
        cover = coverage(plan, EnrolmentType(batch.enrolment_type), local_date(now))
        batch.coverage_start, batch.coverage_end, batch.half_price = cover.start, cover.end, cover.half_price
        batch.submitted_at = now
    batch.state = str(move.to)
    batch.version += 1
    batch.updated_at = now
    record_audit(
        session,
        at=now,
        account_id=viewer.account_id,
        ip=viewer.ip,
        action="submit_roster",
        batch_id=batch.id,
        people=people,
        conflicts=len(conflicts),
        register_answers=register_answers(conflict.finding for conflict in conflicts),
    )
    return Submitted(people, conflicts)


def claim_everybody(session: Session, batch: Batch, people: int, now: datetime) -> list[Conflict]:
    """Take a claim for each person, all or none. Returns the conflicts; empty means that all are claimed.

    Numbers are claimed in the order of their digests: overlapping rosters in different orders would deadlock.
    """
    for _ in range(_TRIES):
        savepoint = session.begin_nested()
        if _claim(session, batch, now) == people:
            savepoint.commit()
            return []
        savepoint.rollback()
        conflicts = conflicts_of(session, batch)
        if conflicts:
            return conflicts
    raise Refused("SYS-001")


def _claim(session: Session, batch: Batch, now: datetime) -> int:
    roster = (
        select(
            literal(batch.plan_year),
            BatchPerson.id_type,
            BatchPerson.id_digest,
            literal(0),
            BatchPerson.batch_id,
            BatchPerson.id,
            literal(now, UtcDateTime()),
        )
        .where(BatchPerson.batch_id == batch.id)
        .order_by(BatchPerson.id_digest)
    )
    columns = ["plan_year", "id_type", "id_digest", "variant", "batch_id", "person_id", "claimed_at"]
    insert = postgresql.insert(Claim) if is_postgresql(session) else sqlite.insert(Claim)
    claimed = session.execute(
        insert.from_select(columns, roster).on_conflict_do_nothing(), execution_options={"preserve_rowcount": True}
    )
    return int(claimed.rowcount)  # type: ignore[attr-defined]  # an INSERT's result has it
