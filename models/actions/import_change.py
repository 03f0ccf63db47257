"""What changing the result of an import has in common: its batch is locked, and it is one that stored people."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from models.actions.batch_change import batch_to_change
from models.actions.permit import permit
from models.queries.imports import import_seen
from models.records.batch import Batch
from models.records.job import Job, JobState
from models.records.roster_import import RosterImport
from models.records.viewer import Viewer
from models.rules.lifecycle import BatchAction
from models.rules.permissions import Action
from models.rules.refusal import Refused

_UNFIT = {
    JobState.QUEUED: "导入等待中",
    JobState.RUNNING: "导入处理中",
    JobState.FAILED: "导入失败",
    JobState.CANCELLED: "导入已取消",
}


def import_to_change(
    session: Session, viewer: Viewer, import_id: int, action: BatchAction, now: datetime, *, lock_row: bool = True
) -> tuple[RosterImport, Batch]:
    """The import and its batch, both as they are once nobody else changes this roster; `now` is the time of receipt.

    Refused: as `batch_to_change`; BAT-002 for an import that is unfinished, only a check, or undone.
    """
    permit(viewer, Action.WORK_ON_BATCH)
    seen = import_seen(session, viewer, import_id, Action.WORK_ON_BATCH)
    batch = batch_to_change(session, viewer, seen.batch.batch_no, action, now, lock_row=lock_row)
    # Read again under the lock: it may have been undone, or corrected, while this waited.
    session.refresh(seen.upload, with_for_update={"of": RosterImport})
    session.refresh(seen.job)
    refuse_unless_stored(seen.upload, seen.job, action)
    return seen.upload, batch


def refuse_unless_stored(upload: RosterImport, job: Job, action: BatchAction) -> None:
    """Refused BAT-002: the import put nobody on the roster, or not any more."""
    status = _why_not_stored(upload, job)
    if status is not None:
        raise Refused("BAT-002", status=status, action=action.text)


def is_stored(upload: RosterImport, job: Job) -> bool:
    """Whether `refuse_unless_stored` lets it pass, so that changing its result is to be offered."""
    return _why_not_stored(upload, job) is None


def _why_not_stored(upload: RosterImport, job: Job) -> str | None:
    status = _UNFIT.get(JobState(job.state))
    if status is None and upload.check_only:
        status = "仅校验"
    if status is None and upload.undone_at is not None:
        status = "导入已撤销"
    if status is None and upload.erased_at is not None:
        status = "导入明细已清除"
    return status
