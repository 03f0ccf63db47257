"""What an operator does to jobs: ends one, or gives a failed one another chance."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from models.records.database import database_seconds
from models.records.job import Job, JobState
from models.rules.refusal import Refused


def cancel_job(session: Session, job_id: int) -> JobState:
    """Cancel a job: at once while queued, at the worker's next tick while running; a finished job is left as it is."""
    queued = update(Job).where(Job.id == job_id, Job.state == JobState.QUEUED)
    session.execute(
        queued.values(
            state=JobState.CANCELLED, code="JOB-002", cancel_requested=True, finished_at=datetime.now(UTC)
        ).execution_options(synchronize_session=False)
    )
    running = update(Job).where(Job.id == job_id, Job.state == JobState.RUNNING)
    session.execute(running.values(cancel_requested=True).execution_options(synchronize_session=False))
    return JobState(session.get_one(Job, job_id, populate_existing=True).state)


def retry_job(session: Session, job_id: int) -> None:
    """Queue a failed job again, with all its attempts. Refused SYS-004 for a job in any other state."""
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
        raise Refused("SYS-004")
