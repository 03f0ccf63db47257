"""Kill -9 at every point of an import's life: it ends by itself, and everything is there once."""

import pytest

from models.records.job import JobState
from tasks.doorbell import ring
from tests.faults.conftest import Workers
from tests.faults.outcome import assert_everything_in_order, has_ended, job_of, wait_until_all_ended
from tests.faults.processes import kill_process
from tests.faults.stops import IN_EVERY_STAGE, STAGES, first_attempts_in
from tests.records import a_batch_to_fill, a_roster, an_upload

pytestmark = pytest.mark.faults


def test_a_pool_process_killed_in_any_stage_is_made_good(workers: Workers) -> None:
    jobs = [an_upload(a_batch_to_fill(f"0088D{number}")).job_id for number in range(len(STAGES))]
    for job_id in jobs:
        ring(job_id)
    worker = workers(stop_at=IN_EVERY_STAGE, pool=len(STAGES))
    for left, stage in zip(range(len(jobs), 0, -1), STAGES, strict=True):
        frozen = worker.wait_until_stopped(left)
        assert len(first_attempts_in(stage)) == left
        kill_process(frozen[0])
        worker.thaw()
    wait_until_all_ended(worker)
    assert [(job_of(job_id).state, job_of(job_id).attempt) for job_id in jobs] == [(JobState.DONE, 2)] * len(jobs)
    assert_everything_in_order()


@pytest.mark.parametrize(("point", "attempts"), [("before_commit", 2), ("after_commit", 1)])
def test_a_pool_process_killed_around_its_commit_has_one_effect(workers: Workers, point: str, attempts: int) -> None:
    upload = an_upload(a_batch_to_fill())
    ring(upload.job_id)
    worker = workers(stop_at=f"{point}:1")
    [frozen] = worker.wait_until_stopped()
    kill_process(frozen)
    wait_until_all_ended(worker)
    assert (job_of(upload.job_id).state, job_of(upload.job_id).attempt) == (JobState.DONE, attempts)
    assert_everything_in_order()


@pytest.mark.parametrize("point", ["read", "before_commit"])
def test_a_killed_worker_group_is_replaced_by_the_next_worker(workers: Workers, point: str) -> None:
    upload = an_upload(a_batch_to_fill())
    ring(upload.job_id)
    first = workers("first", stop_at=point, lease_seconds=3)
    first.wait_until_stopped()
    first.kill()
    second = workers("second")
    wait_until_all_ended(second)
    assert (job_of(upload.job_id).state, job_of(upload.job_id).attempt) == (JobState.DONE, 2)
    assert_everything_in_order()


def test_a_job_that_is_killed_three_times_fails_with_a_reason_and_frees_its_batch(workers: Workers) -> None:
    batch = a_batch_to_fill()
    upload = an_upload(batch)
    ring(upload.job_id)
    worker = workers(stop_at="validate", lease_seconds=2, pool=2)
    for attempt in (1, 2, 3):
        [frozen] = worker.wait_until_stopped()
        assert job_of(upload.job_id).attempt == attempt
        kill_process(frozen)
    worker.wait_for(lambda: has_ended(upload.job_id), "the end of the job that was killed three times")
    job = job_of(upload.job_id)
    assert (job.state, job.code) == (JobState.FAILED, "JOB-001")
    again = an_upload(batch, a_roster(seed=2))
    ring(again.job_id)
    wait_until_all_ended(worker)
    assert job_of(again.job_id).state == JobState.DONE
    assert_everything_in_order()
