"""撤销本次导入: people whom an import added are removed, updated ones get their former values, in one transaction."""

from __future__ import annotations

from sqlalchemy import select

from models.actions.batch_change import ROW_LOCK, refuse_unless_possible
from models.actions.import_change import refuse_unless_stored
from models.actions.undo_import import UNDO_KIND, take_back
from models.records.batch import Batch
from models.records.database import reading, writing
from models.records.job import Job, JobState
from models.records.roster_import import RosterImport, UndoResult
from models.rules.findings import Outcome
from models.rules.lifecycle import BatchAction
from tasks.app import app
from tasks.jobs import JobFailedError, Lease, run


@app.task(name=UNDO_KIND)
def undo_import(job_id: int) -> None:
    """May be delivered any number of times: the lease decides."""
    run(job_id, take_import_back)


def take_import_back(lease: Lease) -> None:
    """The job itself, as far as it is still this worker's."""
    with reading() as session:
        asked_by = select(RosterImport).where(RosterImport.undo_job_id == lease.job_id)
        upload = session.scalars(asked_by).one_or_none()
    if upload is None:  # an operator has an old one tried again, and the clerk has asked anew since
        raise JobFailedError("JOB-001", reason="已重新申请撤销")
    counts = upload.counts or {}
    lease.begin_stage("undo", counts.get(Outcome.ADDED, 0) + counts.get(Outcome.UPDATED, 0))
    with writing() as session:
        lease.fence(session)
        lease.refuse_if_cancelled(session)
        batch = session.get_one(Batch, upload.batch_id, with_for_update=ROW_LOCK)
        upload = session.get_one(RosterImport, upload.id, with_for_update={"of": RosterImport})
        # An operator may have had a failed one tried again, after the clerk went on without it.
        refuse_unless_possible(session, batch, BatchAction.UNDO_IMPORT, lease.received_at)
        refuse_unless_stored(upload, session.get_one(Job, upload.job_id), BatchAction.UNDO_IMPORT)
        done = take_back(session, upload, batch, lease.account_id, lease.received_at)
        session.flush()
        lease.finish(
            session,
            JobState.DONE,
            "IMP-011",
            a=done[UndoResult.REMOVED],
            b=done[UndoResult.RESTORED],
            c=done[UndoResult.KEPT],
        )
