"""How far a job has come, from its own row and the queue before it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from config.settings import settings
from models.queries.batches import visible_batches
from models.records.account import Account
from models.records.batch import Batch
from models.records.database import database_seconds
from models.records.job import UNFINISHED, Job, JobState
from models.records.roster_import import RosterImport
from models.records.viewer import Viewer
from models.rules.permissions import Action
from models.rules.refusal import Refused

IMPORT_STAGES = {"read": 10, "validate": 25, "dedupe": 45, "price": 10, "store": 10}
"""The stages of an import and their share of the whole, in percent; 100 is reached only after the commit."""

CHECK_STAGES = {"validate": 60, "store": 40}
"""The same of 清册校验 and 清册提交, and of a file of reference data."""

MEASURED_SECONDS = 3
"""Below this nothing is said about the time left: it would be a guess."""

STALLED_SECONDS = 10
"""A worker says that it is alive four times a second; after this long without a word nobody works on the job."""


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
    stalled: bool
    """Nobody works on it at the moment; it is taken up again by itself."""


@dataclass(frozen=True, slots=True)
class JobOf:
    """A job as the operator sees it: whose it is, and which file it is about; None where there is no such thing."""

    job: Job
    import_id: int | None
    receipt_no: str | None
    file_name: str | None
    batch_no: str | None
    account: str | None
    """E-mail."""


def progress(session: Session, job: Job) -> Progress:
    """How far an import has come; queued jobs count those before them. One statement."""
    return progress_of(session, [job])[job.id]


def progress_of(session: Session, jobs: Sequence[Job]) -> dict[int, Progress]:
    """The same of several jobs, by their ids; one statement for all of them."""
    earlier = aliased(Job)
    before = (
        select(func.count())
        .select_from(earlier)
        .where(earlier.queue == Job.queue, earlier.id < Job.id, earlier.kind == Job.kind)
        .where(earlier.state.in_(UNFINISHED))
        .scalar_subquery()
    )
    places = session.execute(
        select(Job.id, database_seconds(), before).where(Job.id.in_([job.id for job in jobs]))
    ).all()
    seen = {job_id: (now, ahead) for job_id, now, ahead in places}
    return {job.id: _progress(job, *seen[job.id]) for job in jobs}


def latest_jobs(session: Session, state: str | None, limit: int) -> list[JobOf]:
    """Everybody's jobs, the latest first, in this state only if one is named; one statement. For the operator."""
    statement = jobs_with_files().order_by(Job.id.desc()).limit(limit)
    if state:
        statement = statement.where(Job.state == state)
    return [JobOf(*row) for row in session.execute(statement)]


def job_of(session: Session, job_id: int) -> JobOf | None:
    """Anybody's job, if there is one; one statement. For the operator."""
    row = session.execute(jobs_with_files().where(Job.id == job_id)).one_or_none()
    return None if row is None else JobOf(*row)


def last_job(session: Session, batch: Batch, *kinds: str) -> Job | None:
    """The last job of these kinds that was asked for; one statement."""
    of_batch = select(Job).where(Job.batch_id == batch.id, Job.kind.in_(kinds))
    return session.scalars(of_batch.order_by(Job.id.desc()).limit(1)).one_or_none()


def job_seen(session: Session, viewer: Viewer, job_id: int) -> Job:
    """A job of a batch whose people the account may see, or one of its own that is of no batch: a batch may have been
    moved to another account. Refused BAT-005: all others look alike.
    """
    reach = and_(Job.batch_id.is_(None), Job.account_id == viewer.account_id)
    try:
        visible = visible_batches(viewer, Action.READ_PEOPLE).with_only_columns(Batch.id)
    except Refused:  # a role that never sees people
        visible = None
    if visible is not None:
        reach = reach | Job.batch_id.in_(visible)
    job = session.scalars(select(Job).where(Job.id == job_id, reach)).one_or_none()
    if job is None:
        raise Refused("BAT-005")
    return job


def jobs_with_files() -> Select[Job, int | None, str | None, str | None, str | None, str | None]:
    """Jobs with what `JobOf` tells of them: an import is about one file, and so are its report and its undoing."""
    upload = RosterImport
    its_jobs = or_(upload.job_id == Job.id, upload.report_job_id == Job.id, upload.undo_job_id == Job.id)
    return (
        select(Job, upload.id, upload.receipt_no, upload.file_name, Batch.batch_no, Account.email)
        .outerjoin(upload, its_jobs)
        .outerjoin(Batch, Batch.id == Job.batch_id)
        .outerjoin(Account, Account.id == Job.account_id)
    )


def _progress(job: Job, now: float, ahead: int) -> Progress:
    stages = _stages(job, now)
    percent = _percent(job, stages)
    stalled = _stalled(job, now)
    return Progress(
        job=job,
        percent=percent,
        stages=stages,
        rows_per_second=None if stalled else _rate(job, now),
        seconds_left=None if stalled else _seconds_left(job, stages, percent),
        ahead=ahead if job.state == JobState.QUEUED else 0,
        found=_found(job),
        stalled=stalled,
    )


def _stalled(job: Job, now: float) -> bool:
    """Every word of the worker prolongs its lease, so the lease's end tells when it spoke last."""
    if job.state != JobState.RUNNING or job.lease_until is None:
        return False
    return now - (job.lease_until - settings().lease_seconds) > STALLED_SECONDS


def _stages(job: Job, now: float) -> list[StageSeen]:
    finished = {entry["stage"]: entry for entry in (job.progress or {}).get("stages", [])}
    seen = []
    for stage in _shares(job):
        if stage in finished:
            entry = finished[stage]
            seen.append(StageSeen(stage, "done", entry["rows"], entry["rows"], entry["seconds"]))
        elif stage == job.stage and job.state == JobState.RUNNING:
            began = job.stage_began or now
            seen.append(StageSeen(stage, "running", job.done, job.total, max(0.0, now - began)))
        else:
            seen.append(StageSeen(stage, "waiting", 0, None, None))
    return seen


def _shares(job: Job) -> dict[str, int]:
    return CHECK_STAGES if job.kind in {"roster.validate", "roster.submit", "reference.load"} else IMPORT_STAGES


def _percent(job: Job, stages: Sequence[StageSeen]) -> int:
    if job.state == JobState.DONE:
        return 100
    share, shares = 0.0, _shares(job)
    for seen in stages:
        if seen.state == "done":
            share += shares[seen.stage]
        elif seen.state == "running" and seen.total:
            share += shares[seen.stage] * min(1.0, seen.done / seen.total)
    return min(99, int(share))


def _rate(job: Job, now: float) -> float | None:
    if job.state != JobState.RUNNING or not job.done or job.stage_began is None:
        return None
    return job.done / max(0.05, now - job.stage_began)


def _seconds_left(job: Job, stages: Sequence[StageSeen], percent: int) -> int | None:
    """Time left from the speed measured so far; None until there is enough to measure, in the current stage too."""
    if job.state != JobState.RUNNING or percent <= 0 or not job.done:
        return None
    spent = sum(seen.seconds or 0.0 for seen in stages)
    if spent < MEASURED_SECONDS:
        return None
    return max(1, round(spent * (100 - percent) / percent))


def _found(job: Job) -> dict[str, int]:
    found: dict[str, int] = (job.progress or {}).get("found", {})
    return found
