"""设置在职 and 批量设置在职: a handler confirms that “-” people are in service and insured (DOMAIN 7.6)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models.actions.batch_change import (
    batch_to_change,
    mark_roster_changed,
    refuse_if_stale,
    refuse_unless_possible,
    refuse_while_roster_is_written,
)
from models.actions.permit import permit
from models.queries.people import find_person, ids_in_parts
from models.queries.retired import known_as_retired
from models.records.audit import record_act
from models.records.batch import Batch
from models.records.person import BatchPerson
from models.records.viewer import Viewer
from models.rules.lifecycle import BatchAction
from models.rules.permissions import Action
from models.rules.person import EmploymentStatus
from models.rules.refusal import Refused


def person_to_set_in_service(
    session: Session, viewer: Viewer, batch_no: str, person_id: int, now: datetime
) -> tuple[Batch, BatchPerson]:
    """The person about whom it is asked first (RST-003). Refused as `set_in_service` of this person alone."""
    permit(viewer, Action.WORK_ON_BATCH)
    batch, person = find_person(session, viewer, batch_no, person_id, Action.WORK_ON_BATCH)
    refuse_unless_possible(session, batch, BatchAction.SET_IN_SERVICE, now)
    if _has_retired(session, batch, [person_id]):
        raise Refused("RST-005")
    if person.employment_status != EmploymentStatus.UNKNOWN:
        raise Refused("RST-004")
    return batch, person


def set_in_service(
    session: Session,
    viewer: Viewer,
    batch_no: str,
    person_ids: Sequence[int],
    now: datetime,
    *,
    version: int | None = None,
    alone: bool = False,
) -> int:
    """Set the “-” people among these in service; returns how many they were. The others stay as they are.

    So does whom the social-insurance register knows as retired (DOMAIN 7.6): RST-005 where nobody else could be set.
    Where one person is asked about, `alone`, the answer is a refusal too: RST-004 for another status, BAT-005 for
    nobody of this roster.
    Refused besides: as `batch_to_change`; BAT-007 while an import runs; BAT-004 for a stale `version` of the batch;
    SYS-002: nobody is ticked.
    """
    permit(viewer, Action.WORK_ON_BATCH)
    wanted = sorted(set(person_ids))
    if alone:
        find_person(session, viewer, batch_no, wanted[0], Action.WORK_ON_BATCH)
    batch = batch_to_change(session, viewer, batch_no, BatchAction.SET_IN_SERVICE, now)
    refuse_while_roster_is_written(session, batch)
    refuse_if_stale(batch, version)
    if not wanted:
        raise Refused("SYS-002", field="需要设置在职的人员")
    changed: list[tuple[int, str]] = []
    for part in ids_in_parts(wanted):
        changed += _set(session, batch, part, now)
    if not changed:
        if any(_has_retired(session, batch, part) for part in ids_in_parts(wanted)):
            raise Refused("RST-005")
        if alone:
            raise Refused("RST-004")
        return 0
    mark_roster_changed(batch, BatchAction.SET_IN_SERVICE, now)
    record_act(
        session,
        viewer,
        now,
        "set_in_service",
        batch_id=batch.id,
        people=[{"person_id": person_id, "name": name} for person_id, name in sorted(changed)],
    )
    return len(changed)


def _set(session: Session, batch: Batch, person_ids: Sequence[int], now: datetime) -> list[tuple[int, str]]:
    statement = (
        update(BatchPerson)
        .where(
            BatchPerson.batch_id == batch.id,
            BatchPerson.id.in_(person_ids),
            BatchPerson.employment_status == EmploymentStatus.UNKNOWN,
            ~known_as_retired(batch.plan_year),
        )
        .values(
            employment_status=str(EmploymentStatus.IN_SERVICE),
            has_si=True,
            in_service_set_at=now,
            edited_version=batch.roster_version + 1,
        )
        .returning(BatchPerson.id, BatchPerson.name)
    )
    changed = session.execute(statement, execution_options={"synchronize_session": False})
    return [(person_id, name) for person_id, name in changed]


def _has_retired(session: Session, batch: Batch, person_ids: Sequence[int]) -> bool:
    """Whether one of these “-” people is known as retired."""
    kept = select(BatchPerson.id).where(
        BatchPerson.batch_id == batch.id,
        BatchPerson.id.in_(person_ids),
        BatchPerson.employment_status == EmploymentStatus.UNKNOWN,
        known_as_retired(batch.plan_year),
    )
    return session.scalars(kept.limit(1)).first() is not None
