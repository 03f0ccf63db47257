"""取消导入, and what an operator does to jobs."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import update
from sqlalchemy.exc import NoResultFound

from models.actions.cancel_import import cancel_import
from models.actions.operate_jobs import JobNotFailedError, cancel_job_as_operator, retry_job
from models.actions.queue_import import Receipt
from models.records.account import HandlerProfile
from models.records.audit import AuditEntry
from models.records.database import reading, writing
from models.records.job import Job, JobState
from models.rules.permissions import Role
from tests.records import IN_THE_CENTRAL_WINDOW, BatchOf, a_batch_to_fill, an_upload
from tests.refusals import refused

FINISHED = [JobState.DONE, JobState.FAILED, JobState.CANCELLED]


@pytest.fixture
def batch(database: str) -> BatchOf:
    """A central batch in its window."""
    return a_batch_to_fill()


@pytest.fixture
def receipt(batch: BatchOf) -> Receipt:
    """An upload whose job waits."""
    return an_upload(batch)


def test_who_has_not_confirmed_the_phone_cancels_nothing(batch: BatchOf, receipt: Receipt) -> None:
    with writing() as session:
        session.execute(update(HandlerProfile).values(phone_verified_at=None))
    with refused("HDL-001"), writing() as session:
        cancel_import(session, batch.viewer, receipt.import_id, batch.now)


def put_into(receipt: Receipt, state: JobState, **changes: object) -> None:
    with writing() as session:
        session.execute(update(Job).where(Job.id == receipt.job_id).values(state=state, **changes))


def job_of(receipt: Receipt) -> Job:
    with reading() as session:
        return session.get_one(Job, receipt.job_id)


def cancel(batch: BatchOf, receipt: Receipt) -> JobState:
    with writing() as session:
        return cancel_import(session, batch.viewer, receipt.import_id, batch.now)


def test_a_waiting_import_is_cancelled_at_once(batch: BatchOf, receipt: Receipt) -> None:
    assert cancel(batch, receipt) is JobState.CANCELLED
    job = job_of(receipt)
    assert (job.state, job.code, job.finished_at is not None) == (JobState.CANCELLED, "JOB-002", True)


def test_a_running_import_is_asked_to_stop(batch: BatchOf, receipt: Receipt) -> None:
    put_into(receipt, JobState.RUNNING)
    assert cancel(batch, receipt) is JobState.RUNNING
    assert job_of(receipt).cancel_requested


@pytest.mark.parametrize("state", FINISHED)
def test_a_finished_import_stays_as_it_is(batch: BatchOf, receipt: Receipt, state: JobState) -> None:
    put_into(receipt, state)
    assert cancel(batch, receipt) is state
    assert not job_of(receipt).cancel_requested


def test_who_cancelled_is_audited(batch: BatchOf, receipt: Receipt) -> None:
    cancel(batch, receipt)
    with reading() as session:
        assert session.query(AuditEntry).filter_by(action="cancel_import").one().account_id == batch.viewer.account_id


def test_somebody_elses_import_does_not_exist(batch: BatchOf, receipt: Receipt) -> None:
    stranger = a_batch_to_fill("3019BJ").viewer
    with refused("BAT-005"):
        cancel(replace(batch, viewer=stranger), receipt)
    assert job_of(receipt).state == JobState.QUEUED


def test_an_unknown_import_does_not_exist(batch: BatchOf) -> None:
    with refused("BAT-005"):
        cancel(batch, Receipt(4711, 4711, seen_before=False))


def test_staff_cancel_no_import(batch: BatchOf, receipt: Receipt) -> None:
    with refused("AUTH-006"):
        cancel(replace(batch, viewer=replace(batch.viewer, role=Role.REVIEWER)), receipt)


def cancel_by_number(job_id: int) -> JobState:
    with writing() as session:
        return cancel_job_as_operator(session, job_id, IN_THE_CENTRAL_WINDOW)


def audited_cancels() -> list[tuple[int | None, int | None, object]]:
    with reading() as session:
        entries = session.query(AuditEntry).filter_by(action="cancel_job")
        return [(entry.account_id, entry.batch_id, entry.details["job"]) for entry in entries]


@pytest.mark.parametrize("before", [JobState.QUEUED, JobState.RUNNING])
def test_an_operator_cancels_a_job_by_its_number_and_that_is_audited(
    batch: BatchOf, receipt: Receipt, before: JobState
) -> None:
    put_into(receipt, before)
    cancel_by_number(receipt.job_id)
    assert job_of(receipt).cancel_requested
    assert audited_cancels() == [(None, batch.batch_id, receipt.job_id)]


@pytest.mark.parametrize("state", FINISHED)
def test_an_operator_who_comes_too_late_changes_nothing_and_nothing_is_audited(
    receipt: Receipt, state: JobState
) -> None:
    put_into(receipt, state)
    assert cancel_by_number(receipt.job_id) is state
    assert (job_of(receipt).cancel_requested, audited_cancels()) == (False, [])


@pytest.mark.usefixtures("database")
def test_an_operator_is_told_that_there_is_no_such_job() -> None:
    with pytest.raises(NoResultFound):
        cancel_by_number(4711)


def test_a_failed_job_is_queued_again_with_all_its_attempts(receipt: Receipt) -> None:
    put_into(receipt, JobState.FAILED, attempt=3, code="JOB-001", values={"reason": "x"}, cancel_requested=True)
    with writing() as session:
        retry_job(session, receipt.job_id, IN_THE_CENTRAL_WINDOW)
    job = job_of(receipt)
    assert (job.state, job.attempt, job.code, job.values, job.cancel_requested, job.finished_at) == (
        JobState.QUEUED,
        0,
        None,
        {},
        False,
        None,
    )


@pytest.mark.parametrize("state", [state for state in JobState if state is not JobState.FAILED])
def test_only_a_failed_job_is_queued_again(receipt: Receipt, state: JobState) -> None:
    put_into(receipt, state)
    with pytest.raises(JobNotFailedError, match=str(receipt.job_id)), writing() as session:
        retry_job(session, receipt.job_id, IN_THE_CENTRAL_WINDOW)
    assert job_of(receipt).state == state
