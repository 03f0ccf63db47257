"""The sweeper: every job that lost its message or its worker comes home, and none for ever."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from billiard.exceptions import WorkerLostError
from celery import signals
from sqlalchemy import text, update

from models.records.database import DatabaseBusyError, database_seconds, reading, writing
from models.records.heartbeat import BEAT, seconds_since_heartbeat
from models.records.job import Job, JobState
from tasks import sweeper, upkeep
from tasks.jobs import delivery_mark, take_lease
from tasks.sweeper import sweep
from tests.conftest import use_environment
from tests.records import BatchOf, a_batch_to_fill, an_upload

LONG_AGO = 1000


@pytest.fixture
def batch(database: str) -> BatchOf:
    """A central batch in its window."""
    return a_batch_to_fill()


@pytest.fixture
def rung(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The jobs for which the sweeper rings."""
    ids: list[int] = []
    monkeypatch.setattr(sweeper, "ring", ids.append)
    return ids


def a_job(batch: BatchOf, content: bytes = b"PK...", **changes: Any) -> int:
    job_id = an_upload(batch, content).job_id
    if changes:
        with writing() as session:
            session.execute(update(Job).where(Job.id == job_id).values(**changes))
    return job_id


def forgotten(batch: BatchOf, content: bytes = b"PK...", **changes: Any) -> int:
    return a_job(batch, content, rung_at=database_seconds() - LONG_AGO, **changes)


def lost(batch: BatchOf, **changes: Any) -> int:
    values = {"state": JobState.RUNNING, "token": "t", "attempt": 1, "lease_until": database_seconds() - 1}
    return a_job(batch, **(values | changes))


def job(job_id: int) -> Job:
    with reading() as session:
        return session.get_one(Job, job_id)


def test_with_nothing_to_do_nobody_is_rung_for(batch: BatchOf, rung: list[int]) -> None:
    a_job(batch)
    assert (sweep(), rung) == (0, [])


def test_a_job_whose_message_was_lost_is_rung_for_again(batch: BatchOf, rung: list[int]) -> None:
    job_id = forgotten(batch)
    assert (sweep(), rung) == (1, [job_id])


def test_it_is_rung_for_once_a_period(batch: BatchOf, rung: list[int]) -> None:
    job_id = forgotten(batch)
    sweep()
    sweep()
    assert rung == [job_id]


