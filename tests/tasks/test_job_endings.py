"""How a job ends: done, failed with a reason, given back, cancelled."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from celery.exceptions import SoftTimeLimitExceeded
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from models.actions.operate_jobs import cancel_job
from models.records.database import DatabaseBusyError, reading, writing
from models.records.job import Job, JobState
from models.records.unit import EnrolmentCode, Unit
from tasks.app import app
from tasks.jobs import JobFailedError, Lease, run, take_lease
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


def work_that_raises(failure: BaseException) -> Callable[[Lease], None]:
    def work(lease: Lease) -> None:
        lease.begin_stage("read")
        raise failure

    return work


# How a job ends


def test_a_done_job_has_no_lease_and_says_what_it_ended_with(job_id: int) -> None:
    run(job_id, store_a_unit)
    now = job(job_id)
    assert (now.state, now.code, now.token, now.lease_until, now.stage) == (JobState.DONE, "IMP-007", None, None, None)
    assert now.finished_at is not None


def test_a_job_that_cannot_be_done_fails_with_a_reason_for_the_clerk(job_id: int) -> None:
    run(job_id, work_that_raises(JobFailedError("IMP-003", n=5001)))
    now = job(job_id)
    assert (now.state, now.code, now.values, now.attempt) == (JobState.FAILED, "IMP-003", {"n": 5001}, 1)


def test_a_bug_is_not_tried_again_and_its_words_are_not_shown(job_id: int) -> None:
    run(job_id, work_that_raises(ZeroDivisionError("110101199003079091")))
    now = job(job_id)
    assert (now.state, now.code, now.values) == (JobState.FAILED, "JOB-001", {"reason": "系统内部错误"})


def test_work_that_takes_too_long_fails(job_id: int) -> None:
    run(job_id, work_that_raises(SoftTimeLimitExceeded()))
    assert (job(job_id).state, job(job_id).values) == (JobState.FAILED, {"reason": "处理时间过长"})


@pytest.mark.parametrize(
    "away", [OperationalError("SELECT 1", {}, Exception("gone")), DatabaseBusyError("no turn")], ids=["gone", "busy"]
)
def test_a_job_whose_database_went_away_waits_again(job_id: int, away: Exception) -> None:
    run(job_id, work_that_raises(away))
    now = job(job_id)
    assert (now.state, now.token, now.finished_at, now.attempt) == (JobState.QUEUED, None, None, 1)
    assert take_lease(job_id) is not None


def test_a_job_that_brings_its_database_down_each_time_does_not_go_on_for_ever(job_id: int) -> None:
    for _ in range(3):
        run(job_id, work_that_raises(OperationalError("SELECT 1", {}, Exception("gone"))))
    assert take_lease(job_id) is None


def test_a_row_that_the_database_refuses_is_a_bug(job_id: int) -> None:
    def work(_: Lease) -> None:
        with writing() as session:
            session.add(EnrolmentCode(code="0099E9", unit_id=4711))

    run(job_id, work)
    assert (job(job_id).state, job(job_id).values) == (JobState.FAILED, {"reason": "系统内部错误"})


def test_a_worker_told_to_stop_gives_its_job_back(job_id: int) -> None:
    with pytest.raises(SystemExit):
        run(job_id, work_that_raises(SystemExit()))
    assert (job(job_id).state, job(job_id).attempt) == (JobState.QUEUED, 0)


def test_however_many_workers_are_told_to_stop_the_job_is_done_by_the_next(job_id: int) -> None:
    for _ in range(5):
        with pytest.raises(SystemExit):
            run(job_id, work_that_raises(SystemExit()))
    run(job_id, store_a_unit)
    assert (job(job_id).state, units()) == (JobState.DONE, ["上海豆豆有限公司"])


def test_a_worker_that_is_ended_because_its_job_takes_too_long_counts_as_an_attempt(
    job_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.conf, "task_soft_time_limit", 0)
    with pytest.raises(SystemExit):
        run(job_id, work_that_raises(SystemExit()))
    assert (job(job_id).state, job(job_id).attempt) == (JobState.QUEUED, 1)


def test_an_ending_that_the_database_refuses_is_a_bug_and_the_job_ends_as_after_any(job_id: int) -> None:
    run(job_id, work_that_raises(JobFailedError(object())))
    now = job(job_id)
    assert (now.state, now.code, now.values) == (JobState.FAILED, "JOB-001", {"reason": "系统内部错误"})


# Cancelling


def cancel(job_id: int) -> JobState:
    with writing() as session:
        return cancel_job(session, job_id)


def test_a_cancelled_job_is_not_begun(job_id: int) -> None:
    cancel(job_id)
    run(job_id, store_a_unit)
    assert (units(), job(job_id).state) == ([], JobState.CANCELLED)


def test_a_running_job_hears_of_it_at_its_next_report(job_id: int) -> None:
    def work(lease: Lease) -> None:
        lease.begin_stage("read")
        cancel(job_id)
        lease.begin_stage("validate", 10)
        store_a_unit(lease)

    run(job_id, work)
    assert (units(), job(job_id).state, job(job_id).code) == ([], JobState.CANCELLED, "JOB-002")


def test_cancelled_just_before_it_is_stored_is_cancelled(job_id: int) -> None:
    def work(lease: Lease) -> None:
        lease.begin_stage("store", 1)
        cancel(job_id)
        with writing() as session:
            lease.fence(session)
            lease.refuse_if_cancelled(session)
            session.add(Unit(name="上海豆豆有限公司"))

    run(job_id, work)
    assert (units(), job(job_id).state) == ([], JobState.CANCELLED)


def test_cancelled_after_the_commit_is_too_late_and_says_so(job_id: int) -> None:
    run(job_id, store_a_unit)
    assert cancel(job_id) is JobState.DONE
    assert units() == ["上海豆豆有限公司"]
