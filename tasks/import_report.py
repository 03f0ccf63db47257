"""标注文件: the rows to mend, as a workbook in the template's layout, made by a worker and kept with the import."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.actions.batch_change import ROW_LOCK
from models.queries.imports import rows_to_mend
from models.records.batch import Batch
from models.records.database import reading, writing
from models.records.job import JobState
from models.records.roster_import import RosterImport
from models.rules.lifecycle import BatchState
from tasks.app import app
from tasks.jobs import Lease, run
from tasks.workbook.report import MarkedRow, marked_workbook


@app.task(name="roster.report")
def make_report(job_id: int) -> None:
    """May be delivered any number of times: the lease decides."""
    run(job_id, _make)


def _make(lease: Lease) -> None:
    lease.begin_stage("report")
    with reading() as session:
        asked_by = select(RosterImport.id).where(RosterImport.report_job_id == lease.job_id)
        import_id = session.scalars(asked_by).one_or_none()
        rows = [] if import_id is None else rows_to_mend(session, import_id)
    workbook = marked_workbook([MarkedRow(typed, findings) for typed, findings in rows])
    with writing() as session:
        lease.fence(session)
        if import_id is not None:
            _keep(session, lease, import_id, workbook)
        session.flush()
        lease.finish(session, JobState.DONE)


def _keep(session: Session, lease: Lease, import_id: int, workbook: bytes) -> None:
    """Of a deleted batch nothing is kept. Where a row was corrected meanwhile, this workbook is stale, and another is
    made when it is asked for.
    """
    batch = session.get_one(Batch, lease.batch_id, with_for_update=ROW_LOCK)
    upload = session.get_one(RosterImport, import_id, with_for_update={"of": RosterImport})
    if upload.report_job_id == lease.job_id and batch.state != BatchState.DELETED:
        upload.store_report(workbook)
