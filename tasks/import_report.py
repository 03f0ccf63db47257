"""标注文件: the rows to mend, as a workbook in the template's layout, made by a worker and kept with the import."""

from __future__ import annotations

from sqlalchemy import select

from models.queries.imports import rows_to_mend
from models.records.database import reading, writing
from models.records.job import JobState
from models.records.roster_import import RosterImport
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
        import_id = session.scalars(select(RosterImport.id).where(RosterImport.report_job_id == lease.job_id)).one()
        rows = [MarkedRow(typed, findings) for typed, findings in rows_to_mend(session, import_id)]
    workbook = marked_workbook(rows)
    with writing() as session:
        lease.fence(session)
        session.get_one(RosterImport, import_id).store_report(workbook)
        session.flush()
        lease.finish(session, JobState.DONE)
