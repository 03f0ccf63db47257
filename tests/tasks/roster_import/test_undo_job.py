"""撤销本次导入 as a job: one effect, in its turn, or none."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from models.actions.operate_jobs import cancel_job, retry_job
from models.records.database import writing
from models.records.job import Job, JobState
from tasks.jobs import Lease, run
from tasks.roster_import.job import import_roster
from tasks.roster_import.undo import take_import_back, undo_import
from tests.claims import broken_claims
from tests.imports import (
    an_import,
    imported,
    roster_of,
    submitted,
    typed,
    undone,
)
from tests.records import BatchOf, a_batch_to_fill, an_upload, people_on
from tests.undoing import JIA, OTHER_MOBILE, YI, ask, kept, the_job
from tests.workbooks import a_workbook, some_people


@pytest.fixture
def batch(database: str) -> BatchOf:
    """An empty central batch in its window."""
    return a_batch_to_fill()


def test_delivered_again_an_undo_does_nothing(batch: BatchOf) -> None:
    done = an_import(batch, map(typed, [JIA, YI]))
    job_id = ask(batch, done)
    undo_import(job_id)
    people_on(batch, [JIA])
    undo_import(job_id)
    assert roster_of(batch) == [JIA]


def test_an_undo_waits_for_an_import_that_was_received_before_it(batch: BatchOf) -> None:
    first = an_import(batch, [typed(JIA)])
    second = an_upload(batch, a_workbook([typed(JIA), typed(YI)]))
    job_id = ask(batch, first)
    undo_import(job_id)
    assert the_job(job_id).state == JobState.QUEUED
    import_roster(second.job_id)
    undo_import(job_id)
    assert kept(first) == [("甲", "later_import", imported(second.import_id).upload.receipt_no)]


def test_a_roster_that_was_submitted_meanwhile_keeps_its_people(batch: BatchOf) -> None:
    """An operator gives a failed undo another chance, after the clerk went on without it."""
    done = an_import(batch, [typed(JIA)])
    job_id = ask(batch, done)
    with writing() as session:
        session.execute(update(Job).where(Job.id == job_id).values(state=JobState.FAILED, code="JOB-001"))
    submitted(batch)
    with writing() as session:
        retry_job(session, job_id, batch.now)
    undo_import(job_id)
    assert (the_job(job_id).state, the_job(job_id).code) == (JobState.FAILED, "IMP-010")
    assert (roster_of(batch), broken_claims(), imported(done.upload.id).upload.undone_at) == ([JIA], [], None)


def test_an_old_undo_that_is_tried_again_after_a_newer_one_does_nothing(batch: BatchOf) -> None:
    done = an_import(batch, [typed(JIA)])
    old = ask(batch, done)
    with writing() as session:
        session.execute(update(Job).where(Job.id == old).values(state=JobState.FAILED, code="JOB-001"))
    undone(batch, done)
    people_on(batch, [JIA])
    with writing() as session:
        retry_job(session, old, batch.now)
    undo_import(old)
    assert (the_job(old).state, the_job(old).code, roster_of(batch)) == (JobState.FAILED, "JOB-001", [JIA])


def test_a_cancelled_undo_changes_nobody(batch: BatchOf, monkeypatch: pytest.MonkeyPatch) -> None:
    done = an_import(batch, [typed(JIA)])
    job_id = ask(batch, done)

    def be_cancelled(lease: Lease) -> None:
        with writing() as session:
            cancel_job(session, job_id)
        take_import_back(lease)

    run(job_id, be_cancelled)
    assert (the_job(job_id).state, roster_of(batch)) == (JobState.CANCELLED, [JIA])
    assert imported(done.upload.id).upload.undone_at is None


def test_a_worker_that_was_frozen_through_another_attempt_changes_nothing(batch: BatchOf) -> None:
    done = an_import(batch, [typed(JIA)])
    job_id = ask(batch, done)

    def freeze(lease: Lease) -> None:
        with writing() as session:
            session.execute(update(Job).where(Job.id == job_id).values(lease_until=0))
        undo_import(job_id)
        people_on(batch, [JIA])
        take_import_back(lease)

    run(job_id, freeze)
    assert (the_job(job_id).state, roster_of(batch)) == (JobState.DONE, [JIA])


def test_five_thousand_people_are_taken_back_at_once(batch: BatchOf) -> None:
    people_on(batch, [JIA])
    done = an_import(batch, a_workbook(some_people(5000), writer="xlsxwriter"))
    again = an_import(batch, a_workbook([(*row[:5], OTHER_MOBILE, row[6]) for row in some_people(4000)]))
    assert (done.counts, again.counts) == ({"added": 5000}, {"updated": 4000})
    assert undone(batch, again).upload.undo_counts == {"removed": 0, "restored": 4000, "kept": 0}
    assert undone(batch, done).upload.undo_counts == {"removed": 5000, "restored": 0, "kept": 0}
    assert roster_of(batch) == [JIA]
