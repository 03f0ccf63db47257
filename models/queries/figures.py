"""Figures of the whole service for those who run it: a fixed number of statements, whatever the size of the tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session, aliased
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import Float

from models.actions.calendar.schedule import SCHEDULE
from models.records.claim import Claim
from models.records.heartbeat import BEAT, seconds_since_heartbeat
from models.records.job import UNFINISHED, UNFINISHED_IN_SQL, Job, JobState
from models.records.notice import Notice
from models.records.scheduled_job import ScheduledJob

BUCKETS = (0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0)
"""Upper bounds of the histogram of job seconds."""

FAILURE_TOLD_FOR = timedelta(hours=1)
"""How long a failed run of a scheduled job is told though the next one went well."""


@dataclass(frozen=True, slots=True)
class JobSeconds:
    """How long the done jobs of one kind took: `at_most[i]` of them at most BUCKETS[i]."""

    at_most: Sequence[int]
    jobs: int
    seconds: float


@dataclass(frozen=True, slots=True)
class UnfinishedJobs:
    """Jobs that wait or run by kind and state, and the oldest waiting one of each queue."""

    by_state: Mapping[tuple[str, str], int]
    oldest_waiting: Mapping[str, float]
    """Queue -> seconds; a queue in which nobody waits is missing."""


@dataclass(frozen=True, slots=True)
class EndedJobs:
    """Jobs that have ended by kind and state, and how long the done ones took by kind."""

    by_state: Mapping[tuple[str, str], int]
    seconds: Mapping[str, JobSeconds]


class seconds_between(FunctionElement[float]):  # noqa: N801 -- reads like the SQL function it is
    """From one moment to a later one, as seconds."""

    type = Float()
    inherit_cache = True


@compiles(seconds_between, "postgresql")
def _postgresql_between(element: Any, compiler: Any, **options: Any) -> str:
    began, ended = (compiler.process(clause, **options) for clause in element.clauses)
    return f"extract(epoch FROM {ended} - {began})::double precision"


@compiles(seconds_between, "sqlite")
def _sqlite_between(element: Any, compiler: Any, **options: Any) -> str:
    began, ended = (compiler.process(clause, **options) for clause in element.clauses)
    return f"((julianday({ended}) - julianday({began})) * 86400.0)"


def unfinished_jobs(session: Session) -> UnfinishedJobs:
    """One statement, which reads the index of unfinished jobs: ask as often as you like."""
    statement = (
        select(Job.kind, Job.state, Job.queue, func.count(), func.min(Job.created_at))
        .where(UNFINISHED_IN_SQL)
        .group_by(Job.kind, Job.state, Job.queue)
    )
    now = datetime.now(UTC)
    by_state: Counter[tuple[str, str]] = Counter()
    oldest: dict[str, float] = {}
    for kind, state, queue, jobs, created in session.execute(statement):
        by_state[kind, state] += jobs
        if state == JobState.QUEUED:
            oldest[queue] = max(oldest.get(queue, 0.0), (now - created).total_seconds())
    return UnfinishedJobs(by_state, oldest)


def ended_jobs(session: Session) -> EndedJobs:
    """One statement, which reads every job there ever was: ask seldom."""
    took = seconds_between(Job.began_at, Job.finished_at)
    statement = (
        select(
            Job.kind,
            Job.state,
            func.count(),
            func.coalesce(func.sum(took), 0.0),
            *(func.coalesce(func.sum(_one_if(took <= bound)), 0) for bound in BUCKETS),
        )
        .where(Job.state.not_in(UNFINISHED))
        .group_by(Job.kind, Job.state)
    )
    by_state: dict[tuple[str, str], int] = {}
    seconds: dict[str, JobSeconds] = {}
    for kind, state, jobs, total, *at_most in session.execute(statement):
        by_state[kind, state] = jobs
        if state == JobState.DONE:
            seconds[kind] = JobSeconds([int(number) for number in at_most], jobs, float(total))
    return EndedJobs(by_state, seconds)


def failed_scheduled_jobs(session: Session) -> dict[str, bool]:
    """Of every job of the calendar: whether it is among `failing_jobs`, or a run failed within the last hour, since
    missed days follow each other within seconds. One that is queued again is no failure. One statement, from indexes.
    """
    recent = Job.finished_at > datetime.now(UTC) - FAILURE_TOLD_FOR
    statement = select(Job.kind).where(Job.state == JobState.FAILED, or_(_ended_last(), recent)).distinct()
    failed = set(session.scalars(statement))
    return {scheduled.code: scheduled.kind in failed for scheduled in SCHEDULE}


def failing_jobs(session: Session) -> Sequence[Job]:
    """Failed runs of the calendar after which no run of the same job went well, the oldest first; one statement."""
    failing = select(Job).where(Job.state == JobState.FAILED, _ended_last())
    return session.scalars(failing.order_by(Job.id)).all()


def claims_by_year(session: Session) -> dict[str, int]:
    """How many numbers are claimed in each plan year; reads the register's index, so ask seldom."""
    by_year = select(Claim.plan_year, func.count()).group_by(Claim.plan_year)
    return {row.plan_year: row[1] for row in session.execute(by_year)}


def notices_by_code(session: Session, codes: Sequence[str]) -> dict[str, int]:
    """How many notices of these codes were given in time; 0 for one that never was. It reads them all: ask seldom."""
    given_in_time = (Notice.code.in_(codes), Notice.only_on_page.is_(False))
    statement = select(Notice.code, func.count()).where(*given_in_time).group_by(Notice.code)
    given = {row.code: row[1] for row in session.execute(statement)}
    return {code: given.get(code, 0) for code in codes}


def seconds_since_beat(session: Session) -> float | None:
    """How long ago beat ticked last; None: never."""
    return seconds_since_heartbeat(session, BEAT)


def _ended_last() -> ColumnElement[bool]:
    """The run of each job of the calendar that went well or failed last; what is under way or was cancelled is none."""
    latest, run = aliased(Job), aliased(Job)
    ended = (
        select(run.id)
        .where(run.kind == latest.kind, run.id <= latest.id, run.state.in_((JobState.DONE, JobState.FAILED)))
        .order_by(run.id.desc())
        .limit(1)
        .correlate(latest)
        .scalar_subquery()
    )
    return Job.id.in_(select(ended).select_from(ScheduledJob).join(latest, latest.id == ScheduledJob.job_id))


def _one_if(condition: ColumnElement[bool]) -> Any:
    return case((and_(condition, Job.state == JobState.DONE), 1), else_=0)
