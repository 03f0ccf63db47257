"""The calendar runs in the test's own process: the clock is moved, and whatever is due is done in its order."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from models.actions.calendar.begin import begin_next
from models.actions.calendar.schedule import BY_KIND
from models.actions.calendar.scheduled import Scheduled
from models.actions.move_clock import move_clock
from models.records.database import reading, writing
from models.records.job import Job
from tasks import calendar
from tasks.queues import CALENDAR


def calendar_at(moment: datetime) -> Sequence[Job]:
    """The business clock shows `moment`, and the calendar does all that is due; its runs, in their order."""
    with writing() as session:
        move_clock(session, moment)
    return run_calendar()


def run_calendar() -> Sequence[Job]:
    """All that is due now, as a beat and a worker would do it."""
    ran = []
    while (job_id := _begun()) is not None:
        with reading() as session:
            kind = session.get_one(Job, job_id).kind
        calendar.run_once(BY_KIND[kind], job_id)
        with reading() as session:
            ran.append(session.get_one(Job, job_id))
    return ran


def calendar_begins_at(moment: datetime) -> None:
    """The calendar's first ring was at `moment`: what came before is not caught up with."""
    calendar_at(moment)


def done_at(scheduled: Scheduled, period: datetime, parts: int | None = None) -> int:
    """This job alone, done for `period` whatever else is due; how much it did. Only so many parts, if that is said."""
    with reading() as session:
        units = scheduled.units(session, period)
    done = 0
    for unit in units[:parts]:
        with reading() as session:
            found = unit if scheduled.look is None else scheduled.look(session, unit, period)
        with writing() as session:
            done += scheduled.do(session, found, period, period)
    return done


def _begun() -> int | None:
    with writing() as session:
        job = begin_next(session, CALENDAR)
        return job.id if job else None
