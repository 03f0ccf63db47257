"""What is looked at before a plan year is published."""

from datetime import date

import pytest

from config.plans import plan_data
from models.rules.next_year import a_year_later
from models.rules.plan import PlanYear
from models.rules.plan_check import objections
from tests.models.rules.plan_years import PLAN_2020, PLANS, a_plan, a_tailored_year

TODAY = date(2020, 1, 1)
REAL = {"bank_account": {"name": "收款单位", "number": "31602300008022150", "bank": "银行"}}


def found(plan, published=(), today=TODAY):
    return [(each.code, each.blocks, each.other) for each in objections(plan, published, today)]


def test_of_2020_with_a_real_account_there_is_nothing_to_say():
    assert found(a_plan(**REAL)) == []


def test_an_account_of_noughts_is_no_account():
    assert found(PLAN_2020) == [("no_bank_account", False, "")]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        (
            {
                "central_open_at": "2021-04-01T00:00:00+08:00",
                "central_close_at": "2021-04-30T00:00:00+08:00",
                "central_payment_close_on": "2021-05-20",
            },
            "central_after_cover",
        ),
        ({"instant_open_at": "2020-03-30T00:00:00+08:00"}, "instant_before_cover"),
    ],
)
def test_dates_that_cannot_be_meant_block(changes, code):
    assert (code, True, "") in found(a_plan(**REAL, **changes))


def test_what_blocks_comes_first():
    plan = a_plan(instant_open_at="2020-03-30T00:00:00+08:00")
    assert [blocks for _, blocks, _ in found(plan)] == [True, False, False]


def test_instant_cover_may_begin_with_the_year():
    plan = a_plan(**REAL, instant_open_at="2020-03-31T00:00:00+08:00")
    assert found(plan) == [("instant_before_central_closes", False, "")]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"central_payment_close_on": "2020-05-10"}, "payment_before_central_closes"),
        ({"coverage_end": "2021-06-30"}, "not_twelve_months"),
        ({"half_price_months": 12}, "half_price_outside_cover"),
        ({"half_price_months": 0}, "half_price_outside_cover"),
    ],
)
def test_dates_that_somebody_should_see_do_not_block(changes, code):
    assert found(a_plan(**REAL, **changes)) == [(code, False, "")]


def test_a_central_window_before_the_cover_is_nothing_to_mention():
    codes = [code for code, _, _ in found(PLANS["2024(test)"])]
    assert codes == ["no_bank_account"]


@pytest.mark.parametrize(("today", "told"), [(date(2021, 3, 30), False), (date(2021, 3, 31), True)])
def test_a_year_in_which_nobody_can_enrol_any_more_is_told(today, told):
    assert (("over", False, "") in found(a_plan(**REAL), today=today)) is told


@pytest.mark.parametrize(
    ("start", "end", "told"),
    [
        ("2021-03-31", "2022-03-30", [("covers_overlap", False, "2020")]),
        ("2021-04-01", "2022-03-31", []),
        ("2021-04-02", "2022-04-01", [("gap_before", False, "2020")]),
    ],
)
def test_covers_that_overlap_and_gaps_are_told_and_open_windows_of_two_years_are_not(start, end, told):
    windows = a_year_later(plan_data("2020")) | REAL | {"central_open_at": "2021-03-01T00:00:00+08:00"}
    assert found(PlanYear.from_data(windows | {"coverage_start": start, "coverage_end": end}), [PLAN_2020]) == told


def test_projects_without_benefits_and_tailored_ones_for_nobody_are_named():
    data = a_tailored_year([]) | REAL
    data["projects"]["C3"]["benefits"] = []
    told = found(PlanYear.from_data(data))
    assert told == [("no_benefits", False, "C3"), ("for_nobody", False, "X1")]
