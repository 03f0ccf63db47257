"""批次删除: people, files and findings are erased; number, receipts and counts stay (T09, DOMAIN 12.3)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import undefer

from config.clock import SHANGHAI
from models.actions.add_person import add_person
from models.actions.check_roster import submit_at_once
from models.actions.delete_batch import delete_batch
from models.actions.open_batch import open_batch
from models.actions.queue_check import queue_submission, queue_validation
from models.actions.slow_look_ups import TIMES
from models.actions.withdraw_batch import withdraw_batch
from models.queries.batches import BatchFilters, find_batch, list_batches
from models.queries.deletion import Erased
from models.queries.imports import imports_by
from models.records.audit import AuditEntry
from models.records.database import reading, writing
from models.records.person import BatchPerson
from models.records.roster_import import ImportFinding, ImportRow, RosterImport, UndoLine
from models.records.validation import ValidationFinding, ValidationReport
from models.rules.findings import Outcome
from models.rules.lifecycle import ROSTER_EDITABLE, BatchAction, BatchState
from models.rules.permissions import Role
from models.rules.plan import EnrolmentType
from models.rules.refusal import TooOften
from models.rules.roster import as_typed
from tasks import import_report
from tasks.import_report import make_report
from tests.builders import a_person, resident_id
from tests.imports import a_rival_with, an_import, another_batch, marked_workbook_of, the_batch, typed, undone
from tests.people import stored_people
from tests.records import (
    BatchOf,
    a_batch_to_fill,
    an_upload,
    people_on,
)
from tests.refusals import refused
from tests.stages import awaiting_payment, put_into

PEOPLE = [a_person(name=name, id_no=resident_id(sequence=number)) for number, name in enumerate("甲乙丙")]
TAKEN = a_person(name="李雷", id_no=resident_id(sequence=9))
WRONG = ("李雷", "身份证", "310000199003070102", "", "", "", "是")
AFTER_THE_WINDOW = datetime(2020, 5, 11, 17, 0, tzinfo=SHANGHAI)


@pytest.fixture
def batch(database: str) -> BatchOf:
    """A central batch of three people, put on its roster one by one."""
    filled = a_batch_to_fill()
    people_on(filled, PEOPLE)
    return filled


def delete(batch: BatchOf, *, now: datetime | None = None, version: int | None = None) -> Erased:
    with writing() as session:
        return delete_batch(session, batch.viewer, batch.batch_no, now or batch.now, version=version)


def opened_again(batch: BatchOf) -> BatchOf:
    with writing() as session:
        again = open_batch(session, batch.viewer, code="0088D2", enrolment_type=EnrolmentType.CENTRAL, now=batch.now)
        return replace(batch, batch_no=again.batch_no, batch_id=again.id)


def left_of(batch: BatchOf) -> dict[str, int]:
    """What still stands in the tables that hold people of a batch."""
    uploads = select(RosterImport.id).where(RosterImport.batch_id == batch.batch_id)
    with reading() as session:
        of_batch = {
            table.__tablename__: session.query(table).filter_by(batch_id=batch.batch_id).count()
            for table in (BatchPerson, ValidationReport, ValidationFinding)
        }
        of_uploads = {
            table.__tablename__: session.query(table).filter(table.import_id.in_(uploads)).count()
            for table in (ImportRow, ImportFinding, UndoLine)
        }
    return {table: rows for table, rows in (of_batch | of_uploads).items() if rows}


@pytest.mark.parametrize("state", sorted(ROSTER_EDITABLE))
def test_a_batch_that_was_not_submitted_is_deleted(batch: BatchOf, state: BatchState) -> None:
    put_into(batch, state)
    version, later = the_batch(batch).version, batch.now + timedelta(hours=1)
    assert delete(batch, now=later).people == 3
    after = the_batch(batch)
    assert (after.state, after.version, after.updated_at) == (BatchState.DELETED, version + 1, later)
    assert stored_people(batch) == []


def test_nobody_finds_a_deleted_batch(batch: BatchOf) -> None:
    delete(batch)
    with reading() as session:
        assert list_batches(session, batch.viewer, BatchFilters()).total == 0
        with refused("BAT-005"):
            find_batch(session, batch.viewer, batch.batch_no)
    with refused("BAT-005"):
        delete(batch)


def test_a_deleted_batch_is_in_nobodys_way(batch: BatchOf) -> None:
    delete(batch)
    again = opened_again(batch)
    assert again.batch_no != batch.batch_no
    assert the_batch(again).state == BatchState.ROSTER_DRAFT


def test_the_number_of_a_deleted_batch_is_never_given_again(batch: BatchOf) -> None:
    delete(batch)
    numbers = [batch.batch_no]
    for _ in range(3):
        again = opened_again(batch)
        numbers.append(again.batch_no)
        delete(again)
    assert numbers == [f"SZSH20200420000{number}" for number in range(1, 5)]


def test_rows_findings_files_and_their_names_are_erased(batch: BatchOf) -> None:
    done = an_import(batch, [typed(a_person(name="丁", id_no=resident_id(sequence=5))), WRONG])
    marked_workbook_of(done)
    undone(batch, done)
    assert set(left_of(batch)) == {"batch_person", "import_row", "import_finding", "undo_line"}
    assert delete(batch) == Erased(people=3, uploads=1, frees_code=False)
    assert left_of(batch) == {}
    with reading() as session:
        kept = session.scalars(
            select(RosterImport).options(undefer(RosterImport.content_sealed), undefer(RosterImport.report_sealed))
        ).one()
    assert (kept.file_name, kept.content_sealed, kept.report_sealed) == ("", None, None)
    assert (kept.receipt_no, kept.rows_total) == (done.upload.receipt_no, 2)


def test_the_report_of_a_failed_submission_is_erased(batch: BatchOf) -> None:
    a_rival_with(PEOPLE[:1])
    with writing() as session:
        assert not submit_at_once(session, batch.viewer, batch.batch_no, batch.now).passed
    assert set(left_of(batch)) == {"batch_person", "validation_report", "validation_finding"}
    delete(batch)
    assert left_of(batch) == {}


def test_other_batches_keep_what_they_have(batch: BatchOf) -> None:
    other = another_batch(batch.viewer, "0088D3", now=batch.now)
    done = an_import(other, [typed(TAKEN), WRONG])
    before = left_of(other)
    an_import(batch, [typed(TAKEN), WRONG])
    delete(batch)
    assert left_of(other) == before
    with reading() as session:
        uploads, total = imports_by(session, other.viewer)
    assert [(seen.upload.id, seen.upload.file_name) for seen in uploads] == [(done.upload.id, "清册.xlsx")]
    assert total == 1


def test_the_audit_log_keeps_the_number_and_counts(batch: BatchOf) -> None:
    an_import(batch, [typed(TAKEN)])
    delete(batch)
    with reading() as session:
        entry = session.query(AuditEntry).filter_by(action="delete_batch").one()
    assert (entry.account_id, entry.at, entry.batch_id) == (batch.viewer.account_id, batch.now, batch.batch_id)
    assert entry.details == {"batch_no": batch.batch_no, "people": 4, "uploads": 1, "code_freed": False}


def test_what_the_register_answered_a_deleted_batch_still_counts(batch: BatchOf) -> None:
    """Else a clerk could look up strangers without end, a batch at a time."""
    a_rival_with([TAKEN])
    for check_only in (True, False):
        assert an_import(batch, [typed(TAKEN)], check_only=check_only).counts == {"occupied": 1}
    add = _adder()
    for _ in range(TIMES - 2):
        assert add(batch) is Outcome.OCCUPIED
    delete(batch)
    with pytest.raises(TooOften):
        add(another_batch(batch.viewer, "0088D3", now=batch.now))


def _adder() -> Callable[[BatchOf], Outcome]:
    def add(batch: BatchOf) -> Outcome:
        with writing() as session:
            return add_person(session, batch.viewer, batch.batch_no, as_typed(TAKEN), batch.now).outcome

    return add


def test_a_withdrawn_batch_may_be_deleted(batch: BatchOf) -> None:
    awaiting_payment(batch)
    with writing() as session:
        withdraw_batch(session, batch.viewer, batch.batch_no, BatchAction.WITHDRAW_TO_ROSTER, "算错了", batch.now)
    assert delete(batch).people == 3


def test_a_draft_that_was_too_late_may_still_be_deleted(batch: BatchOf) -> None:
    assert delete(batch, now=AFTER_THE_WINDOW).people == 3


@pytest.mark.parametrize("state", sorted(set(BatchState) - ROSTER_EDITABLE - {BatchState.DELETED}))
def test_what_was_submitted_is_not_deleted(batch: BatchOf, state: BatchState) -> None:
    put_into(batch, state)
    with refused("BAT-002", status=state.text, action="批次删除"):
        delete(batch)
    assert len(stored_people(batch)) == 3


@pytest.mark.parametrize(("check_only", "job"), [(False, "清册导入"), (True, "清册导入（仅校验）")])
def test_while_a_file_waits_its_batch_is_not_deleted(batch: BatchOf, check_only: bool, job: str) -> None:
    an_upload(batch, check_only=check_only)
    with refused("BAT-007", job=job):
        delete(batch)


@pytest.mark.parametrize("submit", [False, True], ids=["validate", "submit"])
def test_while_the_roster_is_checked_its_batch_is_not_deleted(batch: BatchOf, submit: bool) -> None:
    with writing() as session:
        if submit:
            version = _pledge_version()
            queue_submission(session, batch.viewer, batch.batch_no, version, batch.now, lambda _: "roster.small")
        else:
            queue_validation(session, batch.viewer, batch.batch_no, batch.now, lambda _: "roster.small")
    with refused("BAT-007"):
        delete(batch)


def _pledge_version() -> str:
    from config.pledge import pledge

    return pledge().version


def test_a_marked_workbook_that_is_being_made_meanwhile_is_not_kept(
    batch: BatchOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = an_import(batch, [WRONG])
    assert done.upload.report_job_id is not None
    make = import_report.marked_workbook

    def be_deleted(rows: object) -> bytes:
        delete(batch)
        return make(rows)  # type: ignore[arg-type]  # handed on as it comes

    monkeypatch.setattr(import_report, "marked_workbook", be_deleted)
    make_report(done.upload.report_job_id)
    with reading() as session:
        assert session.scalars(select(RosterImport.report_sealed)).all() == [None]


def test_whoever_saw_another_version_is_refused(batch: BatchOf) -> None:
    version = the_batch(batch).version
    with refused("BAT-004"):
        delete(batch, version=version + 1)
    assert delete(batch, version=version).people == 3


def test_somebody_elses_batch_does_not_exist(batch: BatchOf) -> None:
    stranger = a_batch_to_fill("3019BJ").viewer
    with refused("BAT-005"):
        delete(replace(batch, viewer=stranger))
    assert len(stored_people(batch)) == 3


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.HANDLER}))
def test_only_handlers_delete(batch: BatchOf, role: Role) -> None:
    with refused("AUTH-006"):
        delete(replace(batch, viewer=replace(batch.viewer, role=role)))
