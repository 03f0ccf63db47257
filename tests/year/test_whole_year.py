"""A whole plan year, day by day, with two hundred units: each day's doings equal a plain list (expected.py)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from sqlalchemy import select

from config.clock import local_date
from models.records.database import reading
from models.records.reconciliation import Reconciliation
from tests.quick_passwords import quick_passwords
from tests.scheduled import calendar_at
from tests.year.expected import FIRST_DAY, LAST_DAY, Day, moment, whole_year
from tests.year.stories import DAY, units
from tests.year.town import TEN, Town

__all__ = ["quick_passwords"]


def days(first: date = FIRST_DAY, last: date = LAST_DAY) -> Iterator[date]:
    """Each of them, the last too."""
    while first <= last:
        yield first
        first += DAY


def differences(town: Town, day: date, expected: Day) -> list[str]:
    """In what this day was not as it should have been."""
    told, found = town.told(day), []
    found += [f"{day}: told, but should not: {each}" for each in (told - expected.told).elements()]
    found += [f"{day}: not told: {each}" for each in (expected.told - told).elements()]
    if (expired := town.expired_on(day)) != expected.expired:
        found.append(f"{day}: expired {sorted(expired)}, should be {sorted(expected.expired)}")
    for what, is_so, should_be in (
        ("claims", town.claims(), expected.claims),
        ("people", town.people(), expected.people),
    ):
        if is_so != should_be:
            found.append(f"{day}: {is_so} {what}, should be {should_be}")
    return found


def nights_with_a_report() -> list[date]:
    """Nights of which the books were compared, each report without a disagreement."""
    with reading() as session:
        reports = session.scalars(select(Reconciliation).order_by(Reconciliation.period)).all()
    assert [report.kind for report in reports if report.disagreeing] == []
    return sorted({local_date(report.period) for report in reports})


@pytest.mark.timeout(1200)
def test_every_day_of_the_year_is_as_the_plain_list_says(database: str) -> None:
    town = Town(units())
    expected = whole_year(town.units, town.reviewers)
    wrong: list[str] = []
    for day in days():
        calendar_at(moment(day, TEN))
        town.act(day)
        calendar_at(moment(day, 23, 59))
        wrong += differences(town, day, expected[day])
        assert len(wrong) < 20, "\n".join(wrong)
    assert wrong == []
    first_batch = min(day for unit in town.units for day in unit.acts)
    # The night of the first day is made up for as soon as there is something to compare.
    assert nights_with_a_report() == list(days(first_batch))
