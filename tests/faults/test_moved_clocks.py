"""A worker's clock is moved by two hours: the database's clock judges its leases, and nothing is lost or doubled."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from models.records.job import JobState
from tasks.doorbell import ring
from tests.faults.conftest import Workers
from tests.faults.moved_clock import TWO_HOURS_BACK, TWO_HOURS_ON, MovedClock, moved_clock
from tests.faults.outcome import assert_everything_in_order, job_of, wait_until_all_ended
from tests.records import a_batch_to_fill, an_upload

pytestmark = pytest.mark.faults


@pytest.fixture
def clock(tmp_path: Path) -> Iterator[MovedClock]:
    with moved_clock(tmp_path) as clock:
        yield clock


def test_a_worker_whose_clock_is_put_on_and_back_under_a_job_ends_it(workers: Workers, clock: MovedClock) -> None:
    upload = an_upload(a_batch_to_fill())
    ring(upload.job_id)
    worker = workers(stop_at="validate:1,store:1", environment=clock.environment)
    worker.wait_until_stopped()
    clock.move(TWO_HOURS_ON)
    worker.thaw()
    worker.wait_for(lambda: job_of(upload.job_id).stage == "store" and worker.stopped(), "the next stop")
    clock.move(TWO_HOURS_BACK)
    wait_until_all_ended(worker)
    assert (job_of(upload.job_id).state, job_of(upload.job_id).attempt) == (JobState.DONE, 1)
    assert_everything_in_order()


@pytest.mark.parametrize("offset", [TWO_HOURS_ON, TWO_HOURS_BACK])
def test_a_dead_workers_job_is_done_by_one_with_another_clock(workers: Workers, clock: MovedClock, offset: str) -> None:
    upload, forgotten = an_upload(a_batch_to_fill()), an_upload(a_batch_to_fill("3019BJ"))
    ring(upload.job_id)
    dead = workers("dead", stop_at="dedupe:1", lease_seconds=3)
    dead.wait_until_stopped()
    dead.kill()
    clock.move(offset)
    wait_until_all_ended(workers("other", lease_seconds=30, environment=clock.environment))
    assert (job_of(upload.job_id).state, job_of(upload.job_id).attempt) == (JobState.DONE, 2)
    assert (job_of(forgotten.job_id).state, job_of(forgotten.job_id).attempt) == (JobState.DONE, 1)
    assert_everything_in_order()