def test_how_long_a_message_may_take_is_a_setting(
    batch: BatchOf, rung: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    forgotten(batch)
    use_environment(monkeypatch, CANBAO_SWEEP_SECONDS=str(LONG_AGO * 2))
    assert (sweep(), rung) == (0, [])


def test_a_job_whose_worker_died_is_rung_for_and_can_be_taken(batch: BatchOf, rung: list[int]) -> None:
    job_id = lost(batch)
    sweep()
    assert rung == [job_id]
    assert take_lease(job_id) is not None


def test_a_job_that_is_being_done_is_left_alone(batch: BatchOf, rung: list[int]) -> None:
    job_id = lost(batch, lease_until=database_seconds() + 30)
    assert (sweep(), rung, job(job_id).state) == (0, [], JobState.RUNNING)


@pytest.mark.parametrize("state", [JobState.DONE, JobState.FAILED, JobState.CANCELLED])
def test_a_finished_job_is_left_alone(batch: BatchOf, rung: list[int], state: JobState) -> None:
    job_id = forgotten(batch, state=state)
    assert (sweep(), rung, job(job_id).state) == (0, [], state)


def test_a_job_whose_worker_died_three_times_fails_with_a_reason(batch: BatchOf, rung: list[int]) -> None:
    job_id = lost(batch, attempt=3)
    sweep()
    now = job(job_id)
    assert (now.state, now.code, now.values, rung) == (JobState.FAILED, "JOB-001", {"reason": "处理多次中断"}, [])
    assert (now.token, now.finished_at is not None) == (None, True)


def test_a_job_that_was_given_back_in_its_last_attempt_does_not_wait_for_ever(batch: BatchOf, rung: list[int]) -> None:
    job_id = forgotten(batch, attempt=3)
    sweep()
    assert (job(job_id).state, rung) == (JobState.FAILED, [])


def test_once_the_first_upload_has_failed_the_second_one_can_be_done(batch: BatchOf, rung: list[int]) -> None:
    lost(batch, attempt=3)
    second = a_job(batch, b"PK two")
    sweep()
    assert take_lease(second) is not None


@pytest.mark.parametrize("attempt", [1, 3])
def test_a_job_that_was_cancelled_under_a_dead_worker_is_cancelled(
    batch: BatchOf, rung: list[int], attempt: int
) -> None:
    job_id = lost(batch, attempt=attempt, cancel_requested=True)
    sweep()
    assert (job(job_id).state, job(job_id).code, rung) == (JobState.CANCELLED, "JOB-002", [])


def test_jobs_are_rung_for_in_the_order_of_receipt(batch: BatchOf, rung: list[int]) -> None:
    jobs = [forgotten(batch, b"PK %d" % number) for number in range(4)]
    sweep()
    assert rung == jobs


# The timer


class Log:
    """What was logged: the level and the event."""

    def __init__(self) -> None:
        self.lines: list[tuple[str, str]] = []

    def __getattr__(self, level: str) -> Callable[..., None]:
        return lambda event, **_: self.lines.append((level, event))


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> Log:
    monkeypatch.setattr(sweeper, "log", log := Log())
    return log


def test_a_sweep_while_the_database_is_away_says_so_and_the_timer_goes_on(
    log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweeper, "sweep", _busy)
    sweeper._sweep_once()
    assert log.lines == [("warning", "database_away")]


def test_a_statement_that_the_database_refuses_is_no_database_that_is_away(batch: BatchOf, log: Log) -> None:
    with writing() as session:
        session.execute(text("ALTER TABLE job RENAME COLUMN rung_at TO rang_at"))
    sweeper._sweep_once()
    assert log.lines == [("exception", "sweep_failed")]


def test_a_lost_job_that_cannot_be_given_away_while_the_database_is_away_is_kept_in_mind(
    batch: BatchOf, rung: list[int], log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    delivery = "1" * 32
    job_id = lost(batch, token=delivery_mark(delivery) + "x", lease_until=database_seconds() + 30)
    sweeper.hand_back(job_id, delivery)
    with monkeypatch.context() as away:
        away.setattr(sweeper, "writing", _busy)
        sweeper._sweep_once()
    sweeper._sweep_once()
    assert (log.lines[0], rung) == (("warning", "database_away"), [job_id])


def a_pool_process_dies(args: tuple[Any, ...], delivery: str) -> None:
    """As Celery tells it."""
    signals.task_failure.send(sender="task", exception=WorkerLostError("killed"), args=args, task_id=delivery)


def test_a_job_whose_pool_process_died_is_rung_for_at_once(batch: BatchOf, rung: list[int]) -> None:
    delivery = "1" * 32
    job_id = lost(batch, token=delivery_mark(delivery) + "x", lease_until=database_seconds() + 30)
    a_pool_process_dies((job_id,), delivery)
    sweeper._sweep_once()
    assert rung == [job_id]


@pytest.mark.parametrize("args", [("email",), ()])
def test_a_pool_process_that_died_without_a_job_keeps_no_job_from_being_rung_for(
    batch: BatchOf, rung: list[int], log: Log, args: tuple[Any, ...]
) -> None:
    job_id = forgotten(batch)
    a_pool_process_dies(args, "1" * 32)
    assert sweeper._lost.empty()
    sweeper._sweep_once()
    assert (rung, [level for level, _ in log.lines]) == ([job_id], ["info"])


def test_a_lost_job_that_cannot_be_given_away_for_a_bug_stands_in_the_way_of_no_later_sweep(
    batch: BatchOf, rung: list[int], log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    sweeper.hand_back(object(), "1" * 32)
    job_id = forgotten(batch)
    sweeper._sweep_once()
    sweeper._sweep_once()
    assert (log.lines[0], rung) == (("exception", "sweep_failed"), [job_id])


def _busy(_: float = 0) -> None:
    raise DatabaseBusyError("no turn")


def test_a_tick_of_beat_sweeps_and_leaves_a_sign_of_life(batch: BatchOf, rung: list[int]) -> None:
    job_id = forgotten(batch)
    upkeep.sweep()
    with reading() as session:
        seconds = seconds_since_heartbeat(session, BEAT)
    assert rung == [job_id]
    assert seconds is not None
    assert seconds < 10
