"""The one life of every job: lease, fencing token, attempts, cancelling, giving back."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from config import stop_points
from models.records.database import database_seconds, reading, writing
from models.records.job import Job, JobState
from models.records.unit import Unit
from tasks import jobs
from tasks.jobs import Lease, LeaseLostError, run, take_lease
from tests.conftest import use_environment
from tests.records import BatchOf, a_batch_to_fill, an_upload


@pytest.fixture
def batch(database: str) -> BatchOf:
    """A central batch in its window."""
    return a_batch_to_fill()


@pytest.fixture
def job_id(batch: BatchOf) -> int:
    """A job that waits."""
    return an_upload(batch).job_id


def job(job_id: int) -> Job:
    with reading() as session:
        return session.get_one(Job, job_id)


def change(job_id: int, **values: Any) -> None:
    with writing() as session:
        session.execute(update(Job).where(Job.id == job_id).values(**values))


def let_the_lease_run_out(job_id: int) -> None:
    change(job_id, lease_until=database_seconds() - 1)


def taken(job_id: int) -> Lease:
    lease = take_lease(job_id)
    assert lease is not None
    return lease


def store_a_unit(lease: Lease, name: str = "上海豆豆有限公司") -> None:
    """What a job does: write something, and end, in one transaction."""
    with writing() as session:
        lease.fence(session)
        session.add(Unit(name=name))
        session.flush()
        lease.finish(session, JobState.DONE, "IMP-007")


def units() -> list[str]:
    with reading() as session:
        return list(session.scalars(select(Unit.name).where(Unit.name.not_like("%号机械%")).order_by(Unit.id)))


# The lease


def test_a_waiting_job_is_taken_with_a_token_and_its_first_attempt(job_id: int) -> None:
    lease = taken(job_id)
    now = job(job_id)
    assert (now.state, now.token, now.attempt, lease.attempt) == (JobState.RUNNING, lease.token, 1, 1)


def test_a_job_in_other_hands_is_not_taken(job_id: int) -> None:
    taken(job_id)
    assert take_lease(job_id) is None


def test_of_five_deliveries_at_once_one_takes_the_job(job_id: int) -> None:
    with ThreadPoolExecutor(5) as threads:
        leases = list(threads.map(take_lease, [job_id] * 5))
    assert sum(lease is not None for lease in leases) == 1


@pytest.mark.parametrize("state", [JobState.DONE, JobState.FAILED, JobState.CANCELLED])
def test_a_finished_job_is_not_taken(job_id: int, state: JobState) -> None:
    change(job_id, state=state)
    assert take_lease(job_id) is None


@pytest.mark.usefixtures("database")
def test_a_job_that_there_is_not_is_not_taken() -> None:
    assert take_lease(4711) is None


def test_a_job_whose_lease_ran_out_is_taken_again_with_another_token(job_id: int) -> None:
    first = taken(job_id)
    let_the_lease_run_out(job_id)
    second = taken(job_id)
    assert (second.attempt, second.token != first.token) == (2, True)


def test_a_new_attempt_begins_without_the_progress_of_the_last(job_id: int) -> None:
    taken(job_id).begin_stage("read", 10)
    change(job_id, done=5, progress={"stages": [{"stage": "read"}], "found": {}})
    let_the_lease_run_out(job_id)
    taken(job_id)
    now = job(job_id)
    assert (now.stage, now.done, now.progress) == (None, 0, {})


def test_after_three_attempts_a_job_is_not_taken_again(job_id: int) -> None:
    for _ in range(3):
        taken(job_id)
        let_the_lease_run_out(job_id)
    assert take_lease(job_id) is None


def test_a_report_extends_the_lease(job_id: int) -> None:
    lease = taken(job_id)
    change(job_id, lease_until=database_seconds() + 1)
    lease.begin_stage("validate", 10)
    with reading() as session:
        left = session.execute(select(Job.lease_until - database_seconds()).where(Job.id == job_id)).scalar_one()
    assert left > 20


def test_progress_is_written_at_most_four_times_a_second(job_id: int, monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1000.0
    monkeypatch.setattr(jobs.time, "monotonic", lambda: now)
    lease = taken(job_id)
    lease.begin_stage("validate", 100)
    lease.report(10)
    before = job(job_id).done
    now += 0.26
    lease.report(20)
    assert (before, job(job_id).done) == (0, 20)


def test_finished_stages_are_kept_with_their_rows(job_id: int) -> None:
    lease = taken(job_id)
    lease.begin_stage("read")
    lease.report(12)
    lease.begin_stage("validate", 12)
    stages = job(job_id).progress["stages"]
    assert [(stage["stage"], stage["rows"]) for stage in stages] == [("read", 12)]


# The order of one batch's jobs


def test_the_second_upload_of_a_batch_waits_for_the_first(batch: BatchOf) -> None:
    first, second = an_upload(batch, b"PK one").job_id, an_upload(batch, b"PK two").job_id
    assert take_lease(second) is None
    store_a_unit(taken(first))
    assert take_lease(second) is not None


def test_it_waits_also_while_the_first_is_being_done(batch: BatchOf) -> None:
    first, second = an_upload(batch, b"PK one").job_id, an_upload(batch, b"PK two").job_id
    taken(first)
    assert take_lease(second) is None


def test_one_that_had_to_wait_for_the_others_last_transaction_began_after_it(
    batch: BatchOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = an_upload(batch, b"PK one").job_id, an_upload(batch, b"PK two").job_id
    lease = taken(first)

    @contextmanager
    def after_the_other() -> Iterator[Session]:
        store_a_unit(lease)
        with writing() as session:
            yield session

    monkeypatch.setattr(jobs, "writing", after_the_other)
    taken(second)
    ended, began = job(first).finished_at, job(second).began_at
    assert ended is not None
    assert began is not None
    assert ended <= began


@pytest.mark.parametrize("state", [JobState.FAILED, JobState.CANCELLED])
def test_a_first_that_ended_in_any_way_is_waited_for_no_longer(batch: BatchOf, state: JobState) -> None:
    first, second = an_upload(batch, b"PK one").job_id, an_upload(batch, b"PK two").job_id
    change(first, state=state)
    assert take_lease(second) is not None


def test_a_mere_check_waits_for_nobody(batch: BatchOf) -> None:
    taken(an_upload(batch, b"PK one").job_id)
    assert take_lease(an_upload(batch, b"PK two", check_only=True).job_id) is not None


def test_uploads_of_other_batches_are_not_waited_for(batch: BatchOf) -> None:
    taken(an_upload(batch, b"PK one").job_id)
    assert take_lease(an_upload(a_batch_to_fill("3019BJ"), b"PK two").job_id) is not None


def test_however_often_and_in_which_order_they_are_delivered_uploads_are_done_in_the_order_of_receipt(
    batch: BatchOf,
) -> None:
    mine = [an_upload(batch, b"PK %d" % number).job_id for number in range(4)]
    for job_id in [*reversed(mine)] * 4:
        run(job_id, lambda lease: store_a_unit(lease, f"第{lease.job_id}号"))
    assert units() == [f"第{job_id}号" for job_id in mine]


# The fence


def test_a_worker_that_lost_its_lease_writes_nothing(job_id: int) -> None:
    frozen = taken(job_id)
    let_the_lease_run_out(job_id)
    store_a_unit(taken(job_id), "第二次")
    with pytest.raises(LeaseLostError):
        store_a_unit(frozen, "第一次")
    assert units() == ["第二次"]


def test_a_worker_that_lost_its_lease_stops_at_its_next_report(job_id: int) -> None:
    frozen = taken(job_id)
    let_the_lease_run_out(job_id)
    taken(job_id)
    with pytest.raises(LeaseLostError):
        frozen.begin_stage("dedupe", 10)


def test_a_lease_that_is_lost_in_the_middle_of_storing_takes_everything_back(job_id: int) -> None:
    lease = taken(job_id)

    def store_too_late() -> None:
        with writing() as session:
            lease.fence(session)
            session.add(Unit(name="上海豆豆有限公司"))
            session.execute(update(Job).where(Job.id == job_id).values(token="x" * 32))
            lease.finish(session, JobState.DONE)

    with pytest.raises(LeaseLostError):
        store_too_late()
    assert units() == []


def test_a_job_delivered_five_times_at_once_has_one_effect(job_id: int) -> None:
    with ThreadPoolExecutor(5) as threads:
        list(threads.map(lambda _: run(job_id, store_a_unit), range(5)))
    assert (units(), job(job_id).state) == (["上海豆豆有限公司"], JobState.DONE)


# Test aids


def test_a_worker_stops_itself_only_where_it_is_told(job_id: int, monkeypatch: pytest.MonkeyPatch) -> None:
    stopped: list[int] = []
    monkeypatch.setattr(stop_points.signal, "pthread_kill", lambda thread, _: stopped.append(thread))
    use_environment(monkeypatch, CANBAO_STOP_AT="dedupe:2,read")
    lease = taken(job_id)
    for stage in ("read", "validate", "dedupe"):
        lease.begin_stage(stage)
    assert stopped == [threading.get_ident()]
