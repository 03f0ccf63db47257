"""What an operator does to jobs: ends one, or gives a failed one another chance."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import and_, case, func, literal, select, update
from sqlalchemy.orm import Session

from models.actions.queue_import import IMPORT_KIND
from models.records.audit import record_audit
from models.records.base import UtcDateTime
from models.records.database import database_seconds
from models.records.job import UNFINISHED, Job, JobState
from models.records.roster_import import RosterImport
from models.records.viewer import Viewer

_OF_ITS_FILE = "IMP-"
"""How the codes begin of which a file is the cause."""
IS_FILE_AT_FAULT = and_(
    Job.state == JobState.FAILED, Job.kind == IMPORT_KIND, func.coalesce(Job.code, "").startswith(_OF_ITS_FILE)
)
"""`file_at_fault` as a condition, for queries."""


class JobNotFailedError(Exception):
    """Only a failed job is tried again."""


class FileAtFaultError(Exception):
    """An import that failed for a reason of its file would only fail again."""


def cancel_job(session: Session, job_id: int) -> JobState:
    """Cancel a job: at once while queued, at the worker's next tick while running; a finished job is left as it is."""
    waits = Job.state == JobState.QUEUED  # one statement: the job may begin, or be given back, between two
    ended_at = literal(datetime.now(UTC), UtcDateTime())
    cancel = update(Job).where(Job.id == job_id, Job.state.in_(UNFINISHED))
    session.execute(
        cancel.values(
            cancel_requested=True,
            state=case((waits, JobState.CANCELLED), else_=Job.state),
            code=case((waits, "JOB-002"), else_=Job.code),
            finished_at=case((waits, ended_at), else_=Job.finished_at),
        ).execution_options(synchronize_session=False)
    )
    return JobState(session.get_one(Job, job_id, populate_existing=True).state)


def cancel_job_as_operator(session: Session, job_id: int, now: datetime, viewer: Viewer | None = None) -> JobState:
    """Cancel a job as `cancel_job`; audited at `now`, business clock, unless it was too late.

    `viewer`: who does it on the page; None: the machine's operator. NoResultFound: there is no such job.
    """
    job = session.get_one(Job, job_id)
    if job.state not in UNFINISHED:
        return JobState(job.state)
    state = cancel_job(session, job_id)
    if state in UNFINISHED or state is JobState.CANCELLED:
        _write_down(session, viewer, "cancel_job", job, now)
    return state


def end_all_leases(session: Session) -> int:
    """No worker holds anything any more, in a database that was restored. Returns how many jobs are unfinished."""
    running = update(Job).where(Job.state == JobState.RUNNING).values(lease_until=0)
    session.execute(running.execution_options(synchronize_session=False))
    return session.execute(select(func.count()).where(Job.state.in_(UNFINISHED))).scalar_one()


def file_at_fault(job: Job) -> bool:
    """Whether it failed for a reason of its file: to try it again is no help."""
    return job.state == JobState.FAILED and job.kind == IMPORT_KIND and (job.code or "").startswith(_OF_ITS_FILE)


def retry_job(session: Session, job_id: int, now: datetime, viewer: Viewer | None = None) -> None:
    """Queue a failed job again, with all its attempts; audited at `now`, business clock.

    `viewer`: as for `cancel_job_as_operator`. NoResultFound: there is no such job. JobNotFailedError: it is in any
    other state. FileAtFaultError: its file was refused as a whole (IMP-…), or was
    erased meanwhile.
    """
    job = session.get_one(Job, job_id)
    if file_at_fault(job):
        raise FileAtFaultError(
            f"job {job_id} failed for a reason of its file ({job.code}) and would fail again:"
            " it takes an upload of a mended file"
        )
    erased = select(RosterImport.id).where(RosterImport.job_id == job_id, RosterImport.erased_at.is_not(None))
    if session.execute(erased).scalar() is not None:
        raise FileAtFaultError(f"the file of job {job_id} was erased: it takes another upload of it")
    failed = update(Job).where(Job.id == job_id, Job.state == JobState.FAILED)
    again = session.execute(
        failed.values(
            state=JobState.QUEUED,
            attempt=0,
            code=None,
            values={},
            cancel_requested=False,
            finished_at=None,
            rung_at=database_seconds(),
        ).execution_options(synchronize_session=False)
    )
    if again.rowcount != 1:  # type: ignore[attr-defined]  # an UPDATE's result has it
        raise JobNotFailedError(f"job {job_id} has not failed: only a failed job is tried again")
    _write_down(session, viewer, "retry_job", job, now)


def _write_down(session: Session, viewer: Viewer | None, action: str, job: Job, now: datetime) -> None:
    record_audit(
        session,
        at=now,
        account_id=viewer.account_id if viewer else None,
        ip=viewer.ip if viewer else None,
        action=action,
        batch_id=job.batch_id,
        job=job.id,
    )
