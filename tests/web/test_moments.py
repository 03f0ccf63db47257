"""Moments and days as browsers send them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

import pytest

from config.clock import SHANGHAI
from tests.refusals import refused
from web.moments import day_or_none, moment_or_none, required_day, required_moment


def test_a_moment_is_read_by_shanghais_clock() -> None:
    five = datetime(2020, 5, 20, 17, 0, tzinfo=SHANGHAI)
    assert moment_or_none(" 2020-05-20T17:00 ") == required_moment("2020-05-20T17:00", "截止") == five


def test_a_day_is_read() -> None:
    assert day_or_none(" 2020-06-05 ") == required_day("2020-06-05", "截止") == date(2020, 6, 5)


@pytest.mark.parametrize("typed", ["", " ", "tomorrow", "2020-06-31", "1899-12-31", "3000-01-01"])
def test_what_is_no_day_of_our_calendar_is_no_filter(typed: str) -> None:
    assert day_or_none(typed) is None


@pytest.mark.parametrize("typed", ["", "17:00", "2020-05-20T24:01", "1899-12-31T23:59", "3000-01-01T00:00"])
def test_what_is_no_moment_of_our_calendar_is_none(typed: str) -> None:
    assert moment_or_none(typed) is None


@pytest.mark.parametrize(("typed", "day"), [("1900-01-01", date(1900, 1, 1)), ("2999-12-31", date(2999, 12, 31))])
def test_the_first_and_the_last_day_of_our_calendar_are_read(typed: str, day: date) -> None:
    assert day_or_none(typed) == day


@pytest.mark.parametrize("read", [required_day, required_moment])
def test_a_required_one_that_is_not_typed_is_asked_for(read: Callable[[str, str], date]) -> None:
    with refused("SYS-002", field="截止"):
        read(" ", "截止")


@pytest.mark.parametrize(
    ("read", "typed"),
    [
        (required_day, "2020-06-31"),
        (required_day, "1999-12-31"),
        (required_day, "2101-01-01"),
        (required_moment, "soon"),
        (required_moment, "1999-12-31T23:59"),
        (required_moment, "2101-01-01T00:00"),
    ],
)
def test_a_required_one_that_no_plan_year_can_mean_is_refused(read: Callable[[str, str], date], typed: str) -> None:
    with refused("SYS-003", field="截止"):
        read(typed, "截止")


@pytest.mark.parametrize("typed", ["2000-01-01", "2100-12-31"])
def test_the_years_that_plans_can_be_about_are_taken(typed: str) -> None:
    assert required_day(typed, "截止").isoformat() == typed
