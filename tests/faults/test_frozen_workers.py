"""A worker that freezes beyond its lease: another one does the job, and the first writes nothing more."""

import signal
from typing import Any

import pytest
from sqlalchemy import select, update

from models.records.database import reading, writing
from models.records.job import Job, JobState
from models.records.person import BatchPerson
from models.records.roster_import import ImportFinding, ImportRow, RosterImport
from tasks.doorbell import ring
from tests.faults.conftest import Workers
from tests.faults.outcome import assert_everything_in_order, has_ended, job_of, wait_until_all_ended
from tests.faults.processes import kill_process
from tests.faults.stops import IN_EVERY_STAGE, STAGES, leave_one_in_each_stage
from tests.records import a_batch_to_fill, an_upload

pytestmark = pytest.mark.faults

only_postgresql = pytest.mark.parametrize(
    "database", [pytest.param("postgresql", marks=pytest.mark.postgresql)], indirect=True
)
only_sqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def everything_written() -> list[list[tuple[Any, ...]]]:
    """All rows that an import writes, its job's included."""
    with reading() as session:
        return [
            sorted((tuple(row) for row in session.execute(select(table.__table__))), key=repr)
            for table in (Job, RosterImport, ImportRow, ImportFinding, BatchPerson)
        ]


def test_a_worker_that_is_frozen_in_every_stage_and_wakes_up_after_its_leases_writes_nothing(
    workers: Workers,
) -> None:
    jobs = [an_upload(a_batch_to_fill(f"0088D{number}")).job_id for number in range(len(STAGES))]
    for job_id in jobs:
        ring(job_id)
    frozen = workers("frozen", stop_at=IN_EVERY_STAGE, pool=len(STAGES))
    leave_one_in_each_stage(frozen)
    frozen.signal_group(signal.SIGSTOP)
    with writing() as session:
        session.execute(update(Job).where(Job.id.in_(jobs)).values(lease_until=0))
    wait_until_all_ended(workers("healthy"))
    written = everything_written()
    frozen.signal_group(signal.SIGCONT)
    frozen.wait_until_it_says("lease_lost", "hearing that every lease is lost", times=len(STAGES))
    assert everything_written() == written
    assert {(job_of(job_id).state, job_of(job_id).attempt) for job_id in jobs} == {(JobState.DONE, 2)}
    assert_everything_in_order()


def test_a_frozen_worker_that_dies_does_not_take_its_job_from_the_one_that_has_it_now(workers: Workers) -> None:
    upload = an_upload(a_batch_to_fill())
    ring(upload.job_id)
    first = workers("first", stop_at="validate:1", lease_seconds=3)
    [frozen] = first.wait_until_stopped()
    second = workers("second", stop_at="validate:2", lease_seconds=30)
    second.wait_until_stopped()
    holder = job_of(upload.job_id)
    kill_process(frozen)
    first.wait_for(lambda: "WorkerLostError" in first.log.read_text(), "noticing the death")
    another = an_upload(a_batch_to_fill("3019BJ"))
    ring(another.job_id)
    first.wait_for(lambda: first.thaw() or has_ended(another.job_id), "doing the next job")
    assert (job_of(upload.job_id).token, job_of(upload.job_id).lease_until) == (holder.token, holder.lease_until)
    wait_until_all_ended(second)
    assert (job_of(upload.job_id).state, job_of(upload.job_id).attempt) == (JobState.DONE, 2)
    assert_everything_in_order()


@only_postgresql
def test_a_worker_frozen_in_the_middle_of_storing_does_not_hold_its_rows_for_ever(workers: Workers) -> None:
    upload = an_upload(a_batch_to_fill())
    another = an_upload(a_batch_to_fill("3019BJ"))
    ring(upload.job_id)
    frozen = workers("frozen", stop_at="before_commit:1", lease_seconds=2)
    frozen.wait_until_stopped()
    healthy = workers("healthy")
    ring(another.job_id)
    healthy.wait_for(lambda: job_of(another.job_id).state == JobState.DONE, "doing other jobs meanwhile")
    wait_until_all_ended(healthy)
    written = everything_written()
    frozen.thaw()
    frozen.wait_for(lambda: "database_away" in frozen.log.read_text(), "hearing that the session has ended")
    assert everything_written() == written
    assert job_of(upload.job_id).attempt == 2
    assert_everything_in_order()


@only_sqlite
def test_a_worker_frozen_in_the_middle_of_storing_goes_on_where_nobody_else_can_write(workers: Workers) -> None:
    upload = an_upload(a_batch_to_fill())
    ring(upload.job_id)
    worker = workers(stop_at="before_commit:1", lease_seconds=1)
    worker.wait_until_stopped()
    worker.wait_for(lambda: "DatabaseBusyError" in worker.log.read_text(), "a sweep that does not get its turn")
    wait_until_all_ended(worker)
    assert (job_of(upload.job_id).state, job_of(upload.job_id).attempt) == (JobState.DONE, 1)
    assert_everything_in_order()
