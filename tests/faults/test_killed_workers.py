"""Kill -9 at every point of an import's life: it ends by itself, and everything is there once."""

import pytest

from config.settings import STOP_POINTS
from models.records.job import JobState
from tasks.doorbell import ring
from tests.faults.conftest import Workers
from tests.faults.outcome import assert_everything_in_order, has_ended, job_of, wait_until_all_ended
from tests.faults.processes import Worker, wait_for
from tests.records import a_batch_to_fill, a_roster, an_upload

pytestmark = pytest.mark.faults

AT_EVERY_POINT = ",".join(f"{point}:1" for point in STOP_POINTS)
STAGES = STOP_POINTS[:5]


def carry_to(point: str, worker: Worker, job_id: int) -> None:
    """Let the first attempt go on from point to point until it has stopped itself at this one."""
    for passed in STOP_POINTS[: STOP_POINTS.index(point)]:
        worker.wait_until_stopped()
        if passed in STAGES:
            assert job_of(job_id).stage == passed
        worker.thaw()
    worker.wait_until_stopped()


def test_a_pool_process_killed_at_any_point_of_a_job_is_made_good(workers: Workers) -> None:
    worker = workers(stop_at=AT_EVERY_POINT)
    for number, point in enumerate(STOP_POINTS):
        upload = an_upload(a_batch_to_fill(f"0088D{number}"))
        ring(upload.job_id)
        carry_to(point, worker, upload.job_id)
        worker.kill_pool_process()
        wait_until_all_ended(worker)
        job = job_of(upload.job_id)
        assert (point, job.state, job.attempt) == (point, JobState.DONE, 1 if point == "after_commit" else 2)
    assert_everything_in_order()


@pytest.mark.parametrize("point", ["read", "before_commit"])
def test_a_killed_worker_group_is_replaced_by_the_next_worker(workers: Workers, point: str) -> None:
    upload = an_upload(a_batch_to_fill())
    ring(upload.job_id)
    first = workers("first", stop_at=AT_EVERY_POINT)
    carry_to(point, first, upload.job_id)
    first.kill()
    second = workers("second")
    wait_until_all_ended(second)
    assert (job_of(upload.job_id).state, job_of(upload.job_id).attempt) == (JobState.DONE, 2)
    assert_everything_in_order()


def test_a_job_that_is_killed_three_times_fails_with_a_reason_and_frees_its_batch(workers: Workers) -> None:
    batch = a_batch_to_fill()
    upload = an_upload(batch)
    ring(upload.job_id)
    worker = workers(stop_at="validate:1,validate:2,validate:3")
    for attempt in (1, 2, 3):
        worker.wait_until_stopped()
        assert job_of(upload.job_id).attempt == attempt
        worker.kill_pool_process()
    wait_for(lambda: has_ended(upload.job_id), "the job that was killed three times")
    job = job_of(upload.job_id)
    assert (job.state, job.code) == (JobState.FAILED, "JOB-001")
    again = an_upload(batch, a_roster(seed=2))
    ring(again.job_id)
    wait_until_all_ended(worker)
    assert job_of(again.job_id).state == JobState.DONE
    assert_everything_in_order()
