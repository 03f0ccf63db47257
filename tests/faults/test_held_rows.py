"""A job's row that somebody else holds, a worker that froze in a transaction perhaps: nobody waits for it."""

from collections.abc import Iterator

import pytest
from sqlalchemy import select, update

from models.records.database import writing
from models.records.job import Job, JobState
from tasks.jobs import take_lease
from tasks.sweeper import sweep
from tests.faults.outcome import job_of
from tests.records import a_batch_to_fill, an_upload

pytestmark = [pytest.mark.faults, pytest.mark.postgresql]


@pytest.fixture
def held_job(postgresql: None) -> Iterator[int]:
    """A job whose lease ran out, and whose row a transaction holds that says nothing."""
    job_id = an_upload(a_batch_to_fill()).job_id
    with writing() as session:
        session.execute(update(Job).values(state=JobState.RUNNING, attempt=1, lease_until=0))
    with writing() as silent:
        silent.execute(select(Job.id).with_for_update())
        yield job_id


def test_a_lease_on_a_held_row_is_not_taken_and_not_waited_for(held_job: int) -> None:
    assert take_lease(held_job) is None
    assert job_of(held_job).attempt == 1


def test_a_sweep_leaves_a_held_row_and_rings_for_the_others(held_job: int) -> None:
    another = an_upload(a_batch_to_fill("3019BJ"))
    with writing() as session:
        session.execute(update(Job).where(Job.id == another.job_id).values(rung_at=0))
    assert sweep() == 1
    assert job_of(another.job_id).rung_at > 0
