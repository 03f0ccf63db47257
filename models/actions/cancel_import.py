"""取消导入: while it waits or runs; afterwards there is nothing to cancel."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from models.actions.permit import permit
from models.records.job import Job, JobState
from models.records.viewer import Viewer
from models.rules.permissions import Action


def cancel_import(session: Session, viewer: Viewer, job_id: int) -> JobState:
    """Cancel a job of the viewer's: at once while queued, at the worker's next tick while running.

    The caller has looked the import up for this viewer. Returns the job's state; a finished job is left as it is.
    """
    permit(viewer, Action.WORK_ON_BATCH)
    queued = update(Job).where(Job.id == job_id, Job.state == JobState.QUEUED)
    session.execute(
        queued.values(
            state=JobState.CANCELLED, code="JOB-002", cancel_requested=True, finished_at=datetime.now(UTC)
        ).execution_options(synchronize_session=False)
    )
    running = update(Job).where(Job.id == job_id, Job.state == JobState.RUNNING)
    session.execute(running.values(cancel_requested=True).execution_options(synchronize_session=False))
    return JobState(session.get_one(Job, job_id, populate_existing=True).state)
