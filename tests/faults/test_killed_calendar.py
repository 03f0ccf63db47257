"""Workers are killed in the middle of every scheduled job, and once more after its commit: the year ends the same."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from models.actions.calendar.begin import begin_next
from models.actions.calendar.schedule import BY_KIND
from models.actions.move_clock import move_clock
from models.records.account import Account
from models.records.database import reading, writing
from models.records.job import Job, JobState
from models.records.sms_code import SmsCode
from models.rules.permissions import Role
from tasks import calendar
from tasks.doorbell import ring
from tasks.queues import CALENDAR
from tests.faults.conftest import Workers
from tests.faults.outcome import job_of
from tests.faults.processes import wait_for
from tests.renames import registered, staff
from tests.year.expected import FIRST_DAY, LAST_DAY, moment
from tests.year.steps import differences_at_the_end, steps
from tests.year.stories import FEWER_UNITS, units
from tests.year.town import TEN, Town

pytestmark = [pytest.mark.faults, pytest.mark.timeout(1200)]


def test_the_year_ends_the_same_though_workers_die_in_every_job(workers: Workers) -> None:
    town = Town(units(FEWER_UNITS))
    survived: set[str] = set()
    run_all_due(moment(FIRST_DAY, TEN), workers, survived)
    registered(staff(Role.SERVICE_DESK), code=town.units[2].code, now=moment(FIRST_DAY, TEN))  # so that J12 has to do
    leave_an_old_code(town)  # and J11
    for day in steps(town):
        run_all_due(moment(day, TEN), workers, survived)
        town.act(day)
    run_all_due(moment(LAST_DAY, 23, 59), workers, survived)
    assert survived == set(BY_KIND)
    assert differences_at_the_end(town) == []


def leave_an_old_code(town: Town) -> None:
    """A code by SMS of the day before yesterday, which nobody has used."""
    with writing() as session:
        account = session.scalars(select(Account.id).where(Account.email == town.units[0].email)).one()
        sent = datetime.now(UTC) - timedelta(days=2)
        code = SmsCode(account_id=account, phone="14200000001", purpose="handler_profile", code_hash=b"", sent_at=sent)
        session.add(code)


def run_all_due(now: datetime, workers: Workers, survived: set[str]) -> None:
    """Everything that is due, the first job of each kind through two deaths, the others in this process."""
    with writing() as session:
        move_clock(session, now)
    while (job := _begun()) is not None:
        if job.kind in survived:
            calendar.run_once(BY_KIND[job.kind], job.id)
        else:
            die_twice_in(job, workers)
            survived.add(job.kind)


def die_twice_in(job: Job, workers: Workers) -> None:
    ring(job.id)
    first = workers("in-the-middle", stop_at="calendar:1", lease_seconds=2)
    first.wait_until_stopped()
    assert (job_of(job.id).state, job_of(job.id).attempt) == (JobState.RUNNING, 1)
    first.kill()
    second = workers("after-commit", stop_at="after_commit:2", lease_seconds=2)
    second.wait_until_stopped()
    wait_for(lambda: job_of(job.id).state == JobState.DONE, "done by the second worker")
    second.kill()


def _begun() -> Job | None:
    with writing() as session:
        job = begin_next(session, CALENDAR)
        job_id = job.id if job else None
    if job_id is None:
        return None
    with reading() as session:
        return session.get_one(Job, job_id)
