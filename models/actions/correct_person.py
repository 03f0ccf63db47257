"""更正: the association corrects a person whose batch holds claims (DOMAIN 11.6).

It corrects who the person is said to be, and nothing that was decided about them: 是否有社保, 职退情况, 单位社保号, the
over-age result of 清册提交, a promise, the charge, the checks and the pledge stay as they were submitted, and so does
the version of the roster.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from config.clock import local_date
from models.actions.batch_change import lock_batch, refuse_if_stale
from models.actions.permit import permit
from models.actions.reclaim_person import reclaim_person
from models.actions.tell_exception import tell_exception
from models.actions.view_person import audit_view
from models.queries.people import person_on
from models.queries.people_search import PersonFound, find_anywhere
from models.queries.register import as_person
from models.queries.roster import reference_of
from models.records.audit import record_act
from models.records.batch import Batch
from models.records.person import BatchPerson
from models.records.person_correction import REASON_LENGTH, Changes, PersonCorrection, PersonCorrectionFile
from models.records.plan_year import plan_of
from models.records.sealing import id_digest, prefix_digest, seal_id_no
from models.records.viewer import Viewer
from models.rules.attachment import MAX_FILES, Attachment
from models.rules.eligibility import over_age
from models.rules.findings import Column, Outcome
from models.rules.form_fields import FormRefused
from models.rules.lifecycle import CLAIMING, BatchState
from models.rules.permissions import Action
from models.rules.person import IdType, Person, mask_id_no
from models.rules.reason import read_reason
from models.rules.refusal import Refused
from models.rules.roster import TypedRow, as_typed, check_row

CORRECTION_TEXT = "参保人员信息更正"
"""As BAT-002 and the notice to the unit call it."""

CORRECTED = (Column.NAME, Column.ID_NO, Column.BIRTH, Column.SEX)
"""What a correction may change; of a 身份证 person birth and sex follow from the number."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """Why it is corrected, and the files that show it."""

    reason: str
    files: Sequence[Attachment]


@dataclass(frozen=True, slots=True)
class Corrected:
    """What became of it: `updated`, or `unchanged` where nothing was different, and nothing was written."""

    outcome: Outcome
    person: BatchPerson
    over_age_differs: bool
    """By the corrected data somebody else would have been over age, or not, when the roster was submitted."""


def take_person_to_correct(session: Session, viewer: Viewer, person_id: int, now: datetime) -> PersonFound:
    """The person for the form, which shows the full number: the view is audited. Refused as `correct_person`."""
    found = person_to_correct(session, viewer, person_id)
    audit_view(session, viewer, found.batch, found.person, now, why="correct")
    return found


def person_to_correct(session: Session, viewer: Viewer, person_id: int) -> PersonFound:
    """Refused AUTH-006, BAT-005 (there is nobody), BAT-002 (the batch holds no claims)."""
    permit(viewer, Action.CORRECT_PERSON)
    found = find_anywhere(session, viewer, person_id, Action.CORRECT_PERSON)
    _refuse_without_claims(found.batch)
    return found


def correct_person(  # noqa: PLR0917 - who, whom, what, why, when: the order of every action
    session: Session,
    viewer: Viewer,
    person_id: int,
    cells: Mapping[str, str],
    evidence: Evidence,
    now: datetime,
    *,
    version: int | None = None,
) -> Corrected | FormRefused:
    """Write the cells of the person that `cells` names, as the template's columns and words (男, 1990-01-01).

    The number's claim is taken anew with the person, or nothing changes. That somebody else holds it is a value, since
    what the register told stays written down.
    Refused: as `person_to_correct`; BAT-004 for a stale `version` of the batch; RST-002 for another 证件类型. Raises
    FormRefused for wrong data (ROW, IDN), without a reason or a file (SYS-002), and for too much of either (SYS-003).
    """
    batch = find_anywhere(session, viewer, person_id, _permitted(viewer)).batch
    lock_batch(session, batch)
    _refuse_without_claims(batch)
    refuse_if_stale(batch, version)
    record = person_on(session, batch, person_id)
    person, reason = _read(session, batch, record, cells, evidence, now)
    before = _facts(as_person(record))
    after = _facts(person)
    if before == after:
        return Corrected(Outcome.UNCHANGED, record, over_age_differs=False)
    digest = id_digest(person.id_no)
    taken = reclaim_person(session, batch, record, person, digest)
    if taken is not None:
        _write_down(session, viewer, batch, record, now, refused=taken.code, after=_told(before, after)["after"])
        return FormRefused({Column.ID_NO: taken})
    _put(record, person, digest)
    record.edited_version = batch.roster_version + 1  # an undo keeps them, if the roster is ever open again
    batch.version += 1
    batch.updated_at = now
    number = _keep_evidence(session, viewer, record, Changes(before=before, after=after), reason, evidence.files, now)
    _write_down(session, viewer, batch, record, now, reason=reason, correction=number, **_told(before, after))
    tell_exception(session, batch, CORRECTION_TEXT, reason, f"correction {record.id}.{number}", now)
    return Corrected(Outcome.UPDATED, record, _over_age_differs(session, batch, record, person, now))


def _permitted(viewer: Viewer) -> Action:
    permit(viewer, Action.CORRECT_PERSON)
    return Action.CORRECT_PERSON


def _refuse_without_claims(batch: Batch) -> None:
    state = BatchState(batch.state)
    if state not in CLAIMING:
        raise Refused("BAT-002", status=state.text, action=CORRECTION_TEXT)


def _read(  # noqa: PLR0917 - all that a correction is made of
    session: Session, batch: Batch, record: BatchPerson, cells: Mapping[str, str], evidence: Evidence, now: datetime
) -> tuple[Person, str]:
    """The person as they are to be, and the reason. Refused RST-002; FormRefused with everything that is wrong."""
    stored = as_typed(as_person(record))
    if cells.get(Column.ID_TYPE, stored[Column.ID_TYPE]) != stored[Column.ID_TYPE]:
        raise Refused("RST-002")
    wanted = {column: cells[column] for column in CORRECTED if column in cells}
    if record.id_type == IdType.RESIDENT_ID:  # they follow from the wrong number
        stored[Column.BIRTH] = stored[Column.SEX] = ""
    typed = TypedRow(0, tuple((stored | wanted)[column] for column in Column))
    plan, today = plan_of(session, batch.plan_year), local_date(now)
    checked = check_row(typed, plan, today, reference_of(batch, plan, today))
    problems = {str(finding.column): Refused(finding.code, **finding.values) for finding in reversed(checked.findings)}
    problems = {str(column): problems[column] for column in Column if column in problems}
    reason = ""
    try:
        reason = read_reason(evidence.reason, "更正原因", REASON_LENGTH)
    except Refused as refused:
        problems["reason"] = refused
    if not evidence.files:
        problems["file"] = Refused("SYS-002", field="证明材料")
    elif len(evidence.files) > MAX_FILES:
        problems["file"] = Refused("SYS-003", field="证明材料")
    if problems or checked.person is None:
        raise FormRefused(problems)
    return checked.person, reason


def _put(record: BatchPerson, person: Person, digest: bytes) -> None:
    record.name, record.birth, record.sex = person.name, person.birth, str(person.sex)
    if digest != record.id_digest:
        record.id_digest, record.prefix_digest = digest, prefix_digest(person.id_no)
        record.id_sealed = seal_id_no(person.id_no, digest)


def _keep_evidence(  # noqa: PLR0917 - all that a correction is made of
    session: Session,
    viewer: Viewer,
    record: BatchPerson,
    changes: Changes,
    reason: str,
    files: Sequence[Attachment],
    now: datetime,
) -> int:
    """Store the correction; returns its number. The batch's lock keeps the numbers apart."""
    of_person = PersonCorrection.person_id == record.id
    number = int(session.scalar(select(func.count()).select_from(PersonCorrection).where(of_person)) or 0) + 1
    named = select(func.max(PersonCorrectionFile.number)).where(PersonCorrectionFile.person_id == record.id)
    last_file = int(session.scalar(named) or 0)
    correction = PersonCorrection(
        person_id=record.id, number=number, at=now, account_id=viewer.account_id, reason=reason
    )
    correction.set_changes(changes)
    correction.files = [
        PersonCorrectionFile.of(record.id, file_number, file)
        for file_number, file in enumerate(files, start=last_file + 1)
    ]
    session.add(correction)
    session.flush()
    return number


def _over_age_differs(session: Session, batch: Batch, record: BatchPerson, person: Person, now: datetime) -> bool:
    plan = plan_of(session, batch.plan_year)
    by_the_new_data = over_age(person.birth, person.sex, reference_of(batch, plan, local_date(now)), plan)
    return by_the_new_data != bool(record.over_age)


def _facts(person: Person) -> dict[str, str]:
    typed = as_typed(person)
    return {str(column): typed[column] for column in CORRECTED}


def _told(before: Mapping[str, str], after: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """What differs, as the audit log may keep it: without a number in clear."""
    changed = [name for name in before if before[name] != after[name]]

    def masked(facts: Mapping[str, str]) -> dict[str, str]:
        return {name: mask_id_no(facts[name]) if name == Column.ID_NO else facts[name] for name in changed}

    return {"before": masked(before), "after": masked(after)}


def _write_down(
    session: Session, viewer: Viewer, batch: Batch, record: BatchPerson, now: datetime, **details: Any
) -> None:
    record_act(
        session,
        viewer,
        now,
        "correct_person",
        batch_id=batch.id,
        person_id=record.id,
        **details,
    )
