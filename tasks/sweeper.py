"""The sweeper brings home every job that lost its message or its worker. Each worker runs one; none is the only one."""

from __future__ import annotations

import os
import threading
from datetime import UTC, datetime
from queue import SimpleQueue
from typing import Any

import structlog
from sqlalchemy import ColumnElement, Select, and_, or_, select, update

from config.settings import settings
from models.records.database import (
    database_seconds,
    forget_connections,
    is_away,
    reading,
    writing,
)
from models.records.job import Job, JobState
from tasks.doorbell import ring, ring_next
from tasks.jobs import delivery_mark, lease_ran_out

log = structlog.get_logger()

WAIT_SECONDS = 2.0
"""How long a sweep waits for its turn to write: the next one comes anyway, and a fork waits for it."""

FORK_WAIT_SECONDS = 10.0

_awake = threading.Event()
_lost: SimpleQueue[tuple[int, str]] = SimpleQueue()
_at_work = threading.Lock()
"""Held by the timer while it works, and by the main thread while it forks a pool process."""
_forking = False


def sweep() -> int:
    """Ring for every job that is due again; end those that were begun too often. Returns how many were rung for."""
    lost = lease_ran_out()
    now, patience = database_seconds(), settings().sweep_seconds
    rung_long_ago = or_(Job.rung_at < now - patience, Job.rung_at > now + patience)  # or before the clock was put back
    forgotten = and_(Job.state == JobState.QUEUED, rung_long_ago)
    has_attempts_left = Job.attempt < settings().max_attempts  # a queued job may have none: given back in its last one
    ended = {"token": None, "lease_until": None, "finished_at": datetime.now(UTC)}
    with reading() as session:
        if session.execute(select(Job.id).where(or_(lost, forgotten)).limit(1)).scalar() is None:
            return 0
    with writing(WAIT_SECONDS) as session:
        cancelled = update(Job).where(Job.id.in_(_nobody_holds(or_(lost, forgotten), Job.cancel_requested.is_(True))))
        cancelled = cancelled.values(state=JobState.CANCELLED, code="JOB-002", values={}, **ended)
        freed = list(session.execute(_quietly(cancelled.returning(Job.batch_id))).scalars())
        failed = update(Job).where(Job.id.in_(_nobody_holds(or_(lost, forgotten), ~has_attempts_left)))
        reason = {"reason": "处理多次中断"}
        failed = failed.values(state=JobState.FAILED, code="JOB-001", values=reason, **ended)
        freed += session.execute(_quietly(failed.returning(Job.batch_id))).scalars()
        again = update(Job).where(Job.id.in_(_nobody_holds(or_(lost, forgotten), has_attempts_left)))
        due = list(session.execute(_quietly(again.values(rung_at=database_seconds()).returning(Job.id))).scalars())
    for job_id in sorted(due):
        log.info("job_rung_again", job=job_id)
        ring(job_id)
    for batch_id in filter(None, freed):
        ring_next(batch_id)
    return len(due)


def hand_back(job_id: int, delivery: str) -> None:
    """The pool process that had this delivery of a job is dead: the timer gives the job away at once."""
    _lost.put((job_id, delivery))
    _awake.set()


def start_timer() -> None:
    """Sweep now and every `sweep_seconds`, in a thread of the worker's main process.

    That process also forks its pool. A fork in the middle of a sweep would copy locks that nobody opens again, and
    SQLite's memory of a file that another process has open, which it takes for its own: a pool process that inherits
    it finds the database locked for ever. So forks wait for the sweep to end and begin without any connection.
    """
    os.register_at_fork(before=_rest, after_in_parent=_go_on, after_in_child=_go_on)
    threading.Thread(target=_sweep_for_ever, name="sweeper", daemon=True).start()


def _nobody_holds(*conditions: ColumnElement[bool]) -> Select[Any]:
    """Jobs whose row is free: a worker that froze while it stored must not hold the sweeper too."""
    return select(Job.id).where(*conditions).with_for_update(skip_locked=True)


def _quietly(statement: Any) -> Any:
    """Nothing of these rows is in the session."""
    return statement.execution_options(synchronize_session=False)


def _sweep_for_ever() -> None:
    while True:
        with _at_work:
            _sweep_once()
        _awake.wait(settings().sweep_seconds)
        _awake.clear()


def _sweep_once() -> None:
    """The timer must outlive whatever one sweep met."""
    try:
        _expire_lost_leases()
        sweep()
    except Exception as failure:
        if is_away(failure):
            log.warning("database_away", reason=type(failure).__name__)
        else:
            log.exception("sweep_failed")


def _expire_lost_leases() -> None:
    """Leases of dead pool processes end now; by the token, since another worker may have the job already."""
    while not _lost.empty():
        job_id, delivery = _lost.get()
        held = and_(Job.id == job_id, Job.state == JobState.RUNNING, Job.token.startswith(delivery_mark(delivery)))
        try:
            with writing(WAIT_SECONDS) as session:
                session.execute(_quietly(update(Job).where(held).values(lease_until=0)))
        except Exception as failure:
            if is_away(failure):
                _lost.put((job_id, delivery))
            raise  # after a bug the lease runs out by itself: it would stand before every other sweep


def _rest() -> None:
    global _forking  # noqa: PLW0603 -- one fork at a time, in the main thread
    _forking = _at_work.acquire(timeout=FORK_WAIT_SECONDS)
    if _forking:
        forget_connections()


def _go_on() -> None:
    if _forking:
        _at_work.release()
