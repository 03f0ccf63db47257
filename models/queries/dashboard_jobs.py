"""Jobs as staff look after them: what became of today's, what has failed, and all of them as a list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, case, func, not_, select
from sqlalchemy.orm import Session

from models.actions.operate_jobs import IS_FILE_AT_FAULT
from models.queries.jobs import JobOf, jobs_with_files
from models.records.job import Job, JobState

HOURS = 24


@dataclass(frozen=True, slots=True)
class JobFilters:
    """What the list is narrowed to; empty means everything."""

    state: str = ""
    kind: str = ""
    ended_since: datetime | None = None
    """The machine's clock."""
    file_at_fault: bool | None = None
    """Only what failed: for a reason of the clerk's file, which only another upload helps, or for any other."""


@dataclass(frozen=True, slots=True)
class JobsPage:
    """One page of the list, `total` over all pages."""

    jobs: Sequence[JobOf]
    total: int


@dataclass(frozen=True, slots=True)
class EndedToday:
    """Jobs that have ended since midnight, by kind and state, and by hour and state."""

    by_kind: Mapping[tuple[str, str], int]
    by_hour: Mapping[tuple[int, str], int]


def ended_today(session: Session, midnight: datetime) -> EndedToday:
    """One statement, which reads today's part of an index."""
    hours = reversed([(hour, midnight + timedelta(hours=hour)) for hour in range(HOURS)])
    hour = case(*((Job.finished_at >= begin, number) for number, begin in hours))
    statement = (
        select(Job.kind, Job.state, hour, func.count())
        .where(Job.finished_at >= midnight)
        .group_by(Job.kind, Job.state, hour)
    )
    by_kind: dict[tuple[str, str], int] = {}
    by_hour: dict[tuple[int, str], int] = {}
    for kind, state, number, jobs in session.execute(statement):
        by_kind[kind, state] = by_kind.get((kind, state), 0) + jobs
        by_hour[number, state] = by_hour.get((number, state), 0) + jobs
    return EndedToday(by_kind, by_hour)


def failed_since(session: Session, since: datetime, limit: int) -> JobsPage:
    """Jobs that failed since then, not for their file, and were not tried again, the latest first; 2 statements."""
    return job_page(session, JobFilters(JobState.FAILED, ended_since=since, file_at_fault=False), 1, limit)


def under_way(session: Session, limit: int) -> Sequence[JobOf]:
    """What runs and what waits, the oldest first; one statement."""
    unfinished = Job.state.in_((JobState.QUEUED, JobState.RUNNING))
    running_first = case((Job.state == JobState.RUNNING, 0), else_=1)
    statement = jobs_with_files().where(unfinished).order_by(running_first, Job.id).limit(limit)
    return [JobOf(*row) for row in session.execute(statement)]


def job_page(session: Session, filters: JobFilters, page: int = 1, size: int = 20) -> JobsPage:
    """Everybody's jobs, the latest first; 2 statements."""
    total = session.execute(_filtered(select(func.count()).select_from(Job), filters)).scalar_one()
    wanted = _filtered(select(Job.id), filters).order_by(Job.id.desc()).limit(size).offset((page - 1) * size)
    statement = jobs_with_files().where(Job.id.in_(wanted)).order_by(Job.id.desc())
    return JobsPage([JobOf(*row) for row in session.execute(statement)], total)


def _filtered(statement: Select[int], filters: JobFilters) -> Select[int]:
    if filters.state:
        statement = statement.where(Job.state == filters.state)
    if filters.kind:
        statement = statement.where(Job.kind == filters.kind)
    if filters.ended_since is not None:
        statement = statement.where(Job.finished_at >= filters.ended_since)
    if filters.file_at_fault is not None:
        is_wanted = IS_FILE_AT_FAULT if filters.file_at_fault else not_(IS_FILE_AT_FAULT)
        statement = statement.where(Job.state == JobState.FAILED, is_wanted)
    return statement
