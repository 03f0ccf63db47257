"""How far a job has come, from its own row and the queue before it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.records.database import database_seconds
from models.records.job import UNFINISHED, Job, JobState

IMPORT_STAGES = {"read": 10, "validate": 25, "dedupe": 45, "price": 10, "store": 10}
"""The stages of an import and their share of the whole, in percent; 100 is reached only after the commit."""

MEASURED_SECONDS = 3
"""Below this nothing is said about the time left: it would be a guess."""


@dataclass(frozen=True, slots=True)
class StageSeen:
    """One stage of an import: `state` is done, running or waiting; rows and seconds as far as known."""

    stage: str
    state: str
    done: int
    total: int | None
    seconds: float | None


@dataclass(frozen=True, slots=True)
class Progress:
    """A job as the page shows it."""

    job: Job
    percent: int
    stages: Sequence[StageSeen]
    rows_per_second: float | None
    seconds_left: int | None
    ahead: int
    """Files before this one in its queue, the one being worked on included."""
    found: dict[str, int]


def progress(session: Session, job: Job) -> Progress:
    """How far an import has come; queued jobs count those before them. One statement."""
    before = select(func.count()).select_from(Job).where(Job.queue == job.queue, Job.id < job.id)
    before = before.where(Job.kind == job.kind, Job.state.in_(UNFINISHED))
    now, ahead = session.execute(select(database_seconds(), before.scalar_subquery())).one()
    if job.state != JobState.QUEUED:
        ahead = 0
    stages = _stages(job, now)
    percent = _percent(job, stages)
    rate = _rate(job, now)
    return Progress(job, percent, stages, rate, _seconds_left(job, stages, percent), ahead, _found(job))


def _stages(job: Job, now: float) -> list[StageSeen]:
    finished = {entry["stage"]: entry for entry in (job.progress or {}).get("stages", [])}
    seen = []
    for stage in IMPORT_STAGES:
        if stage in finished:
            entry = finished[stage]
            seen.append(StageSeen(stage, "done", entry["rows"], entry["rows"], entry["seconds"]))
        elif stage == job.stage and job.state == JobState.RUNNING:
            began = job.stage_began or now
            seen.append(StageSeen(stage, "running", job.done, job.total, max(0.0, now - began)))
        else:
            seen.append(StageSeen(stage, "waiting", 0, None, None))
    return seen


def _percent(job: Job, stages: Sequence[StageSeen]) -> int:
    if job.state == JobState.DONE:
        return 100
    share = 0.0
    for seen in stages:
        if seen.state == "done":
            share += IMPORT_STAGES[seen.stage]
        elif seen.state == "running" and seen.total:
            share += IMPORT_STAGES[seen.stage] * min(1.0, seen.done / seen.total)
    return min(99, int(share))


def _rate(job: Job, now: float) -> float | None:
    if job.state != JobState.RUNNING or not job.done or job.stage_began is None:
        return None
    return job.done / max(0.05, now - job.stage_began)


def _seconds_left(job: Job, stages: Sequence[StageSeen], percent: int) -> int | None:
    """Time left from the speed measured so far; None until there is enough to measure."""
    if job.state != JobState.RUNNING or percent <= 0:
        return None
    spent = sum(seen.seconds or 0.0 for seen in stages)
    if spent < MEASURED_SECONDS:
        return None
    return max(1, round(spent * (100 - percent) / percent))


def _found(job: Job) -> dict[str, int]:
    found: dict[str, int] = (job.progress or {}).get("found", {})
    return found
