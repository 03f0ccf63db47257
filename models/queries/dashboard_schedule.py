"""The calendar as staff see it: when each job ran last, how that ended, and when it comes next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.actions.calendar.schedule import BY_KIND, SCHEDULE
from models.actions.calendar.scheduled import Scheduled
from models.records.database import is_away
from models.records.job import Job
from models.records.scheduled_job import ScheduledJob

log = structlog.get_logger()

_AN_HOUR, _A_DAY = timedelta(hours=1), timedelta(days=1)
_FAR_DAYS = 400
_MOMENT = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class ScheduledLine:
    """One job of DOMAIN 13. Moments are of the business clock."""

    code: str
    text: str
    ran_for: datetime | None
    """The last moment for which it was begun; None: never."""
    last: Job | None
    next_at: datetime | None
    """None: as things stand it has nothing to do."""

    @property
    def done(self) -> int:
        """How many units of work the last run did."""
        return units_done(self.last) if self.last else 0


def scheduled_lines(session: Session, now: datetime) -> Sequence[ScheduledLine]:
    """Every job of the calendar, in its order; the statements that the jobs ask, whatever the size of the tables."""
    rows = session.execute(select(ScheduledJob, Job).outerjoin(Job, Job.id == ScheduledJob.job_id))
    known = {row.code: (row, job) for row, job in rows}
    lines = []
    for scheduled in SCHEDULE:
        row, job = known.get(scheduled.code, (None, None))
        ran_for = row.period if row and job else None
        coming = _guarded(session, scheduled, row.period if row else now, now)
        lines.append(ScheduledLine(scheduled.code, scheduled.text, ran_for, job, coming))
    return lines


def _guarded(session: Session, scheduled: Scheduled, after: datetime, now: datetime) -> datetime | None:
    """None as well where a bug keeps the job from saying it: that must not take the page away from all others."""
    asking = session.begin_nested()
    try:
        coming = _coming(session, scheduled, after, now)
    except Exception as failure:
        if is_away(failure):
            raise
        log.exception("calendar_next_failed", job=scheduled.code)
        asking.rollback()
        return None
    asking.commit()
    return coming


def _coming(session: Session, scheduled: Scheduled, after: datetime, now: datetime) -> datetime | None:
    """The next moment as things stand; one that is not behind `now` was missed, or is under way.

    Most jobs name the first moment before the horizon that they are given. Of those of which only the latest run means
    anything it is the last one, so that nearer horizons are asked first: none is nearer than another hour, and but for
    the hourly one (J11) there is one a day.
    """
    for horizon in (now, now + _AN_HOUR, now + _A_DAY):
        soon = scheduled.next_at(session, after, horizon)
        if soon is not None:
            return soon
    far = scheduled.next_at(session, after, now + _FAR_DAYS * _A_DAY)
    if far is None or scheduled.next_at(session, after, far - _MOMENT) is None:
        return far
    return _first_of_daily(session, scheduled, after, now)


def _first_of_daily(session: Session, scheduled: Scheduled, after: datetime, now: datetime) -> datetime | None:
    """Halving between tomorrow, until when there is nothing to do, and the farthest day: what is due then stays due."""
    nothing, something = 1, _FAR_DAYS
    while something - nothing > 1:
        day = (nothing + something) // 2
        if scheduled.next_at(session, after, now + day * _A_DAY) is None:
            nothing = day
        else:
            something = day
    return scheduled.next_at(session, after, now + something * _A_DAY)


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a scheduled job: what it is called, for which moment, and its row."""

    text: str
    period: datetime
    job: Job

    @property
    def done(self) -> int:
        """How many units of work it did."""
        return units_done(self.job)


def units_done(job: Job) -> int:
    """How many units of work a run of the calendar did."""
    return int((job.progress or {}).get("found", {}).get("done", 0))


def latest_runs(session: Session, limit: int) -> Sequence[Run]:
    """The runs that were begun last, the latest first; one statement."""
    latest = select(Job).where(Job.kind.in_(BY_KIND)).order_by(Job.id.desc()).limit(limit)
    return [
        Run(BY_KIND[job.kind].text, datetime.fromisoformat(job.params["period"]), job)
        for job in session.scalars(latest)
    ]
