"""标注文件 of an import: made by a job, and given to whoever may see its numbers, which is written down."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from models.actions.permit import permit
from models.actions.queue_job import queue_job
from models.queries.imports import import_seen, report_state, to_mend
from models.records.audit import record_act
from models.records.job import Job, JobState
from models.records.roster_import import RosterImport
from models.records.viewer import Viewer
from models.rules.permissions import Action

REPORT_KIND = "roster.report"


def queue_report(session: Session, upload: RosterImport, queue: str, now: datetime) -> Job:
    """A job that makes the marked workbook of an import."""
    job = queue_job(session, REPORT_KIND, queue=queue, batch_id=upload.batch_id, account_id=upload.account_id, now=now)
    upload.report_job_id = job.id
    return job


def ask_for_report(session: Session, viewer: Viewer, import_id: int, queue: str, now: datetime) -> int | None:
    """The job that makes a missing workbook; None where there is nothing to make. Refused AUTH-006, BAT-005.

    The import's row is locked: two requests at once make one job.
    """
    permit(viewer, Action.WORK_ON_BATCH)
    seen = import_seen(session, viewer, import_id, Action.WORK_ON_BATCH)
    upload = session.get_one(RosterImport, import_id, with_for_update={"of": RosterImport}, populate_existing=True)
    if seen.job.state != JobState.DONE or not to_mend(upload) or report_state(session, upload) != "missing":
        return None
    return queue_report(session, upload, queue, now).id


def take_report(session: Session, viewer: Viewer, import_id: int, now: datetime) -> tuple[str, bytes] | None:
    """The file's name and the workbook, for the unit itself: it holds full numbers, so taking it is audited.

    None: it is not ready. Refused AUTH-006, BAT-005.
    """
    permit(viewer, Action.WORK_ON_BATCH)
    seen = import_seen(session, viewer, import_id, Action.WORK_ON_BATCH)
    workbook = seen.upload.report() if seen.job.state == JobState.DONE else None
    if workbook is None:
        return None
    record_act(
        session,
        viewer,
        now,
        "take_report",
        batch_id=seen.batch.id,
        receipt_no=seen.upload.receipt_no,
    )
    return seen.upload.file_name, workbook
