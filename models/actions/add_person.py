"""新增人员: one person by a form, judged as an imported row is (DOMAIN 7.9)."""

from __future__ import annotations

from collections.abc import Mapping
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
    refuse_while_roster_is_written,
)
from models.actions.put_entries import before_update, effect_of, put_effect
from models.actions.slow_look_ups import refuse_too_many_look_ups, register_answers
from models.queries.admission import Entry, admit_one
from models.records.audit import record_act
from models.records.batch import Batch
from models.records.person import BatchPerson
from models.records.plan_year import plan_of
from models.records.viewer import Viewer
from models.rules.findings import Column, Finding, Outcome
from models.rules.lifecycle import BatchAction
from models.rules.person import EmploymentStatus, Person, mask_id_no
from models.rules.roster import TypedRow


@dataclass(frozen=True, slots=True)
class Added:
    """How it ended: one of the outcomes of an imported row, except `duplicate`."""

    outcome: Outcome
    findings: list[Finding]
    """Reasons and hints; their `row` is 0, since there is no sheet."""
    person_id: int | None = None
    """Whom the form added, updated or met on the roster; None where it did none of it."""
    name: str = ""
    employment_status: EmploymentStatus | None = None
    """What the person is now; 退休 for somebody whom the social-insurance register knows as retired."""


def add_person(
    session: Session,
    viewer: Viewer,
    batch_no: str,
    cells: Mapping[str, str],
    now: datetime,
    *,
    version: int | None = None,
) -> Added:
    """Add the person, or update the one with that number, or say why not: a person who can't be added is a result.

    `cells` are the template's columns with its words (身份证, 男, 是); a missing one is empty. Looking into the annual
    register is audited also where it found somebody.
    Refused: as `batch_to_change`; BAT-007 while an import runs; BAT-004 for a stale `version` of the batch; SYS-001
    after too many answers of the annual register.
    """
    batch = batch_to_change(session, viewer, batch_no, BatchAction.ADD_PERSON, now)
    refuse_while_roster_is_written(session, batch)
    refuse_if_stale(batch, version)
    refuse_too_many_look_ups(session, viewer, now)
    typed = TypedRow(0, tuple(cells.get(column, "") for column in Column))
    entry = admit_one(session, batch, plan_of(session, batch.plan_year), typed, local_date(now))
    person, findings = entry.checked.person, entry.checked.findings
    if person is None:
        return Added(Outcome.INVALID, findings)
    record = _put(session, batch, entry, now)
    if record is None or entry.outcome is not Outcome.UNCHANGED:
        record_act(
            session,
            viewer,
            now,
            "add_person",
            batch_id=batch.id,
            **_told(entry, person, record),
        )
    if record is None:
        return Added(entry.outcome, findings, name=person.name)
    return Added(entry.outcome, findings, record.id, record.name, EmploymentStatus(record.employment_status))


def _put(session: Session, batch: Batch, entry: Entry, now: datetime) -> BatchPerson | None:
    """The person as they stand on the roster afterwards; None where the outcome keeps them off it."""
    effect = effect_of([entry], batch.id)
    if effect:
        mark_roster_changed(batch, BatchAction.ADD_PERSON, now)
        put_effect(session, effect)
    elif entry.outcome is not Outcome.UNCHANGED:
        return None
    wanted = select(BatchPerson).where(BatchPerson.batch_id == batch.id, BatchPerson.id_digest == entry.digest)
    record = session.scalars(wanted).one()
    if effect:
        record.edited_version = batch.roster_version
    return record


def _told(entry: Entry, person: Person, record: BatchPerson | None) -> dict[str, Any]:
    """As the audit log keeps it, the number masked."""
    told: dict[str, Any] = {"outcome": str(entry.outcome), "name": person.name, "id_no": mask_id_no(person.id_no)}
    if record is None:
        findings = entry.checked.findings
        return told | {"codes": [finding.code for finding in findings], "register_answers": register_answers(findings)}
    told["person_id"] = record.id
    if replaced := before_update(entry):
        told["before"] = replaced
        told["after"] = {name: getattr(record, name) for name in replaced}
    return told
