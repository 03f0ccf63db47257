"""Batches whose time runs out, and the calendar that lets them expire, for tests."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy import update

from config.clock import SHANGHAI
from models.actions.calendar.expire_batch import expire_if_over
from models.records.database import writing
from models.records.job import Job
from models.rules.expiry import EXPIRIES
from models.rules.lifecycle import BatchState
from models.rules.plan import EnrolmentType
from tests.builders import a_person, resident_id
from tests.imports import another_batch, the_batch
from tests.records import IN_THE_INSTANT_WINDOW, BatchOf, a_batch_to_fill, people_on
from tests.scheduled import calendar_at, run_calendar
from tests.stages import put_into

CENTRAL_CLOSE = datetime(2020, 5, 11, 17, 0, tzinfo=SHANGHAI)
INSTANT_CLOSE = datetime(2021, 3, 31, 0, 0, tzinfo=SHANGHAI)
SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
WINDOW_CLOSE, PAYMENT_EXPIRY, UNCONFIRMED = (
    f"calendar.{name}" for name in ("window_close", "payment_expiry", "unconfirmed_expiry")
)
PEOPLE = [a_person(name=name, id_no=resident_id(sequence=number)) for number, name in enumerate("甲乙丙")]


def a_central_batch(code: str = "0088D2") -> BatchOf:
    """A central batch of three people."""
    batch = a_batch_to_fill(code)
    people_on(batch, PEOPLE)
    return batch


def an_instant_batch(now: datetime = IN_THE_INSTANT_WINDOW) -> BatchOf:
    """An instant batch of three people, of a unit without a central one."""
    unit = a_batch_to_fill()
    put_into(unit, BatchState.DELETED)
    batch = another_batch(unit.viewer, "0088D2", EnrolmentType.INSTANT, now=now)
    people_on(batch, PEOPLE)
    return batch


def state_of(batch: BatchOf) -> str:
    return str(the_batch(batch).state)


def ran(moment: datetime, kind: str) -> Sequence[datetime]:
    """For which moments this job ran until now, and is done with it."""
    return [_period(job) for job in calendar_at(moment) if job.kind == kind]


def ran_again(kind: str) -> Sequence[datetime]:
    """The same a while later, when what had to wait may be tried again."""
    with writing() as session:
        session.execute(update(Job).values(finished_at=datetime.now(UTC) - 2 * MINUTE))
    return [_period(job) for job in run_calendar() if job.kind == kind]


def over(batch: BatchOf, at: datetime) -> bool:
    """What the calendar does to this one batch at that moment."""
    with writing() as session:
        return expire_if_over(session, batch.batch_id, tuple(EXPIRIES), at, at)


def _period(job: Job) -> datetime:
    assert job.state == "done", (job.kind, job.code, job.values)
    return datetime.fromisoformat(job.params["period"])
