"""A worker's clock is two hours ahead or behind: the database's clock judges leases, and nothing is lost or doubled."""

from collections.abc import Iterator

import pytest

from models.records.job import JobState
from tasks.doorbell import ring
from tests.faults.conftest import Workers
from tests.faults.moved_clock import TWO_HOURS_BACK, TWO_HOURS_ON, nothing_left_of_faketime, with_clock
from tests.faults.outcome import assert_everything_in_order, has_ended, job_of, wait_until_all_ended
from tests.records import a_batch_to_fill, an_upload

pytestmark = pytest.mark.faults


@pytest.fixture(autouse=True)
def clean_memory() -> Iterator[None]:
    with nothing_left_of_faketime():
        yield


@pytest.mark.parametrize("database", [pytest.param("postgresql", marks=pytest.mark.postgresql)], indirect=True)
@pytest.mark.parametrize("offset", [TWO_HOURS_ON, TWO_HOURS_BACK])
def test_a_worker_with_another_clock_leaves_the_leases_of_others_alone(workers: Workers, offset: str) -> None:
    """On SQLite the database's clock is that of whoever asks: there all workers have the one of their machine."""
    held, free = an_upload(a_batch_to_fill()), an_upload(a_batch_to_fill("3019BJ"))
    ring(held.job_id)
    right = workers("right", stop_at="store:1")
    right.wait_until_stopped()
    token = job_of(held.job_id).token
    wrong = workers("wrong", environment=with_clock(offset))
    wrong.wait_for(lambda: has_ended(free.job_id), "the other job, which nobody rang for")
    assert ring(held.job_id)
    assert job_of(held.job_id).token == token
    wait_until_all_ended(right, wrong)
    assert [job_of(job_id).attempt for job_id in (held.job_id, free.job_id)] == [1, 1]
    assert_everything_in_order()


@pytest.mark.parametrize("offset", [TWO_HOURS_ON, TWO_HOURS_BACK])
def test_a_dead_workers_job_is_done_by_one_with_another_clock(workers: Workers, offset: str) -> None:
    upload, forgotten = an_upload(a_batch_to_fill()), an_upload(a_batch_to_fill("3019BJ"))
    ring(upload.job_id)
    dead = workers("dead", stop_at="dedupe:1", lease_seconds=3)
    dead.wait_until_stopped()
    dead.kill()
    wait_until_all_ended(workers("other", lease_seconds=30, environment=with_clock(offset)))
    assert (job_of(upload.job_id).state, job_of(upload.job_id).attempt) == (JobState.DONE, 2)
    assert (job_of(forgotten.job_id).state, job_of(forgotten.job_id).attempt) == (JobState.DONE, 1)
    assert_everything_in_order()
