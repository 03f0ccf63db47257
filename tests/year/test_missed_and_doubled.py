"""The year once more with a bell that was dead for ten days, and with two at once: the same end, nobody told twice."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from sqlalchemy import select

from models.actions.calendar.begin import begin_next
from models.actions.calendar.schedule import BY_KIND
from models.actions.move_clock import move_clock
from models.records.database import reading, writing
from models.records.job import UNFINISHED_IN_SQL, Job
from tasks import calendar
from tasks.queues import CALENDAR
from tests.quick_passwords import quick_passwords
from tests.scheduled import calendar_at, run_calendar
from tests.year.expected import CENTRAL_CLOSE, LAST_DAY, PAID_BY, moment
from tests.year.steps import differences_at_the_end, steps
from tests.year.stories import DAY, FEWER_UNITS, units
from tests.year.town import TEN, Town

__all__ = ["quick_passwords"]

DEAD_FROM = (CENTRAL_CLOSE - 5 * DAY, PAID_BY - 6 * DAY)
"""Once over the close of the window, once over the end of payment."""
DEAD_DAYS = 10


def beat_is_dead(day: date) -> bool:
    return any(first <= day < first + DEAD_DAYS * DAY for first in DEAD_FROM)


@pytest.mark.timeout(1200)
def test_after_ten_days_without_a_bell_the_year_ends_the_same(database: str) -> None:
    town = Town(units(FEWER_UNITS))
    assert not [day for unit in town.units for day in unit.acts if beat_is_dead(day)]
    for day in steps(town):
        if not beat_is_dead(day):
            calendar_at(moment(day, TEN))
        town.act(day)
    calendar_at(moment(LAST_DAY, 23, 59))
    assert differences_at_the_end(town) == []


@pytest.mark.timeout(1200)
def test_with_two_bells_and_two_deliveries_at_once_the_year_ends_the_same(database: str) -> None:
    town = Town(units(FEWER_UNITS))
    with ThreadPoolExecutor(2) as bells:
        for day in steps(town):
            with writing() as session:
                move_clock(session, moment(day, TEN))
            for bell in [bells.submit(_ring_and_work) for _ in range(2)]:
                bell.result()
            run_calendar()
            town.act(day)
    calendar_at(moment(LAST_DAY, 23, 59))
    assert differences_at_the_end(town) == []


def _ring_and_work() -> None:
    """What a beat and a worker do that are not alone: the job that the other one began is delivered here too."""
    while (job := _begun_or_under_way()) is not None:
        calendar.run_once(BY_KIND[job.kind], job.id)


def _begun_or_under_way() -> Job | None:
    with writing() as session:
        if (job := begin_next(session, CALENDAR)) is not None:
            return job
    with reading() as session:
        return session.scalars(select(Job).where(UNFINISHED_IN_SQL, Job.kind.in_(BY_KIND))).first()
