"""The one life of every job: take the lease, work, report, finish.

A message may be delivered any number of times, late, or to a worker that freezes and wakes up. The row decides: one
atomic UPDATE takes the lease with a fresh token, every later statement asks for that token, and what a job produces is
written in one transaction that asks for it first and last. So every job has one effect.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import structlog
from celery import current_task
from celery.exceptions import SoftTimeLimitExceeded
from sqlalchemy import ColumnElement, and_, exists, or_, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session, aliased

from config.settings import settings
from config.stop_points import stop_for_tests
from models.records.database import DatabaseBusyError, database_seconds, is_away, writing
from models.records.job import Job, JobState
from models.rules.refusal import Refused
from tasks.app import app
from tasks.doorbell import ring_next

log = structlog.get_logger()

TICK_SECONDS = 0.25
"""Progress is one statement a tick, at most four a second."""

LEASES_AHEAD = 10
"""No lease ends further ahead than so many leases: one that does was taken before the database's clock was put back."""

_A_BUG = {"reason": "系统内部错误"}


class LeaseLostError(Exception):
    """Somebody else has the job, or it has ended: this worker writes nothing more."""


class CancelledError(Exception):
    """The clerk cancelled; nothing was written."""


class JobFailedError(Exception):
    """The job can't be done, for a reason that the clerk can read; never tried again."""

    def __init__(self, code: str, /, **values: str | int) -> None:
        super().__init__(code)
        self.code = code
        self.values = values


@dataclass(slots=True)
class Lease:
    """A job in the hands of this worker, and the pen with which it reports."""

    job_id: int
    token: str
    attempt: int
    batch_id: int | None
    account_id: int | None
    received_at: datetime
    stage: str = ""
    stages: list[dict[str, Any]] = field(default_factory=list)
    found: dict[str, int] = field(default_factory=dict)
    """What was found so far (outcome -> rows), shown while the job runs."""
    _stage_began: float = 0.0
    _last_tick: float = 0.0
    _done: int = 0
    _total: int | None = None
    _stopped_at: set[str] = field(default_factory=set)

    def begin_stage(self, stage: str, total: int | None = None) -> None:
        """Go on to the next stage; the finished one is kept with rows and seconds. Stages never come back."""
        self._close_stage()
        self.stage, self._stage_began, self._done, self._total = stage, time.monotonic(), 0, total
        self._write()
        self._stop_for_tests(stage, total is None)

    def report(self, done: int) -> None:
        """Rows done in this stage; written at most four times a second, extending the lease and hearing of a cancel."""
        self._done = done
        if time.monotonic() - self._last_tick >= TICK_SECONDS:
            self._write()
        if self._total and done * 2 >= self._total:
            self._stop_for_tests(self.stage, True)

    def tick(self) -> None:
        """Say that the work goes on, where there is nothing to count."""
        self.report(self._done)

    def finish(self, session: Session, state: JobState, code: str | None = None, /, **values: Any) -> None:
        """End the job in the caller's transaction, as its last statement. LeaseLostError rolls everything back."""
        self._close_stage()
        self._stop_for_tests("before_commit", True)
        self.fence(
            session,
            state=state,
            code=code,
            values=values,
            stage=None if state is JobState.DONE else self.stage or None,
            progress=self._progress(),
            token=None,
            lease_until=None,
            finished_at=datetime.now(UTC),
        )

    def fence(self, session: Session, **changes: Any) -> bool:
        """Change the job's row if the lease is still ours, else LeaseLostError. Returns whether to cancel."""
        held = and_(Job.id == self.job_id, Job.token == self.token, Job.state == JobState.RUNNING)
        changes.setdefault("lease_until", database_seconds() + settings().lease_seconds)
        change = update(Job).where(held).values(**changes).returning(Job.cancel_requested)
        cancel = session.execute(change.execution_options(synchronize_session=False)).scalar_one_or_none()
        if cancel is None:
            raise LeaseLostError(self.job_id)
        return cancel

    def refuse_if_cancelled(self, session: Session) -> None:
        """Ask once more, inside the storing transaction: cancelled is cancelled, up to the commit."""
        if session.execute(select(Job.cancel_requested).where(Job.id == self.job_id)).scalar_one():
            raise CancelledError(self.job_id)

    def _write(self) -> None:
        with writing() as session:
            cancel = self.fence(
                session,
                stage=self.stage,
                done=self._done,
                total=self._total,
                progress=self._progress(),
                stage_began=database_seconds() - (time.monotonic() - self._stage_began),
            )
        if cancel:
            raise CancelledError(self.job_id)
        self._last_tick = time.monotonic()

    def _progress(self) -> dict[str, Any]:
        return {"stages": self.stages, "found": self.found}

    def _close_stage(self) -> None:
        if self.stage and self._stage_began:
            seconds = round(time.monotonic() - self._stage_began, 3)
            self.stages.append({"stage": self.stage, "rows": self._total or self._done, "seconds": seconds})
            self._stage_began = 0.0

    def _stop_for_tests(self, point: str, due: bool) -> None:
        if due and settings().stops_at(point, self.attempt) and point not in self._stopped_at:
            self._stopped_at.add(point)
            if point == self.stage:
                self._write()
            stop_for_tests(point, self.attempt)


