"""A deploy loses nothing: a worker that is told to stop ends its job or leaves it to others, and goes in time."""

import signal

import pytest
from sqlalchemy import select

from models.actions.queue_import import IMPORT_KIND
from models.records.database import reading
from models.records.job import Job, JobState
from tasks.doorbell import ring
from tests.faults.conftest import Workers
from tests.faults.outcome import assert_everything_in_order, job_of, wait_until_all_ended
from tests.faults.processes import Worker, is_alive, wait_for
from tests.faults.stops import IN_EVERY_STAGE, STAGES, leave_one_in_each_stage
from tests.records import a_batch_to_fill, an_upload

pytestmark = pytest.mark.faults

STOP_SECONDS = 35


@pytest.fixture
def busy(workers: Workers) -> Worker:
    """A worker with a job frozen in each stage."""
    for number in range(len(STAGES)):
        ring(an_upload(a_batch_to_fill(f"0088D{number}")).job_id)
    worker = workers("busy", stop_at=IN_EVERY_STAGE, pool=len(STAGES))
    leave_one_in_each_stage(worker)
    return worker


def endings() -> list[tuple[str, int]]:
    """State and attempts of each import's job."""
    with reading() as session:
        jobs = session.execute(select(Job.state, Job.attempt).where(Job.kind == IMPORT_KIND).order_by(Job.id))
        return [(state, attempt) for state, attempt in jobs]


def test_a_worker_told_to_stop_ends_its_jobs_first_in_whatever_stage_they_are(busy: Worker, workers: Workers) -> None:
    busy.process.terminate()
    busy.wait_until_it_says("Warm shutdown", "beginning to stop")
    busy.wait_for(lambda: busy.process.poll() is not None or busy.thaw(), "the end of its jobs", STOP_SECONDS)
    assert endings() == [(JobState.DONE, 1)] * len(STAGES)
    wait_until_all_ended(workers("next"))  # the marked workbooks
    assert_everything_in_order()


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)  # the same code on both, and it takes its 25 seconds
def test_a_worker_whose_job_does_not_end_goes_in_time_and_leaves_it_to_others(workers: Workers) -> None:
    upload = an_upload(a_batch_to_fill())
    ring(upload.job_id)
    worker = workers(stop_at="validate:1", lease_seconds=3)
    [frozen] = worker.wait_until_stopped()
    worker.process.terminate()
    worker.process.wait(STOP_SECONDS)
    wait_for(lambda: not is_alive(frozen), "the pool process has gone with its worker")
    wait_until_all_ended(workers("next"))
    assert (job_of(upload.job_id).state, job_of(upload.job_id).attempt) == (JobState.DONE, 2)
    assert_everything_in_order()


def test_a_whole_group_told_to_stop_leaves_its_jobs_to_others_at_once_in_whatever_stage_they_are(
    busy: Worker, workers: Workers
) -> None:
    busy.signal_group(signal.SIGTERM)
    busy.signal_group(signal.SIGCONT)
    busy.process.wait(STOP_SECONDS)
    wait_until_all_ended(workers("next"))
    assert endings() == [(JobState.DONE, 1)] * len(STAGES)  # that they were stopped counts as no attempt
    assert_everything_in_order()
