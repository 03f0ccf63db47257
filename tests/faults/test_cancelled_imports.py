"""Cancelled means cancelled: while it waits, in every stage, and in a race with the end."""

import threading
from contextlib import suppress
from pathlib import Path

import pytest
from sqlalchemy import text

from config.settings import settings
from models.actions.cancel_import import cancel_import
from models.actions.queue_import import Receipt
from models.records.database import reading, writing
from models.records.job import JobState
from tasks.doorbell import ring
from tests.faults.conftest import Workers
from tests.faults.outcome import assert_everything_in_order, job_of, wait_until_all_ended
from tests.faults.processes import wait_for
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
    wait_for(somebody_waits_to_write, "the clerk waits for the row, or for the turn to write")
    wait_until_all_ended(worker)
    clerk.join(timeout=60)
    assert told == [job_of(upload.job_id).state] == [JobState.DONE]
    assert_everything_in_order()


def test_imports_cancelled_while_they_run_unhindered_end_as_their_clerks_were_told(workers: Workers) -> None:
    """A race: one cancel at each moment that can be seen from outside, while the worker hurries on."""
    worker = workers()
    worker.wait_until_ready()
    told = {}
    for number, moment in enumerate([None, *STAGES, JobState.DONE] * 3):
        batch = a_batch_to_fill(f"00{number:02d}D2")
        upload = an_upload(batch)
        ring(upload.job_id)
        worker.wait_for(lambda: has_come_to(upload.job_id, moment), f"the moment: {moment}")  # noqa: B023 -- called at once
        told[upload.job_id] = cancelled(batch, upload)
    wait_until_all_ended(worker)
    ends = {job_id: JobState.DONE if state == JobState.DONE else JobState.CANCELLED for job_id, state in told.items()}
    assert {job_id: job_of(job_id).state for job_id in told} == ends
    assert set(ends.values()) == {JobState.DONE, JobState.CANCELLED}
    assert_everything_in_order()


def has_come_to(job_id: int, moment: str | None) -> bool:
    """Whether the job is in this stage or beyond it."""
    job = job_of(job_id)
    later = STAGES[STAGES.index(moment) :] if moment in STAGES else ()
    return moment is None or job.state == JobState.DONE or job.stage in later


def somebody_waits_to_write() -> bool:
    """Whether a session of PostgreSQL waits for a row, or a thread of this process for SQLite's write lock."""
    if settings().database_url:
        waiting = (
            "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
        )
        with reading() as session:
            return bool(session.execute(text(waiting)).scalar_one())
    return any(place.endswith(".write-lock") for place in open_files())


def open_files() -> list[str]:
    """What this process has open now."""
    found = []
    for handle in Path("/proc/self/fd").iterdir():
        with suppress(FileNotFoundError):
            found.append(str(handle.readlink()))
    return found


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
