"""编辑: a passport person's data are corrected by hand; 身份证 people are removed and imported again (DOMAIN 7.8)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from config.clock import local_date
from models.actions.batch_change import (
    batch_to_change,
    mark_roster_changed,
    refuse_if_stale,
    refuse_unless_possible,
    refuse_while_roster_is_written,
)
from models.actions.permit import permit
from models.actions.promise import drop_promise
from models.actions.slow_look_ups import refuse_too_many_look_ups
from models.actions.view_person import audit_view
from models.queries.admission import Insured, insured_people
from models.queries.people import find_person, person_on
from models.queries.register import as_person
from models.queries.roster import reference_of
from models.records.audit import record_act
from models.records.batch import Batch
from models.records.person import BatchPerson
from models.records.plan_year import plan_of
from models.records.sealing import id_digest, prefix_digest, seal_id_no
from models.records.viewer import Viewer
from models.rules.findings import Column, Finding, Outcome
from models.rules.lifecycle import BatchAction
from models.rules.permissions import Action
from models.rules.person import EmploymentStatus, IdType, Person, mask_id_no
from models.rules.refusal import Refused
from models.rules.register import hint_finding, status_of_known
from models.rules.roster import TypedRow, as_typed, check_row


@dataclass(frozen=True, slots=True)
class Edited:
    """What became of an edit: `updated` or `unchanged`; `invalid` where nothing changed."""

    outcome: Outcome
    findings: list[Finding]
    """Their `row` is 0: there is no sheet."""
    person: BatchPerson


def take_person_to_edit(
    session: Session, viewer: Viewer, batch_no: str, person_id: int, now: datetime
) -> tuple[Batch, BatchPerson]:
    """The person for the form, which shows the full number: the view is audited. Refused as `edit_person`."""
    permit(viewer, Action.WORK_ON_BATCH)
    batch, person = find_person(session, viewer, batch_no, person_id, Action.WORK_ON_BATCH)
    refuse_unless_possible(session, batch, BatchAction.EDIT_PERSON, now)
    refuse_resident(person)
    audit_view(session, viewer, batch, person, now, why="edit")
    return batch, person


def edit_person(  # noqa: PLR0917 - who, where, whom, what, when: the order of every action
    session: Session,
    viewer: Viewer,
    batch_no: str,
    person_id: int,
    cells: Mapping[str, str],
    now: datetime,
    *,
    version: int | None = None,
) -> Edited:
    """Change the cells of a passport person that `cells` names, as the template's columns and words (护照, 男, 是).

    Wrong data are a result and no refusal, with every reason at once, and change nothing. A claim is never taken, and
    none is looked for: the roster shows 否(已被占用) beside the new number, which therefore counts as an answer of the
    annual register (DOMAIN 9.2, 9.3).
    Refused: AUTH-006, BAT-005, then as `batch_to_change`; BAT-007 while an import runs; BAT-004 for a stale `version`
    of the batch; RST-001 for a 身份证 person; RST-002 for another 证件类型; SYS-001 for another number after too many
    answers of the register.
    """
    permit(viewer, Action.WORK_ON_BATCH)
    find_person(session, viewer, batch_no, person_id, Action.WORK_ON_BATCH)
    batch = batch_to_change(session, viewer, batch_no, BatchAction.EDIT_PERSON, now)
    refuse_while_roster_is_written(session, batch)
    refuse_if_stale(batch, version)
    record = person_on(session, batch, person_id)
    refuse_resident(record)
    typed = _typed(record, cells)
    if typed.text(Column.ID_TYPE) != IdType.PASSPORT.text:
        raise Refused("RST-002")
    plan, today = plan_of(session, batch.plan_year), local_date(now)
    checked = check_row(typed, plan, today, reference_of(batch, plan, today))
    if checked.person is None:
        return Edited(Outcome.INVALID, checked.findings, record)
    person, digest = checked.person, id_digest(checked.person.id_no)
    other_number = digest != record.id_digest
    if other_number:
        refuse_too_many_look_ups(session, viewer, now)
        if taken := _number_taken(session, batch, person, digest):
            return Edited(Outcome.INVALID, [taken], record)
    before = _facts(record)
    hint = _put(record, person, digest, insured_people(session, batch.plan_year, [digest]).get(digest))
    findings = [hint_finding(0, hint, person)] if hint else []
    after = _facts(record)
    changed = [name for name in before if before[name] != after[name]]
    if not changed:
        return Edited(Outcome.UNCHANGED, findings, record)
    drop_promise(record)
    mark_roster_changed(batch, BatchAction.EDIT_PERSON, now)
    record.edited_version = batch.roster_version
    told = {"before": _told(before, changed), "after": _told(after, changed)}
    _audit(session, viewer, batch, record, now, **told, register_answers=int(other_number))
    return Edited(Outcome.UPDATED, findings, record)


def refuse_resident(person: BatchPerson) -> None:
    """Refused RST-001: 身份证 people are not edited."""
    if person.id_type != IdType.PASSPORT:
        raise Refused("RST-001")


def _typed(record: BatchPerson, cells: Mapping[str, str]) -> TypedRow:
    """The seven cells after the edit; what `cells` does not name stays as it is stored."""
    stored = as_typed(as_person(record))
    return TypedRow(0, tuple(cells.get(column, stored[column]) for column in Column))


def _number_taken(session: Session, batch: Batch, person: Person, digest: bytes) -> Finding | None:
    """Why the new number can't be this person's: somebody else of the roster has it."""
    namesake = session.scalars(
        select(BatchPerson).where(BatchPerson.batch_id == batch.id, BatchPerson.id_digest == digest)
    ).one_or_none()
    if namesake is None:
        return None
    other = as_person(namesake)
    if (other.name, other.birth, other.sex) != (person.name, person.birth, person.sex):
        return Finding(0, Column.ID_NO, "ROW-009", person.id_no)
    # The same person twice, of which this one had a wrong number: ROW-009 would name a difference that there isn't, so
    # ROW-015, which has words of its own for an edit.
    return Finding(0, Column.ID_NO, "ROW-015", person.id_no, {"type": other.id_type.text})


def _put(record: BatchPerson, person: Person, digest: bytes, known: Insured | None) -> str | None:
    """Write the new data; returns the code of a hint about 是否有社保."""
    stored_status = EmploymentStatus(record.employment_status)
    if digest != record.id_digest:
        record.id_digest, record.prefix_digest = digest, prefix_digest(person.id_no)
        record.id_sealed = seal_id_no(person.id_no, digest)
        record.si_unit_code, record.personal_si_no = (
            (known.si_unit_code, known.personal_si_no) if known else (None, None)
        )
        stored_status = EmploymentStatus.UNKNOWN  # 退休 was known of the other number
    record.name, record.birth, record.sex, record.mobile = person.name, person.birth, str(person.sex), person.mobile
    record.has_si, status, hint = status_of_known(
        person,
        known.status if known else None,
        stored_status,
        set_in_service=record.in_service_set_at is not None,
    )
    record.employment_status = str(status)
    return hint


def _facts(record: BatchPerson) -> dict[str, Any]:
    return {
        "name": record.name,
        "id_no": record.id_no,
        "birth": record.birth.isoformat(),
        "sex": record.sex,
        "mobile": record.mobile,
        "has_si": record.has_si,
        "employment_status": record.employment_status,
    }


def _told(facts: Mapping[str, Any], names: Sequence[str]) -> dict[str, Any]:
    """As the audit log may keep it: without a number in clear."""
    return {name: mask_id_no(facts[name]) if name == "id_no" else facts[name] for name in names}


def _audit(session: Session, viewer: Viewer, batch: Batch, person: BatchPerson, now: datetime, **details: Any) -> None:
    record_act(
        session,
        viewer,
        now,
        "edit_person",
        batch_id=batch.id,
        person_id=person.id,
        **details,
    )
