"""读取: the upload from the database, and its rows out of the workbook."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, undefer

from config.clock import local_date
from models.queries.roster import reference_of
from models.records.batch import Batch
from models.records.plan_year import plan_of
from models.records.roster_import import RosterImport
from models.rules.plan import PlanYear
from models.rules.roster import TypedRow
from tasks.jobs import JobFailedError, Lease
from tasks.workbook.reader import read_roster
from tasks.workbook.rejections import RosterRejected


@dataclass(slots=True)
class Work:
    """What an import needs to know, read once; the stages hand on rows and keep nothing here."""

    upload: RosterImport
    batch: Batch
    plan: PlanYear
    content: bytes = field(repr=False)
    notes_ignored: int = 0

    @property
    def today(self) -> date:
        """The business date of receipt."""
        return local_date(self.upload.received_at)

    @property
    def reference(self) -> date:
        """The day on which ages are judged: the start of cover, for a submission on the day of receipt (DOMAIN 8.2)."""
        return reference_of(self.batch, self.plan, self.today)


def load(session: Session, lease: Lease) -> Work:
    """The job's upload with its bytes."""
    upload = session.scalars(
        select(RosterImport)
        .where(RosterImport.job_id == lease.job_id)
        .options(undefer(RosterImport.content_sealed), joinedload(RosterImport.batch).joinedload(Batch.code))
    ).one()
    return Work(upload, upload.batch, plan_of(session, upload.batch.plan_year), upload.content())


def parse(work: Work, lease: Lease) -> list[TypedRow]:
    """The file's rows. JobFailedError: it is refused as a whole, with its IMP code."""
    lease.begin_stage("read")
    try:
        roster = read_roster(work.content, work.plan.roster_import_max_rows, tick=lease.tick)
    except RosterRejected as rejected:
        raise JobFailedError(rejected.code, **rejected.values) from rejected
    work.content, work.notes_ignored = b"", roster.notes_ignored
    lease.report(len(roster.rows))
    return roster.rows