def run(job_id: int, work: Callable[[Lease], None]) -> None:
    """Do one job, whatever happens to it. Called once a delivery; returns quietly if the job is not due."""
    began, lease = time.monotonic(), _take_quietly(job_id)
    if lease is None:
        return
    with structlog.contextvars.bound_contextvars(job=job_id, attempt=lease.attempt):
        try:
            work(lease)
            stop_for_tests("after_commit", lease.attempt)
        except LeaseLostError:
            log.warning("lease_lost")
            return
        except CancelledError:
            _end(lease, JobState.CANCELLED, "JOB-002")
        except (JobFailedError, Refused) as failure:
            _end(lease, JobState.FAILED, failure.code, **failure.values)
        except SoftTimeLimitExceeded:
            _end(lease, JobState.FAILED, "JOB-001", reason="处理时间过长")
        except SystemExit:  # told to stop in the middle of it: no fault of the job's, unless it took too long
            overdue = time.monotonic() - began >= _soft_time_limit()
            _give_back(lease, due_after_seconds=0, attempts=lease.attempt - (not overdue))
            raise
        except Exception as failure:
            if is_away(failure):
                log.warning("database_away", reason=type(failure).__name__)
                _give_back(lease, due_after_seconds=settings().sweep_seconds, attempts=lease.attempt)
                return
            log.exception("job_failed")  # a bug is not retried: it would only fail again, and the clerk would wait
            _end(lease, JobState.FAILED, "JOB-001", **_A_BUG)
    if lease.batch_id is not None:
        ring_next(lease.batch_id)


def _soft_time_limit() -> float:
    """How long this task may take; some have more than others."""
    return float((current_task and current_task.soft_time_limit) or app.conf.task_soft_time_limit)


def take_lease(job_id: int) -> Lease | None:
    """Make a due job ours, by one atomic UPDATE. None: it is not due, in other hands, or waits for an earlier one."""
    token = delivery_mark(current_task.request.id or "" if current_task else "") + secrets.token_hex(10)
    earlier = aliased(Job)
    waits_for_earlier = and_(
        Job.writes_roster,
        exists().where(
            earlier.batch_id == Job.batch_id,
            earlier.writes_roster,
            earlier.id != Job.id,
            # A later one runs only where an operator had an older one tried again.
            or_(earlier.state == JobState.RUNNING, and_(earlier.id < Job.id, earlier.state == JobState.QUEUED)),
        ),
    )
    due = (  # a row that somebody holds, a frozen worker perhaps, is in other hands: nobody waits for it
        select(Job.id)
        .where(Job.id == job_id, is_due(), Job.attempt < settings().max_attempts, ~waits_for_earlier)
        .with_for_update(skip_locked=True, of=Job)
    )
    statement = (
        update(Job)
        .where(Job.id == due.scalar_subquery())
        .values(
            state=JobState.RUNNING,
            attempt=Job.attempt + 1,
            token=token,
            lease_until=database_seconds() + settings().lease_seconds,
            done=0,
            stage=None,
            progress={},
        )
        .returning(Job.attempt, Job.batch_id, Job.account_id, Job.received_at)
        .execution_options(synchronize_session=False)
    )
    with writing() as session:
        taken = session.execute(statement).one_or_none()
        if taken is None:
            return None
        # When it became ours, not when we asked: a writer may have waited for an earlier job's last transaction.
        session.execute(update(Job).where(Job.id == job_id).values(began_at=datetime.now(UTC)))
    return Lease(job_id, token, taken.attempt, taken.batch_id, taken.account_id, taken.received_at)


def _take_quietly(job_id: int) -> Lease | None:
    try:
        return take_lease(job_id)
    except (DBAPIError, DatabaseBusyError) as failure:
        if not is_away(failure):
            raise
        log.warning("database_away", job=job_id, reason=type(failure).__name__)
        return None  # the sweepers ring again


def delivery_mark(delivery: str) -> str:
    """How the tokens of leases begin that were taken by this delivery of a message (a Celery task id)."""
    return delivery.replace("-", "")[:12].rjust(12, "0")


def is_due() -> ColumnElement[bool]:
    """The condition of a job that nobody works on: queued, or running under a lease that ran out."""
    return or_(Job.state == JobState.QUEUED, lease_ran_out())


def lease_ran_out() -> ColumnElement[bool]:
    """The condition of a job whose worker has said nothing for too long, whichever way the clock was moved since."""
    now = database_seconds()
    unbelievable = Job.lease_until > now + LEASES_AHEAD * settings().lease_seconds
    return and_(Job.state == JobState.RUNNING, or_(Job.lease_until < now, unbelievable))


def _end(lease: Lease, state: JobState, code: str, /, **values: str | int) -> None:
    """End the job so; where the database refuses to store just this ending, as after any bug."""
    if not _has_ended(lease, state, code, values):
        _has_ended(lease, JobState.FAILED, "JOB-001", _A_BUG)


def _has_ended(lease: Lease, state: JobState, code: str, values: Mapping[str, str | int]) -> bool:
    """Whether nothing is left to do: the job has ended, or others have it or get it. False: a bug was in the way."""
    try:
        with writing() as session:
            lease.finish(session, state, code, **values)
    except LeaseLostError:
        log.warning("lease_lost")
    except Exception as failure:
        if not is_away(failure):
            log.exception("job_not_ended")
            return False
        log.warning("database_away", reason=type(failure).__name__)  # the lease runs out and the job is done again
    return True


def _give_back(lease: Lease, *, due_after_seconds: float, attempts: int) -> None:
    """Queue the job again for the sweepers, with so many attempts behind it; if that fails, its lease runs out."""
    rung_at = database_seconds() - settings().sweep_seconds + due_after_seconds
    try:
        with writing() as session:
            lease.fence(session, state=JobState.QUEUED, token=None, lease_until=None, rung_at=rung_at, attempt=attempts)
    except LeaseLostError:
        return
    except Exception as failure:
        if not is_away(failure):
            log.exception("job_not_given_back")
