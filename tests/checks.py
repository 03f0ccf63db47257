"""清册校验 and 清册提交 by their jobs, and what they leave behind, for tests."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select, update

from config.pledge import pledge
from models.actions.move_clock import move_clock
from models.actions.promise import promise
from models.actions.queue_check import queue_submission, queue_validation
from models.records.batch import Batch
from models.records.database import reading, writing
from models.records.job import Job, JobState
from models.records.person import BatchPerson
from models.records.reference import SiPerson, SiUnit
from models.records.sealing import id_digest
from models.records.validation import ValidationFinding, ValidationReport
from models.rules.person import EmploymentStatus, Person
from tasks.queues import people_queue
from tasks.roster_check import submit, validate
from tests.records import BatchOf


@dataclass(frozen=True, slots=True)
class ReportOf:
    """A stored report: each finding as check, code and whom it is about."""

    passed: bool
    roster_version: int
    found: list[tuple[str, str, str | None]]
    values: list[Mapping[str, Any]]
    ratios: list[dict[str, Any]]

    @property
    def blocking(self) -> list[tuple[str, str, str | None]]:
        """What stands in the way, without the notice that nobody has a 社保编码, which most tests' people have not."""
        return [each for each in self.found if each[1] != "VAL-009"]


def asked_to_validate(batch: BatchOf, *, now: datetime | None = None) -> int:
    """The job of a 清册校验 that was asked for, committed; nobody does it yet."""
    with writing() as session:
        return queue_validation(session, batch.viewer, batch.batch_no, now or batch.now, people_queue).id


def asked_to_submit(batch: BatchOf, *, now: datetime | None = None) -> int:
    """The same of a 清册提交."""
    with writing() as session:
        version, at = pledge().version, now or batch.now
        return queue_submission(session, batch.viewer, batch.batch_no, version, at, people_queue).id


def the_job(job_id: int) -> Job:
    """A job as it is now."""
    with reading() as session:
        return session.get_one(Job, job_id)


def validated(batch: BatchOf, *, now: datetime | None = None) -> ReportOf:
    """清册校验, asked for and done."""
    return _done(batch, validate, asked_to_validate(batch, now=now))


def submitted_by_job(batch: BatchOf, *, now: datetime | None = None) -> ReportOf:
    """清册提交, asked for and done."""
    return _done(batch, submit, asked_to_submit(batch, now=now))


def the_report(batch: BatchOf) -> ReportOf:
    """The last report of a batch, which must have one."""
    found = select(ValidationFinding).where(ValidationFinding.batch_id == batch.batch_id).order_by(ValidationFinding.id)
    with reading() as session:
        report = session.get_one(ValidationReport, batch.batch_id)
        findings = session.scalars(found).all()
    told = [(each.check, each.code, each.values["name"] if each.person_id else None) for each in findings]
    return ReportOf(report.passed, report.roster_version, told, [each.values for each in findings], report.ratios)


def report_exists(batch: BatchOf) -> bool:
    """Whether anything was found of this batch."""
    with reading() as session:
        return session.get(ValidationReport, batch.batch_id) is not None


def insured_as(batch: BatchOf, code: str | None, *names: str) -> None:
    """The people of these names on the roster, or everybody, have this 社保编码."""
    change = update(BatchPerson).where(BatchPerson.batch_id == batch.batch_id).values(si_unit_code=code)
    with writing() as session:
        session.execute(change.where(BatchPerson.name.in_(names)) if names else change)


def unit_total(code: str, total: int) -> None:
    """So many people in service has the unit of this 社保编码."""
    with writing() as session:
        session.merge(SiUnit(si_unit_code=code, in_service_total=total, as_of=date(2020, 3, 31)))


def register_says(
    person: Person, status: EmploymentStatus, code: str | None = "31018801", personal_si_no: str | None = "310100000001"
) -> None:
    """The social-insurance register says this of the person from now on."""
    digest = id_digest(person.id_no)
    values = {"name": person.name, "status": status, "si_unit_code": code, "personal_si_no": personal_si_no}
    with writing() as session:
        known = session.scalars(select(SiPerson).where(SiPerson.id_digest == digest)).one_or_none()
        if known is None:
            known = SiPerson(id_digest=digest, as_of=date(2020, 3, 31), **values)
            session.add(known)
        for name, value in values.items():
            setattr(known, name, value)


def clock_shows(now: datetime) -> None:
    """Move the business clock."""
    with writing() as session:
        move_clock(session, now)


def ticked(batch: BatchOf, name: str) -> None:
    """医保享受在职待遇 of the person of this name."""
    named = select(BatchPerson.id).where(BatchPerson.batch_id == batch.batch_id, BatchPerson.name == name)
    with writing() as session:
        promise(session, batch.viewer, batch.batch_no, session.scalars(named).one(), True, batch.now)


def batch_has(batch: BatchOf, **values: Any) -> None:
    """Set columns of the batch's row."""
    with writing() as session:
        session.execute(update(Batch).where(Batch.id == batch.batch_id).values(**values))


def _done(batch: BatchOf, task: Any, job_id: int) -> ReportOf:
    task(job_id)
    job = the_job(job_id)
    assert job.state == JobState.DONE, (job.state, job.code, job.values)
    return the_report(batch)
