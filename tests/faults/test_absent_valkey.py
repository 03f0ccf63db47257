"""The doorbell frozen, stopped for long, or emptied: every upload is answered, and every job is done by itself."""

import os
import signal

import pytest
from redis import Redis

from models.records.job import JobState
from tasks.doorbell import ring
from tests.conftest import Valkey
from tests.faults.clerk import Clerk
from tests.faults.conftest import Webs, Workers
from tests.faults.outcome import assert_everything_in_order, imports, wait_until_all_ended
from tests.records import a_batch_to_fill, a_roster, an_upload

pytestmark = pytest.mark.faults


def test_an_upload_to_a_frozen_valkey_is_answered_and_done_after_the_thaw(
    webs: Webs, workers: Workers, valkey: Valkey
) -> None:
    worker, batch = workers(), a_batch_to_fill()
    clerk = Clerk(webs(), batch)
    worker.wait_until_ready()
    os.kill(valkey.process.pid, signal.SIGSTOP)
    first = clerk.upload(a_roster(seed=1))
    second = clerk.upload(a_roster(seed=2))
    assert [first.status, second.status] == [303, 303]
    assert clerk.open(first.location).status == 200
    os.kill(valkey.process.pid, signal.SIGCONT)
    wait_until_all_ended(worker)
    assert imports() == [JobState.DONE] * 2
    assert_everything_in_order()


@pytest.mark.parametrize("database", [pytest.param("postgresql", marks=pytest.mark.postgresql)], indirect=True)
def test_a_valkey_that_was_stopped_for_long_finds_its_workers_again(
    webs: Webs, workers: Workers, valkey: Valkey
) -> None:
    worker, batch = workers(), a_batch_to_fill()
    clerk = Clerk(webs(), batch)
    worker.wait_until_ready()
    valkey.kill()
    assert clerk.upload(a_roster(seed=1)).status == 303
    # The waits between its tries grow: three say that they are longer by now than the web's silence, 10 s.
    worker.wait_until_it_says("Trying again in", "looking for its Valkey in vain", times=4)
    assert clerk.upload(a_roster(seed=2)).status == 303
    valkey.start()
    assert clerk.upload(a_roster(seed=3)).status == 303
    wait_until_all_ended(worker)
    assert imports() == [JobState.DONE] * 3
    assert_everything_in_order()


def test_a_sweeper_alone_brings_every_job_home(workers: Workers, valkey: Valkey) -> None:
    """No beat, no request, no other worker, and nothing left in Valkey: the worker that was busy finds the others."""
    worker = workers(stop_at="validate:1")
    uploads = [an_upload(a_batch_to_fill(f"0088D{number}"), a_roster(20, seed=number)) for number in range(8)]
    for upload in uploads:
        assert ring(upload.job_id)
    worker.wait_until_stopped()
    with Redis.from_url(valkey.url) as client:
        client.flushall()
    wait_until_all_ended(worker)
    assert imports() == [JobState.DONE] * len(uploads)
    assert_everything_in_order()
