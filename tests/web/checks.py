"""Rosters that are checked and submitted by the buttons of their pages, the worker's part done in this process."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select
from werkzeug.test import TestResponse

from models.records.batch import Batch
from models.records.database import reading, writing
from models.records.job import Job
from models.records.person import BatchPerson
from models.records.reference import SiPerson, SiUnit
from models.records.sealing import id_digest
from models.rules.person import EmploymentStatus, Sex
from tasks.roster_check import submit, validate
from tests.builders import resident_id
from tests.web.conftest import Browser, imported
from tests.web.forms import field
from tests.workbooks import some_people

SIXTY, FIFTY_FIVE = date(1960, 4, 1), date(1965, 4, 1)
"""Over age on the first day of cover of 2020, by a day."""


def over_age_rows(count: int = 2, has_si: str = "是") -> list[tuple[str, ...]]:
    """Rows of men who turn sixty on the day on which the cover begins: 老甲, 老乙, …"""
    return [
        (f"老{'甲乙丙丁戊己庚辛'[number]}", "身份证", resident_id(SIXTY, Sex.MALE, number + 1), "", "", "", has_si)
        for number in range(count)
    ]


def insured(row: tuple[str, ...], code: str, status: EmploymentStatus = EmploymentStatus.IN_SERVICE) -> None:
    """The social-insurance register knows whom a row names."""
    with writing() as records:
        records.add(
            SiPerson(
                id_digest=id_digest(row[2]), name=row[0], personal_si_no="310000000000001", si_unit_code=code,
                status=status, as_of=date(2020, 3, 31),
            )
        )  # fmt: skip


def headcount(code: str, total: int) -> None:
    """How many people in service a 社保编码 has."""
    with writing() as records:
        records.add(SiUnit(si_unit_code=code, in_service_total=total, as_of=date(2020, 3, 31)))


def check_jobs(batch_no: str) -> list[Job]:
    """清册校验 and 清册提交 that were asked for, in their order."""
    with reading() as records:
        of_batch = select(Job).join(Batch, Batch.id == Job.batch_id).where(Batch.batch_no == batch_no)
        return list(
            records.scalars(of_batch.where(Job.kind.in_(("roster.validate", "roster.submit"))).order_by(Job.id))
        )


def batch_now(batch_no: str) -> Batch:
    """The batch as it is stored."""
    with reading() as records:
        return records.scalars(select(Batch).where(Batch.batch_no == batch_no)).one()


def work_on_checks(batch_no: str) -> None:
    """Do what a worker does with the last one of them."""
    job = check_jobs(batch_no)[-1]
    (validate if job.kind == "roster.validate" else submit)(job.id)


def checked(browser: Browser, batch_no: str, tab: str = "") -> TestResponse:
    """Press 清册校验 and have it done; returns the report."""
    answer = browser.post(f"/batches/{batch_no}/validation", f"/batches/{batch_no}/roster")
    assert answer.status_code == 303
    work_on_checks(batch_no)
    return browser.get(f"/batches/{batch_no}/validation?tab={tab}")


def a_failed_check(browser: Browser, code: str) -> str:
    """A central batch of this code whose report has something in most of its tabs; returns its number."""
    batch_no = browser.open_batch(code)
    rows = some_people(4, first=300)
    insured(rows[1], "31018801")
    insured(rows[2], "31018802")
    insured(rows[3], "31018801", EmploymentStatus.RETIRED)
    headcount("31018801", 3)
    imported(browser, batch_no, [*rows, *over_age_rows(), *over_age_rows(3, has_si="否")[2:]])
    promised(browser, batch_no, ids_by_name()["老甲"])
    checked(browser, batch_no)
    return batch_no


def pledge_fields(browser: Browser, batch_no: str) -> dict[str, str]:
    """What the pledge sends along, with the tick."""
    page = browser.get(f"/batches/{batch_no}/submission")
    return {name: field(page, name) for name in ("version", "pledge_version")} | {"agreed": "1"}


def submitted(browser: Browser, batch_no: str) -> TestResponse:
    """Agree to the pledge, press 确认提交 and have it done; returns the page."""
    answer = browser.post(f"/batches/{batch_no}/submission", **pledge_fields(browser, batch_no))
    assert answer.status_code == 303
    work_on_checks(batch_no)
    return browser.get(answer.location)


def promised(browser: Browser, batch_no: str, person_id: int, *, keep: bool = True) -> TestResponse:
    """Press 确定 in the sheet of one person's promise."""
    address = f"/batches/{batch_no}/people/{person_id}/promise"
    version = field(browser.get(address), "version")
    return browser.post(address, promised="1" if keep else "0", version=version)


def ids_by_name() -> dict[str, int]:
    """Everybody on every roster."""
    with reading() as records:
        return {person.name: person.id for person in records.scalars(select(BatchPerson))}
