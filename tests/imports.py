"""Rosters that are imported in the test's own process: uploaded, worked on, and read back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload, undefer

from models.actions.check_roster import submit_at_once
from models.actions.correct_rows import Corrected, correct_rows
from models.actions.keep_accounts import add_unit
from models.actions.open_batch import open_batch
from models.actions.undo_import import queue_undo
from models.queries.register import as_person
from models.records.account import Account
from models.records.batch import Batch
from models.records.database import reading, writing
from models.records.job import Job, JobState
from models.records.person import BatchPerson
from models.records.roster_import import ImportFinding, ImportRow, RosterImport
from models.records.viewer import Viewer
from models.rules.person import IdType, Person
from models.rules.plan import EnrolmentType
from tasks.import_report import make_report
from tasks.roster_import.job import import_roster
from tasks.roster_import.undo import undo_import
from tests.records import BatchOf, a_batch_to_fill, an_upload, people_on
from tests.workbooks import Value, a_workbook


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import left behind."""

    upload: RosterImport
    job: Job
    outcomes: dict[int, str]
    """Row -> outcome, without the rows that simply added somebody."""
    codes: dict[int, list[str]]
    """Row -> codes of its findings."""
    findings: Sequence[ImportFinding]

    @property
    def counts(self) -> dict[str, int]:
        """The outcomes that occurred, with their rows."""
        assert self.upload.counts is not None, (self.job.state, self.job.code, self.job.values)
        return {outcome: rows for outcome, rows in self.upload.counts.items() if rows}


def an_import(
    batch: BatchOf,
    rows: bytes | Iterable[Sequence[Value]],
    *,
    check_only: bool = False,
    projects: Sequence[str] | None = None,
    repeat: bool = False,
) -> Imported:
    """Upload these rows (or this file) to the batch and do the job."""
    content = rows if isinstance(rows, bytes) else a_workbook(rows)
    receipt = an_upload(batch, content, check_only=check_only, projects=projects, repeat=repeat)
    import_roster(receipt.job_id)
    return imported(receipt.import_id)


def imported(import_id: int) -> Imported:
    """Read back what an import left behind."""
    with reading() as session:
        upload = session.scalars(
            select(RosterImport)
            .where(RosterImport.id == import_id)
            .options(joinedload(RosterImport.job), undefer(RosterImport.report_sealed))
        ).one()
        rows = session.scalars(select(ImportRow).where(ImportRow.import_id == import_id))
        outcomes = {row.sheet_row: row.outcome for row in rows}
        findings = session.scalars(
            select(ImportFinding).where(ImportFinding.import_id == import_id).order_by(ImportFinding.id)
        ).all()
    codes: dict[int, list[str]] = {}
    for finding in findings:
        codes.setdefault(finding.sheet_row, []).append(finding.code)
    return Imported(upload, upload.job, outcomes, codes, findings)


def corrected(batch: BatchOf, done: Imported, corrections: Mapping[int, tuple[str, ...]]) -> Corrected:
    """Rows of an import corrected in the browser, committed."""
    with writing() as session:
        return correct_rows(session, batch.viewer, done.upload.id, corrections, batch.now)


def undone(batch: BatchOf, done: Imported) -> Imported:
    """撤销本次导入, asked for and done by its job, which must succeed; read back."""
    with writing() as session:
        job_id = queue_undo(session, batch.viewer, done.upload.id, "roster.small", batch.now)
    undo_import(job_id)
    with reading() as session:
        job = session.get_one(Job, job_id)
    assert (job.state, job.code) == (JobState.DONE, "IMP-011"), (job.state, job.code, job.values)
    return imported(done.upload.id)


def marked_workbook_of(done: Imported) -> bytes:
    """The 标注文件 of an import, made by its own job."""
    assert done.upload.report_job_id is not None, "nothing was to mend"
    make_report(done.upload.report_job_id)
    report = imported(done.upload.id).upload.report()
    assert report is not None
    return report


def typed(person: Person) -> tuple[str, ...]:
    """A person as a clerk types them into the template."""
    passport = person.id_type is IdType.PASSPORT
    return (
        person.name,
        person.id_type.text,
        person.id_no,
        person.birth.isoformat() if passport else "",
        person.sex.text if passport else "",
        person.mobile or "",
        "是" if person.has_si else "否",
    )


def roster_of(batch: BatchOf) -> list[Person]:
    """The people on a batch's roster, in the order in which they came."""
    with reading() as session:
        people = session.scalars(
            select(BatchPerson).where(BatchPerson.batch_id == batch.batch_id).order_by(BatchPerson.id)
        )
        return [as_person(person) for person in people]


def the_batch(batch: BatchOf) -> Batch:
    """The batch's row as it is now."""
    with reading() as session:
        return session.get_one(Batch, batch.batch_id)


def another_batch(
    viewer: Viewer, code: str, enrolment_type: EnrolmentType = EnrolmentType.CENTRAL, *, now: datetime
) -> BatchOf:
    """A batch of the same account under a code of its own; an instant one under a code it has already."""
    with writing() as session:
        account = session.get_one(Account, viewer.account_id)
        if enrolment_type is EnrolmentType.CENTRAL:
            add_unit(session, f"上海第{code}号机械有限公司", code, account, now)
        batch = open_batch(session, viewer, code=code, enrolment_type=enrolment_type, now=now)
        return BatchOf(viewer, batch.batch_no, batch.id, now)


def submitted(batch: BatchOf) -> BatchOf:
    """清册提交 of a batch that must pass."""
    with writing() as session:
        done = submit_at_once(session, batch.viewer, batch.batch_no, batch.now)
    assert done.passed, done.findings
    return batch


def a_rival_with(people: Iterable[Person], code: str = "3019BJ") -> BatchOf:
    """Another unit that has enrolled these people."""
    batch = a_batch_to_fill(code)
    people_on(batch, people)
    return submitted(batch)
