"""批次删除: the people and files of a batch are erased; its number stays taken (DOMAIN 10: T09, 12.3)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from models.actions.batch_change import batch_to_change, refuse_if_stale, refuse_while_roster_is_written
from models.actions.roster_report import drop_report
from models.queries.deletion import Erased, erased_with
from models.records.audit import record_act
from models.records.batch import Batch
from models.records.job import UNFINISHED, Job
from models.records.person import BatchPerson
from models.records.roster_import import ImportFinding, ImportRow, RosterImport, UndoLine
from models.records.unit import EnrolmentCode
from models.records.viewer import Viewer
from models.rules.lifecycle import BatchAction, BatchState, transition
from models.rules.refusal import Refused


def delete_batch(
    session: Session, viewer: Viewer, batch_no: str, now: datetime, *, version: int | None = None
) -> Erased:
    """Delete a batch that was never submitted, or was withdrawn; returns what was erased with it.

    What is left says no more than that there was a batch: its number, and in the audit log counts and time. Receipts of
    its uploads stay without name and content, since what the register answered them still counts for its look-ups. A
    code that was bound by a first batch is free again after the account's last one.
    Refused: as `batch_to_change`; BAT-007 while the roster is written or checked, or a file is; BAT-004 for a stale
    `version`.
    """
    batch = batch_to_change(session, viewer, batch_no, BatchAction.DELETE_BATCH, now)
    refuse_while_roster_is_written(session, batch)
    _refuse_while_a_file_is_checked(session, batch)
    refuse_if_stale(batch, version)
    # The code waits for a batch that is just being opened under it, and before this one's state changes: the two would
    # wait for each other otherwise.
    session.refresh(batch.code, with_for_update={"of": EnrolmentCode, "key_share": True})
    erased = erased_with(session, batch)
    _erase_uploads(session, batch, now)
    drop_report(session, batch.id)
    everybody = delete(BatchPerson).where(BatchPerson.batch_id == batch.id)
    session.execute(everybody.execution_options(synchronize_session=False))
    if erased.frees_code:
        batch.code.account_id = batch.code.bound_by = batch.code.bound_at = None
    batch.state = str(transition(BatchAction.DELETE_BATCH, BatchState(batch.state)).to)
    batch.version += 1
    batch.updated_at = now
    record_act(
        session,
        viewer,
        now,
        "delete_batch",
        batch_id=batch.id,
        batch_no=batch.batch_no,
        people=erased.people,
        uploads=erased.uploads,
        code_freed=erased.frees_code,
    )
    return erased


def _refuse_while_a_file_is_checked(session: Session, batch: Batch) -> None:
    """A check writes no roster, but it keeps what it found in the file."""
    checked = select(Job.id).join(RosterImport, RosterImport.job_id == Job.id)
    if session.scalar(checked.where(RosterImport.batch_id == batch.id, Job.state.in_(UNFINISHED)).limit(1)) is not None:
        raise Refused("BAT-007", job="清册导入（仅校验）")


def _erase_uploads(session: Session, batch: Batch, now: datetime) -> None:
    uploads = select(RosterImport.id).where(RosterImport.batch_id == batch.id)
    for table in (ImportFinding, ImportRow, UndoLine):
        session.execute(delete(table).where(table.import_id.in_(uploads)).execution_options(synchronize_session=False))
    session.execute(
        update(RosterImport)
        .where(RosterImport.batch_id == batch.id)
        .values(file_name="", content_sealed=None, report_sealed=None, erased_at=now)
        .execution_options(synchronize_session=False)
    )
