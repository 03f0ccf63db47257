"""A deploy loses nothing: a worker that is told to stop ends its job or leaves it to others, and goes in time."""

import os
import signal

import pytest

from models.records.job import JobState
from tasks.doorbell import ring
from tests.faults.conftest import Workers
from tests.faults.outcome import assert_everything_in_order, job_of, wait_until_all_ended
from tests.faults.processes import is_alive, wait_for
from tests.postgresql import Cluster
from tests.records import a_batch_to_fill, an_upload

pytestmark = pytest.mark.faults

STOP_SECONDS = 35


def test_a_worker_told_to_stop_ends_its_job_first(workers: Workers) -> None:
    upload = an_upload(a_batch_to_fill())
    ring(upload.job_id)
    worker = workers(stop_at="validate:1")
    worker.wait_until_stopped()
    worker.process.terminate()
    worker.wait_for(lambda: "Warm shutdown" in worker.log.read_text(), "beginning to stop")
    worker.thaw()
    assert worker.process.wait(STOP_SECONDS) == 0
    assert (job_of(upload.job_id).state, job_of(upload.job_id).attempt) == (JobState.DONE, 1)
    wait_until_all_ended(workers("next"))  # the marked workbook
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


def test_a_whole_group_told_to_stop_leaves_its_job_to_others_at_once(workers: Workers) -> None:
    upload = an_upload(a_batch_to_fill())
    ring(upload.job_id)
    worker = workers(stop_at="validate:1", lease_seconds=600)
    worker.wait_until_stopped()
    os.killpg(worker.pid, signal.SIGTERM)
    worker.thaw()
    worker.process.wait(STOP_SECONDS)
    wait_until_all_ended(workers("next"))
    assert (job_of(upload.job_id).state, job_of(upload.job_id).attempt) == (JobState.DONE, 2)
    assert_everything_in_order()


@pytest.mark.parametrize("database", [pytest.param("postgresql", marks=pytest.mark.postgresql)], indirect=True)
def test_a_database_restarted_in_the_middle_of_storing_costs_an_attempt(workers: Workers, cluster: Cluster) -> None:
    upload = an_upload(a_batch_to_fill())
    ring(upload.job_id)
    worker = workers(stop_at="before_commit:1")
    worker.wait_until_stopped()
    cluster.restart()
    wait_until_all_ended(worker)
    assert (job_of(upload.job_id).state, job_of(upload.job_id).attempt) == (JobState.DONE, 2)
    assert_everything_in_order()
