"""The calendar's jobs as tasks. Beat, or a clock that was moved, only rings: what is due stands in the database."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import structlog
from celery.exceptions import SoftTimeLimitExceeded
from sqlalchemy import select

from config.settings import settings
from models.actions.calendar.begin import begin_next, something_is_due
from models.actions.calendar.schedule import SCHEDULE
from models.actions.calendar.scheduled import Scheduled
from models.records.business_clock import business_now
from models.records.database import is_away, is_held, reading, writing
from models.records.job import Job, JobState
from tasks import doorbell
from tasks.app import app
from tasks.jobs import CancelledError, Lease, LeaseLostError, run
from tasks.queues import CALENDAR

log = structlog.get_logger()

SOFT_SECONDS, HARD_SECONDS = 3000, 3300
"""A city's reminders take longer than a roster; shorter than the broker's visibility time-out."""


@app.task(name=doorbell.CALENDAR_RING)
def ring() -> None:
    """Begin what is due next, if nothing is under way. With the database away there is nothing to begin."""
    try:
        with reading() as session:
            if not something_is_due(session):
                return
        with writing() as session:
            job = begin_next(session, CALENDAR)
            job_id = job.id if job else None
    except Exception as failure:
        if not is_away(failure):
            raise
        log.warning("database_away", reason=type(failure).__name__)
        return
    if job_id is not None:
        doorbell.ring(job_id)


def run_once(scheduled: Scheduled, job_id: int) -> None:
    """One run of one job; may be delivered any number of times."""
    run(job_id, lambda lease: _do_all(scheduled, lease))


def _do_all(scheduled: Scheduled, lease: Lease) -> None:
    with reading() as session:
        params = session.execute(select(Job.params).where(Job.id == lease.job_id)).scalar_one()
        period = datetime.fromisoformat(params["period"])
        units = scheduled.units(session, period)
    lease.begin_stage("calendar", len(units))
    done = failed = 0
    for number, unit in enumerate(units, 1):
        try:
            found = _looked_at(scheduled, lease, unit, period)
            with writing() as session:
                lease.fence(session)
                done += scheduled.do(session, found, period, business_now(session))
        except (LeaseLostError, CancelledError, SoftTimeLimitExceeded):
            raise
        except Exception as failure:
            if is_away(failure) and not is_held(failure):
                raise
            failed += 1  # one that can't be done must not keep all others from it
            log.exception("calendar_unit_failed", unit=number)
        lease.report(number)
    with writing() as session:
        state = JobState.FAILED if failed else JobState.DONE
        code, values = ("JOB-001", {"reason": f"{failed}项未能处理"}) if failed else (None, {})
        lease.found = {"done": done, "failed": failed}
        lease.finish(session, state, code, **values)
    log.info(scheduled.kind, period=period.isoformat(), done=done, failed=failed)


def _looked_at(scheduled: Scheduled, lease: Lease, unit: Any, period: datetime) -> Any:
    if scheduled.look is None:
        return unit
    with reading() as session, _lease_kept(lease):
        return scheduled.look(session, unit, period)


@contextmanager
def _lease_kept(lease: Lease) -> Iterator[None]:
    """One statement may take longer than a lease, in which nothing else is heard of this worker."""
    over = threading.Event()

    def say_alive() -> None:
        while not over.wait(settings().lease_seconds / 3):
            try:
                lease.tick()
            except Exception:  # noqa: BLE001 -- whoever works here hears of it at its own next statement
                return

    thread = threading.Thread(target=say_alive, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _task_of(scheduled: Scheduled) -> None:
    @app.task(name=scheduled.kind, soft_time_limit=SOFT_SECONDS, time_limit=HARD_SECONDS)
    def task(job_id: int) -> None:
        run_once(scheduled, job_id)
        ring()  # for the next


for _scheduled in SCHEDULE:
    _task_of(_scheduled)
