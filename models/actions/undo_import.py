"""撤销本次导入: asked for, and done by a job (DOMAIN 7.5)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Boolean, bindparam, delete, update
from sqlalchemy.orm import Session

from models.actions.batch_change import mark_roster_changed, refuse_if_stale
from models.actions.import_change import import_to_change
from models.actions.promise import promises_of_people_in_service
from models.actions.queue_job import queue_job
from models.queries.undo import UndoStep, undo_steps
from models.records.audit import record_act, record_audit
from models.records.batch import Batch
from models.records.bulk import CHUNK, bulk_insert
from models.records.job import UNFINISHED, Job
from models.records.person import BatchPerson
from models.records.roster_import import RosterImport, UndoLine, UndoResult
from models.records.viewer import Viewer
from models.rules.lifecycle import BatchAction

UNDO_KIND = "roster.undo"

LINE_COLUMNS = ("import_id", "sheet_row", "name", "result", "reason", "later_receipt_no")


def queue_undo(
    session: Session, viewer: Viewer, import_id: int, queue: str, now: datetime, *, version: int | None = None
) -> int:
    """The job that takes the import back, the same one while it waits or runs; ring for it after the commit.

    `now` is the time of receipt, business clock. Refused: as `batch_to_change`, IMP-010 once the roster is submitted;
    BAT-002 for an import that is unfinished, only a check, or undone; BAT-004 for a stale `version` of the batch.
    """
    # Like an upload it needn't wait for an import that is just being stored: its job takes its turn.
    upload, batch = import_to_change(session, viewer, import_id, BatchAction.UNDO_IMPORT, now, lock_row=False)
    refuse_if_stale(batch, version)
    asked = session.get(Job, upload.undo_job_id) if upload.undo_job_id else None
    if asked is not None and asked.state in UNFINISHED:
        return asked.id
    job = queue_job(
        session,
        UNDO_KIND,
        queue=queue,
        batch_id=batch.id,
        account_id=viewer.account_id,
        now=now,
        writes_roster=True,
    )
    upload.undo_job_id = job.id
    record_act(
        session,
        viewer,
        now,
        "ask_to_undo_import",
        batch_id=batch.id,
        receipt_no=upload.receipt_no,
    )
    return job.id


def take_back(
    session: Session, upload: RosterImport, batch: Batch, account_id: int | None, now: datetime
) -> dict[UndoResult, int]:
    """Remove and restore people, and write down what was done with each; returns how many of each result.

    The caller has locked the batch and asked whether its roster may be changed.
    """
    steps, _ = undo_steps(session, upload)
    removed = [step.person_id for step in steps if step.line.result is UndoResult.REMOVED]
    restored = [step for step in steps if step.line.result is UndoResult.RESTORED]
    for start in range(0, len(removed), CHUNK):
        gone = delete(BatchPerson).where(BatchPerson.id.in_(removed[start : start + CHUNK]))
        session.execute(gone, execution_options={"synchronize_session": False})
    _restore(session, restored)
    bulk_insert(session, UndoLine, LINE_COLUMNS, [_line(upload.id, step) for step in steps])
    counts = {
        UndoResult.REMOVED: len(removed),
        UndoResult.RESTORED: len(restored),
        UndoResult.KEPT: len(steps) - len(removed) - len(restored),
    }
    if removed or restored:
        mark_roster_changed(batch, BatchAction.UNDO_IMPORT, now)
    upload.undone_at, upload.undo_counts = now, {str(result): people for result, people in counts.items()}
    record_audit(
        session,
        at=now,
        account_id=account_id,
        action="undo_import",
        batch_id=batch.id,
        receipt_no=upload.receipt_no,
        people=upload.undo_counts,
    )
    return counts


def _restore(session: Session, steps: list[UndoStep]) -> None:
    if not steps:
        return
    statement = (
        update(BatchPerson)
        .where(BatchPerson.id == bindparam("person"))
        .values(
            mobile=bindparam("old_mobile"),
            has_si=bindparam("old_si"),
            employment_status=bindparam("old_status"),
            **promises_of_people_in_service(bindparam("old_si", type_=Boolean())),
        )
    )
    values = [
        {
            "person": step.person_id,
            "old_mobile": step.before["mobile"],
            "old_si": step.before["has_si"],
            "old_status": step.before["employment_status"],
        }
        for step in steps
    ]
    session.connection().execute(statement, values)


def _line(import_id: int, step: UndoStep) -> tuple[int, int, str, str, str | None, str | None]:
    line = step.line
    reason = str(line.reason) if line.reason else None
    return import_id, line.sheet_row, line.name, str(line.result), reason, line.later_receipt_no
