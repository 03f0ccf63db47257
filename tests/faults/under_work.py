"""A service that is caught at work, and what must have become of it in the place to which it was taken."""

from __future__ import annotations

from typing import NamedTuple

from models.actions.queue_import import Receipt
from models.records.job import JobState
from tasks.doorbell import ring
from tests.faults.clerk import Clerk
from tests.faults.conftest import Webs, Workers
from tests.faults.outcome import assert_everything_in_order, imports, job_of, wait_until_all_ended
from tests.faults.processes import Worker
from tests.records import BatchOf, a_batch_to_fill, a_roster, an_upload


class UnderWork(NamedTuple):
    """One import that is done, one in the middle of which a worker was frozen, one that waits."""

    batch: BatchOf
    uploads: tuple[Receipt, Receipt, Receipt]
    frozen: Worker


def caught_at_work(workers: Workers) -> UnderWork:
    """Start it and freeze it."""
    batch = a_batch_to_fill()
    done = an_upload(batch)
    ring(done.job_id)
    first = workers("first")
    wait_until_all_ended(first)
    first.kill()
    running = an_upload(a_batch_to_fill("0088D3"), a_roster(seed=3))
    ring(running.job_id)
    frozen = workers("frozen", stop_at="dedupe:1")
    frozen.wait_until_stopped()
    queued = an_upload(a_batch_to_fill("0088D4"), a_roster(seed=4))
    return UnderWork(batch, (done, running, queued), frozen)


def assert_it_goes_on(work: UnderWork, there: Worker, webs: Webs) -> None:
    """By a worker of the other place alone; and a clerk uploads there."""
    wait_until_all_ended(there)
    assert [job_of(upload.job_id).state for upload in work.uploads] == [JobState.DONE] * 3
    clerk = Clerk(webs("elsewhere"), work.batch)
    assert clerk.upload(a_roster(seed=9)).status == 303
    wait_until_all_ended(there)
    assert imports() == [JobState.DONE] * 4
    assert_everything_in_order()
