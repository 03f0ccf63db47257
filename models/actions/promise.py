"""医保享受在职待遇: the unit's promise for one person over age (DOMAIN 8.3, T06)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, case
from sqlalchemy.orm import Session

from config.clock import local_date
from models.actions.batch_change import batch_to_change, refuse_if_stale, refuse_while_roster_is_written
from models.queries.people import person_on
from models.queries.roster import reference_of
from models.queries.texts import wording_now
from models.records.audit import record_act
from models.records.batch import Batch
from models.records.person import BatchPerson
from models.records.plan_year import plan_of
from models.records.text_version import TextKind
from models.records.viewer import Viewer
from models.rules.eligibility import over_age
from models.rules.lifecycle import BatchAction
from models.rules.person import EmploymentStatus, Sex
from models.rules.refusal import Refused


def promise(  # noqa: PLR0917 - who, where, for whom, what, when: the order of every action
    session: Session,
    viewer: Viewer,
    batch_no: str,
    person_id: int,
    promised: bool,
    now: datetime,
    *,
    version: int | None = None,
    text_version: str | None = None,
) -> BatchPerson:
    """Store the promise, or take it back; the roster stays as it is, and so does what was found of it.

    `text_version` is the one that was shown; without it whatever holds now is promised.

    A promise from before a withdrawal is confirmed by promising again. Taking one back is never refused for what the
    person is.
    Refused: as `batch_to_change`; BAT-007 while the roster is written or checked; BAT-004 for a stale `version`, or
    where another text holds by now;
    BAT-005 for nobody of this roster; RST-005 of somebody 退休; VAL-005 of somebody over age without social insurance;
    SYS-003 of somebody who is not over age.
    """
    batch = batch_to_change(session, viewer, batch_no, BatchAction.PROMISE, now)
    person = person_on(session, batch, person_id)
    refuse_while_roster_is_written(session, batch)
    refuse_if_stale(batch, version)
    wording = wording_now(session, TextKind.PROMISE, now)
    if promised:
        _refuse_needless(session, batch, person, now)
        if text_version not in {None, wording.version}:
            raise Refused("BAT-004")
    person.promised_at = now if promised else None
    person.promised_by = viewer.account_id if promised else None
    person.promise_version = wording.version if promised else None
    batch.version += 1
    batch.updated_at = now
    record_act(
        session,
        viewer,
        now,
        "promise",
        batch_id=batch.id,
        person_id=person.id,
        name=person.name,
        promised=promised,
        text_version=person.promise_version,
    )
    return person


def drop_promise(person: BatchPerson) -> None:
    """The person was edited: what was promised was promised of other data (DOMAIN 8.3)."""
    person.promised_at = person.promised_by = person.promise_version = None


def promises_of_people_in_service(in_service: ColumnElement[bool]) -> dict[str, ColumnElement[Any]]:
    """For an UPDATE of many people: promises stay with whoever is in service afterwards, and nobody else has any."""
    columns = (BatchPerson.promised_at, BatchPerson.promised_by, BatchPerson.promise_version)
    return {column.key: case((in_service, column)) for column in columns}


def _refuse_needless(session: Session, batch: Batch, person: BatchPerson, now: datetime) -> None:
    if person.employment_status == EmploymentStatus.RETIRED:
        raise Refused("RST-005")
    plan = plan_of(session, batch.plan_year)
    if not over_age(person.birth, Sex(person.sex), reference_of(batch, plan, local_date(now)), plan):
        raise Refused("SYS-003", field="医保享受在职待遇")
    if not person.has_si:
        raise Refused("VAL-005", name=person.name)
