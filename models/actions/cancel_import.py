"""取消导入: while it waits or runs; afterwards there is nothing to cancel."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from models.actions.operate_jobs import cancel_job
from models.actions.permit import permit
from models.queries.imports import import_seen
from models.records.audit import record_audit
from models.records.job import UNFINISHED, JobState
from models.records.viewer import Viewer
from models.rules.permissions import Action


def cancel_import(session: Session, viewer: Viewer, import_id: int, now: datetime) -> JobState:
    """Cancel an import of the viewer's; returns the state of its job. Refused AUTH-006, BAT-005."""
    permit(viewer, Action.WORK_ON_BATCH)
    seen = import_seen(session, viewer, import_id, Action.WORK_ON_BATCH)
    if seen.job.state not in UNFINISHED:
        return JobState(seen.job.state)
    state = cancel_job(session, seen.job.id)
    record_audit(
        session,
        at=now,
        account_id=viewer.account_id,
        ip=viewer.ip,
        action="cancel_import",
        batch_id=seen.batch.id,
        receipt_no=seen.upload.receipt_no,
    )
    return state
