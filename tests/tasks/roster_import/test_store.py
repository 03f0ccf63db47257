"""入册: one transaction, or nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from models.actions.move_clock import move_clock
from models.actions.operate_jobs import cancel_job, retry_job
from models.records.audit import AuditEntry
from models.records.batch import Batch
from models.records.database import reading, writing
from models.records.job import Job, JobState
from models.records.roster_import import ImportFinding, ImportRow
from models.rules.lifecycle import BatchState
from tasks.jobs import Lease, run
from tasks.roster_import import job as import_job
from tasks.roster_import.job import five_stages, import_roster
from tests.builders import a_person, resident_id
from tests.claims import broken_claims
from tests.imports import an_import, imported, roster_of, submitted, the_batch, typed
from tests.records import BatchOf, a_batch_to_fill, a_roster, an_upload, people_on
from tests.workbooks import a_workbook

JIA, YI = (a_person(name=name, id_no=resident_id(sequence=number)) for number, name in enumerate("甲乙"))


@pytest.fixture
def batch(database: str) -> BatchOf:
    """An empty central batch in its window."""
    return a_batch_to_fill()


def rows_written() -> int:
    with reading() as session:
        return len(session.scalars(select(ImportRow.sheet_row)).all()) + len(
            session.scalars(select(ImportFinding)).all()
        )


def test_delivered_again_after_its_end_an_import_does_nothing(batch: BatchOf) -> None:
    done = an_import(batch, a_roster())
    people, rows = roster_of(batch), rows_written()
    import_roster(done.job.id)
    assert (roster_of(batch), rows_written()) == (people, rows)


def test_the_five_stages_are_kept_with_their_rows(batch: BatchOf) -> None:
    stages = an_import(batch, [typed(JIA), typed(YI)]).job.progress["stages"]
    assert [(stage["stage"], stage["rows"]) for stage in stages] == [
        (stage, 2) for stage in ("read", "validate", "dedupe", "price", "store")
    ]


def test_what_was_imported_is_audited_in_numbers(batch: BatchOf) -> None:
    an_import(batch, [typed(JIA), typed(YI)])
    with reading() as session:
        entry = session.query(AuditEntry).filter_by(action="import_roster").one()
    assert (entry.details["added"], entry.details["updated"]) == (2, 0)


def test_cancelled_in_the_last_moment_nothing_is_written(batch: BatchOf, monkeypatch: pytest.MonkeyPatch) -> None:
    receipt = an_upload(batch, a_roster())
    price = import_job.price

    def price_and_be_cancelled(*arguments: object) -> object:
        estimate = price(*arguments)  # type: ignore[arg-type]  # handed on as they come
        with writing() as session:
            cancel_job(session, receipt.job_id)
        return estimate

    monkeypatch.setattr(import_job, "price", price_and_be_cancelled)
    import_roster(receipt.job_id)
    done = imported(receipt.import_id)
    assert (done.job.state, done.upload.counts, roster_of(batch), rows_written()) == (JobState.CANCELLED, None, [], 0)


def test_a_roster_that_changed_meanwhile_is_not_written_over(batch: BatchOf, monkeypatch: pytest.MonkeyPatch) -> None:
    receipt = an_upload(batch, a_workbook([typed(JIA)]))
    price = import_job.price

    def price_beside_a_change(*arguments: object) -> object:
        people_on(batch, [JIA])
        with writing() as session:
            session.execute(update(Batch).values(roster_version=Batch.roster_version + 1))
        return price(*arguments)  # type: ignore[arg-type]  # handed on as they come

    monkeypatch.setattr(import_job, "price", price_beside_a_change)
    import_roster(receipt.job_id)
    done = imported(receipt.import_id)
    assert (done.job.state, done.job.code, roster_of(batch)) == (JobState.FAILED, "JOB-001", [JIA])


def test_an_import_tried_again_after_the_submission_adds_nobody(batch: BatchOf) -> None:
    """An operator gives a failed import another chance, after the clerk went on without it."""
    receipt = an_upload(batch, a_workbook([typed(YI)]))
    with writing() as session:
        session.execute(update(Job).where(Job.id == receipt.job_id).values(state=JobState.FAILED, code="JOB-001"))
    people_on(batch, [JIA])
    submitted(batch)
    with writing() as session:
        retry_job(session, receipt.job_id, batch.now)
    import_roster(receipt.job_id)
    done = imported(receipt.import_id)
    assert (done.job.state, done.job.code, roster_of(batch)) == (JobState.FAILED, "RST-010", [JIA])
    assert (the_batch(batch).state, broken_claims()) == (BatchState.ROSTER_SUBMITTED, [])


def test_an_import_received_in_time_is_done_however_late(batch: BatchOf) -> None:
    """The window closes between receipt and work; what was received before counts (DOMAIN 3.3)."""
    receipt = an_upload(batch, a_workbook([typed(JIA)]))
    with writing() as session:
        move_clock(session, batch.now + timedelta(days=60))
    import_roster(receipt.job_id)
    assert imported(receipt.import_id).counts == {"added": 1}


def test_an_import_remembers_the_version_of_the_roster_that_it_left(batch: BatchOf) -> None:
    first = an_import(batch, [typed(JIA)])
    again = an_import(batch, [typed(JIA)], repeat=True)
    checked = an_import(batch, [typed(YI)], check_only=True)
    assert first.upload.stored_version == again.upload.stored_version == the_batch(batch).roster_version == 1
    assert checked.upload.stored_version is None


def test_a_failed_roster_is_a_draft_again_after_an_import(batch: BatchOf) -> None:
    with writing() as session:
        session.execute(update(Batch).values(state=BatchState.ROSTER_FAILED))
    an_import(batch, [typed(JIA)])
    assert the_batch(batch).state == BatchState.ROSTER_DRAFT


def test_the_files_of_a_batch_are_done_in_the_order_of_receipt_whichever_is_delivered_first(batch: BatchOf) -> None:
    first = an_upload(batch, a_workbook([typed(JIA)]))
    second = an_upload(batch, a_workbook([typed(JIA), typed(YI)]))
    for job_id in (second.job_id, first.job_id, second.job_id):
        import_roster(job_id)
    assert imported(first.import_id).counts == {"added": 1}
    assert imported(second.import_id).counts == {"unchanged": 1, "added": 1}


def test_a_number_typed_into_another_column_is_stored_masked(batch: BatchOf) -> None:
    shifted = (JIA.id_no, JIA.id_no, "", "", "", "", "是")
    done = an_import(batch, [shifted])
    with reading() as session:
        row = session.get_one(ImportRow, (done.upload.id, 2))
    assert row.name == f"{JIA.id_no[:4]}*****{JIA.id_no[-4:]}"
    assert JIA.id_no not in repr([finding.values for finding in done.findings])


def test_a_worker_that_was_frozen_through_another_attempt_stores_nothing(batch: BatchOf) -> None:
    receipt = an_upload(batch, a_workbook([typed(JIA)]))

    def freeze(lease: Lease) -> None:
        with writing() as session:
            session.execute(update(Job).where(Job.id == receipt.job_id).values(lease_until=0))
        import_roster(receipt.job_id)
        five_stages(lease)

    run(receipt.job_id, freeze)
    assert (imported(receipt.import_id).counts, roster_of(batch)) == ({"added": 1}, [JIA])
