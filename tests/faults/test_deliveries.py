"""One effect, however often a message is delivered, and none lost with the broker."""

import time

import pytest

from models.records.job import JobState
from tasks.doorbell import ring
from tests.conftest import Valkey
from tests.faults.conftest import Workers
from tests.faults.outcome import assert_everything_in_order, has_ended, job_of, wait_until_all_ended
from tests.records import a_batch_to_fill, a_roster, an_upload

pytestmark = pytest.mark.faults

REQUEST_SECONDS = 5
"""Every request is answered within this time in any outage (QUALITY 2)."""


def test_a_job_delivered_five_times_at_once_has_one_effect(workers: Workers) -> None:
    upload = an_upload(a_batch_to_fill())
    both = workers("first", pool=3), workers("second", pool=3)
    for worker in both:
        worker.wait_until_ready()
    for _ in range(5):
        assert ring(upload.job_id)
    both[0].wait_for(lambda: has_ended(upload.job_id), "the job's end")
    assert ring(upload.job_id)
    wait_until_all_ended(*both)
    assert (job_of(upload.job_id).state, job_of(upload.job_id).attempt) == (JobState.DONE, 1)
    assert_everything_in_order()


def test_two_files_of_one_batch_delivered_at_once_are_done_in_their_order(workers: Workers) -> None:
    batch = a_batch_to_fill()
    first, second = an_upload(batch, a_roster(seed=1)), an_upload(batch, a_roster(seed=2))
    worker = workers(pool=2)
    worker.wait_until_ready()
    assert ring(second.job_id)
    assert ring(first.job_id)
    wait_until_all_ended(worker)
    assert job_of(first.job_id).finished_at < job_of(second.job_id).began_at
    assert_everything_in_order()


def test_twenty_jobs_survive_a_valkey_that_is_killed_and_comes_back_empty(workers: Workers, valkey: Valkey) -> None:
    uploads = [an_upload(a_batch_to_fill(f"0088{number:02d}"), a_roster(20, seed=number)) for number in range(20)]
    for upload in uploads:
        assert ring(upload.job_id)
    valkey.kill()
    valkey.start()
    wait_until_all_ended(workers())
    assert {job_of(upload.job_id).state for upload in uploads} == {JobState.DONE}
    assert_everything_in_order()


def test_a_worker_goes_on_by_itself_after_its_valkey_was_killed(workers: Workers, valkey: Valkey) -> None:
    worker = workers()
    worker.wait_until_ready()
    valkey.kill()
    upload = an_upload(a_batch_to_fill())
    began = time.monotonic()
    assert not ring(upload.job_id)
    assert time.monotonic() - began < REQUEST_SECONDS
    valkey.start()
    wait_until_all_ended(worker)
    assert job_of(upload.job_id).state == JobState.DONE
    assert_everything_in_order()


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)  # the worker's side, the same on both
def test_a_worker_whose_valkey_dies_under_a_job_ends_it_and_takes_the_next(workers: Workers, valkey: Valkey) -> None:
    batch = a_batch_to_fill()
    upload = an_upload(batch)
    ring(upload.job_id)
    worker = workers(stop_at="validate:1")
    worker.wait_until_stopped()
    valkey.kill()
    worker.thaw()
    worker.wait_for(lambda: has_ended(upload.job_id), "the job that ends without its Valkey")
    valkey.start()
    again = an_upload(batch, a_roster(seed=2))
    wait_until_all_ended(worker)
    assert [job_of(job_id).attempt for job_id in (upload.job_id, again.job_id)] == [1, 1]
    assert_everything_in_order()
