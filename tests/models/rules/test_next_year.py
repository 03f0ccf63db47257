"""The next plan year as a copy whose dates are a year later (DOMAIN 13, J09)."""

import pytest

from config.plans import plan_data
from models.rules.next_year import a_year_later, year_before
from models.rules.plan import PlanYear
from models.rules.plan_fields import PlanInvalid


def later(**changes):
    return a_year_later(plan_data("2020") | changes)


def test_every_date_of_2020_is_a_year_later():
    moved = a_year_later(plan_data("2020"))
    dates = {
        "plan_year": "2021",
        "coverage_start": "2021-04-01",
        "coverage_end": "2022-03-31",
        "central_open_at": "2021-04-01T00:00:00+08:00",
        "central_close_at": "2021-05-11T17:00:00+08:00",
        "instant_open_at": "2021-05-12T00:00:00+08:00",
        "central_payment_close_on": "2021-05-26",
    }
    assert moved == plan_data("2020") | dates


def test_the_copy_is_a_plan_year_and_the_copied_one_is_as_it_was():
    data = plan_data("2024")
    assert PlanYear.from_data(a_year_later(data)).half_price_from.isoformat() == "2026-01-01"
    assert data == plan_data("2024")


@pytest.mark.parametrize(
    ("end", "a_year_on"),
    [
        ("2023-02-28", "2024-02-29"),
        ("2024-02-29", "2025-02-28"),
        ("2024-02-28", "2025-02-27"),
        ("2021-03-31", "2022-03-31"),
    ],
)
def test_a_year_that_ends_with_february_ends_with_february(end, a_year_on):
    # 28 February of a leap year is the last day but one, and stays that.
    assert later(coverage_start="2020-03-01", coverage_end=end)["coverage_end"] == a_year_on


def test_cover_that_begins_on_a_leap_day_begins_on_the_28th():
    assert later(coverage_start="2020-02-29", coverage_end="2021-02-28")["coverage_start"] == "2021-02-28"


@pytest.mark.parametrize(
    ("close", "a_year_on"),
    [
        ("2020-02-29T17:00:00+08:00", "2021-02-28T17:00:00+08:00"),
        ("2023-02-28T17:00:00+08:00", "2024-02-29T17:00:00+08:00"),
        ("2020-03-01T00:00:00+08:00", "2021-03-01T00:00:00+08:00"),
    ],
)
def test_a_window_that_closes_with_february_closes_with_february(close, a_year_on):
    assert later(central_open_at="2020-01-01T00:00:00+08:00", central_close_at=close)["central_close_at"] == a_year_on


def test_moments_are_those_of_shanghai():
    assert later(central_close_at="2020-05-11T09:00:00+00:00")["central_close_at"] == "2021-05-11T17:00:00+08:00"


def test_a_year_whose_name_is_no_number_has_no_next():
    with pytest.raises(PlanInvalid, match="four digits"):
        later(plan_year="2020B")


def test_the_year_before_is_the_one_whose_cover_began_last_before():
    plans = [PlanYear.from_data(plan_data(year)) for year in ("2024", "2020")]
    assert [year_before(plans, year) for year in ("2020", "2024")] == [None, "2020"]
