"""取消导入: while it waits or runs; afterwards there is nothing to cancel."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from models.actions.operate_jobs import cancel_job
from models.actions.permit import permit, refuse_unready_handler
from models.queries.imports import import_seen
from models.records.audit import record_act
from models.records.job import UNFINISHED, JobState
from models.records.viewer import Viewer
from models.rules.permissions import Action


def cancel_import(session: Session, viewer: Viewer, import_id: int, now: datetime) -> JobState:
    """Cancel an import of the viewer's; returns the state of its job. Refused AUTH-006, BAT-005, HDL-001."""
    permit(viewer, Action.WORK_ON_BATCH)
    seen = import_seen(session, viewer, import_id, Action.WORK_ON_BATCH)
    refuse_unready_handler(session, viewer)
    if seen.job.state not in UNFINISHED:
        return JobState(seen.job.state)
    state = cancel_job(session, seen.job.id)
    record_act(
        session,
        viewer,
        now,
        "cancel_import",
        batch_id=seen.batch.id,
        receipt_no=seen.upload.receipt_no,
    )
    return state
