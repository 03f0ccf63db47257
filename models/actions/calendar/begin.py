"""The next job of the calendar is begun: whatever is due by the business clock, the oldest first, each period once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import structlog
from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from config.clock import SHANGHAI
from models.actions.calendar.schedule import BY_KIND, SCHEDULE
from models.actions.calendar.scheduled import Scheduled
from models.actions.queue_job import queue_job
from models.records.business_clock import business_now
from models.records.database import is_away, is_postgresql
from models.records.job import UNFINISHED_IN_SQL, Job, JobState
from models.records.scheduled_job import ScheduledJob
from models.rules.notices import STALE_AFTER

log = structlog.get_logger()

AGAIN_AFTER = timedelta(minutes=1)
"""How long what a run had to leave waits for the next one; machine's clock."""
AGAIN_AFTER_FAILURE = timedelta(hours=1)
"""How long a run that failed waits for the next try of its moment, while that is not long over."""


def begin_next(session: Session, queue: str) -> Job | None:
    """Queue the job whose moment came first; None: nothing is due, or one is under way, whose end rings for the next.

    So days that were missed are caught up with in order, and two beats at once begin each period once. In a database
    that has seen no calendar yet it begins now, with what conditions make due.
    """
    now = business_now(session)
    begun = _locked(session, now)
    under_way = select(Job.id).where(UNFINISHED_IN_SQL, Job.kind.in_(BY_KIND)).limit(1)
    if session.execute(under_way).scalar() is not None:
        return None
    first = _first_due(session, begun, now)
    if first is None:
        return None
    period, scheduled = first
    job = queue_job(session, scheduled.kind, queue=queue, batch_id=None, account_id=None, now=now)
    job.params = {"period": period.isoformat()}
    row = begun[scheduled.code]
    row.period, row.job_id = max(row.period, period), job.id
    return job


def something_is_due(session: Session) -> bool:
    """Whether `begin_next` might begin something, asked without a lock: mostly there is nothing."""
    begun = {row.code: row for row in session.scalars(select(ScheduledJob))}
    if len(begun) < len(SCHEDULE):
        return True  # it has never rung
    return _first_due(session, begun, business_now(session)) is not None


def _first_due(session: Session, begun: Mapping[str, ScheduledJob], now: datetime) -> tuple[datetime, Scheduled] | None:
    """A bug of one must not stop all others: whatever it asked of the database is undone, since PostgreSQL refuses all
    that comes after a failed statement. A savepoint holds for as many jobs as go well.
    """
    due = []
    failed = _failed_a_while_ago(session, begun)
    asking = session.begin_nested()
    for place, scheduled in enumerate(SCHEDULE):
        try:
            row = begun[scheduled.code]
            moment = _due_at(session, scheduled, row, now)
            if moment is None and row.job_id in failed and now - row.period <= STALE_AFTER:
                # Nothing else names it again, and what went well has no second effect.
                moment = row.period.astimezone(SHANGHAI)
        except Exception as failure:
            if is_away(failure):
                raise
            log.exception("calendar_next_failed", job=scheduled.code)
            asking.rollback()
            asking = session.begin_nested()
            continue
        if moment is not None:
            due.append((moment, place))
    asking.commit()
    if not due:
        return None
    moment, place = min(due)
    return moment, SCHEDULE[place]


def _locked(session: Session, now: datetime) -> Mapping[str, ScheduledJob]:
    insert = postgresql.insert(ScheduledJob) if is_postgresql(session) else sqlite.insert(ScheduledJob)
    rows = [{"code": scheduled.code, "period": now} for scheduled in SCHEDULE]
    session.execute(insert.values(rows).on_conflict_do_nothing())
    known = select(ScheduledJob).order_by(ScheduledJob.code).with_for_update()
    found = session.scalars(known.execution_options(populate_existing=True))
    return {row.code: row for row in found}


def _due_at(session: Session, scheduled: Scheduled, begun: ScheduledJob, now: datetime) -> datetime | None:
    moment = scheduled.next_at(session, begun.period, now)
    if moment is None or moment > now:
        return None
    if moment > begun.period or begun.job_id is None:
        return moment
    return now if _may_go_on(session, begun.job_id) else None


def _failed_a_while_ago(session: Session, begun: Mapping[str, ScheduledJob]) -> set[int]:
    """The last runs that failed and have waited long enough; one statement."""
    runs = [row.job_id for row in begun.values() if row.job_id is not None]
    failed = (Job.state == JobState.FAILED, Job.finished_at <= datetime.now(UTC) - AGAIN_AFTER_FAILURE)
    return set(session.scalars(select(Job.id).where(Job.id.in_(runs), *failed)))


def _may_go_on(session: Session, job_id: int) -> bool:
    """Whether what the last run had to leave has waited long enough."""
    last = session.execute(select(Job.state, Job.finished_at).where(Job.id == job_id)).one()
    if last.finished_at is None:
        return True
    patience = AGAIN_AFTER_FAILURE if last.state == JobState.FAILED else AGAIN_AFTER
    return bool(datetime.now(UTC) - last.finished_at >= patience)
