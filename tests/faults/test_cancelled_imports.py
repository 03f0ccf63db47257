"""Cancelled means cancelled: while it waits, in every stage, and in a race with the end."""

import threading

import pytest

from models.actions.cancel_import import cancel_import
from models.actions.queue_import import Receipt
from models.records.database import writing
from models.records.job import JobState
from tasks.doorbell import ring
from tests.faults.conftest import Workers
from tests.faults.outcome import assert_everything_in_order, job_of, wait_until_all_ended
from tests.faults.stops import IN_EVERY_STAGE, STAGES, first_attempts_in
from tests.records import BatchOf, a_batch_to_fill, an_upload

pytestmark = pytest.mark.faults


def cancelled(batch: BatchOf, upload: Receipt) -> JobState:
    """What the clerk who cancels is told."""
    with writing() as session:
        return cancel_import(session, batch.viewer, upload.import_id, batch.now)


def test_an_import_cancelled_while_it_waits_is_never_begun(workers: Workers) -> None:
    batch = a_batch_to_fill()
    upload = an_upload(batch)
    ring(upload.job_id)
    assert cancelled(batch, upload) == JobState.CANCELLED
    again = an_upload(batch)
    ring(again.job_id)
    wait_until_all_ended(workers())
    assert (job_of(upload.job_id).state, job_of(upload.job_id).attempt) == (JobState.CANCELLED, 0)
    assert job_of(again.job_id).state == JobState.DONE
    assert_everything_in_order()


def test_an_import_cancelled_in_any_stage_writes_nothing(workers: Workers) -> None:
    batches = {}
    for number in range(len(STAGES)):
        batch = a_batch_to_fill(f"0088D{number}")
        upload = an_upload(batch)
        batches[upload.job_id] = batch, upload
        ring(upload.job_id)
    worker = workers(stop_at=IN_EVERY_STAGE, pool=len(STAGES))
    for left, stage in zip(range(len(STAGES), 0, -1), STAGES, strict=True):
        worker.wait_until_stopped(left)
        here = first_attempts_in(stage)
        assert len(here) == left
        assert cancelled(*batches[here[0]]) == JobState.RUNNING
        worker.thaw()
    wait_until_all_ended(worker)
    assert {job_of(job_id).state for job_id in batches} == {JobState.CANCELLED}
    assert_everything_in_order()


def test_a_clerk_who_cancels_while_it_is_being_stored_is_told_what_became_of_it(workers: Workers) -> None:
    batch = a_batch_to_fill()
    upload = an_upload(batch)
    ring(upload.job_id)
    worker = workers(stop_at="before_commit:1", lease_seconds=60)
    worker.wait_until_stopped()
    told: list[JobState] = []
    clerk = threading.Thread(target=lambda: told.append(cancelled(batch, upload)))
    clerk.start()
    wait_until_all_ended(worker)
    clerk.join(timeout=60)
    assert told == [job_of(upload.job_id).state] == [JobState.DONE]
    assert_everything_in_order()


def test_a_job_that_is_cancelled_and_then_killed_ends_cancelled(workers: Workers) -> None:
    batch = a_batch_to_fill()
    upload = an_upload(batch)
    ring(upload.job_id)
    worker = workers(stop_at="dedupe:1", lease_seconds=2)
    worker.wait_until_stopped()
    assert cancelled(batch, upload) == JobState.RUNNING
    worker.kill()
    wait_until_all_ended(workers("next"))
    assert job_of(upload.job_id).state == JobState.CANCELLED
    assert_everything_in_order()
