from datetime import date, timedelta

import pytest

from models.rules.eligibility import (
    STATUTORY_2025,
    WhyNot,
    eligible_text,
    latest_births_over_age,
    limit_reached_on,
    over_age,
    under_age,
    why_not_eligible,
)
from models.rules.months import birthday, months_after
from models.rules.person import EmploymentStatus, Sex
from tests.models.rules.plan_years import EXAMPLES, PLAN_2020, STATUTORY

TRACKS = {"male_60": Sex.MALE, "female_55": Sex.FEMALE}  # female_50 is not used: the programme uses 55 for all women
TABLE = [(TRACKS[track], row) for track in TRACKS for row in EXAMPLES["statutory_retirement_2025_table"][track]]


@pytest.mark.parametrize("example", EXAMPLES["age_limit"], ids=lambda each: f"{each['birth']} {each['reference_date']}")
def test_the_age_limit_is_reached_as_in_the_examples(example):
    birth, sex = date.fromisoformat(example["birth"]), Sex(example["sex"])
    assert limit_reached_on(birth, sex, PLAN_2020).isoformat() == example["limit_reached_on"]
    assert over_age(birth, sex, date.fromisoformat(example["reference_date"]), PLAN_2020) is example["over_age"]


@pytest.mark.parametrize(
    "example",
    [each for each in EXAMPLES["statutory_retirement_2025"] if each["track"] in TRACKS],
    ids=lambda each: f"{each['track']} {each['birth']}",
)
def test_the_statutory_age_of_2025_is_reached_as_in_the_examples(example):
    birth, sex = date.fromisoformat(example["birth"]), TRACKS[example["track"]]
    assert STATUTORY_2025[sex].delay_months(birth) == example["delay_months"]
    assert limit_reached_on(birth, sex, STATUTORY).isoformat() == example["reached_on"]


@pytest.mark.parametrize(("sex", "row"), TABLE, ids=lambda each: each["born_from"] if isinstance(each, dict) else each)
def test_the_table_of_the_law_is_followed_in_the_first_and_last_month_of_each_row(sex, row):
    years, months = map(int, row["age"].removesuffix("m").split("y"))
    for month in filter(None, (row["born_from"], row["born_to"])):
        birth = date.fromisoformat(f"{month}-01")
        assert STATUTORY_2025[sex].delay_months(birth) == row["delay_months"]
        assert limit_reached_on(birth, sex, STATUTORY) == months_after(birth, 12 * years + months)


def test_a_leap_days_child_has_its_birthday_on_28_february_in_common_years():
    assert birthday(date(2004, 2, 29), 16) == date(2020, 2, 29)
    assert birthday(date(2004, 2, 29), 17) == date(2021, 2, 28)


def test_a_month_that_is_too_short_clips_the_day():
    assert months_after(date(2020, 1, 31), 1) == date(2020, 2, 29)
    assert months_after(date(2020, 1, 31), -2) == date(2019, 11, 30)


@pytest.mark.parametrize("plan", [PLAN_2020, STATUTORY], ids=["fixed ages", "statutory ages"])
@pytest.mark.parametrize("reference", [date(2020, 4, 1), date(2021, 2, 28), date(2024, 2, 29), date(2036, 7, 31)])
@pytest.mark.parametrize("sex", Sex)
def test_the_latest_birth_over_age_is_the_last_one_of_which_the_rule_says_so(plan, reference, sex):
    latest = latest_births_over_age(reference, plan)[sex]
    assert over_age(latest, sex, reference, plan)
    assert not any(over_age(latest + timedelta(days=days), sex, reference, plan) for days in range(1, 400))
    assert all(over_age(latest - timedelta(days=days), sex, reference, plan) for days in range(1, 400))


def test_under_age_ends_with_the_sixteenth_birthday():
    assert under_age(date(2004, 4, 2), date(2020, 4, 1), PLAN_2020)
    assert not under_age(date(2004, 4, 1), date(2020, 4, 1), PLAN_2020)
    assert not under_age(date(2003, 12, 31), date(2020, 4, 1), PLAN_2020)
    assert under_age(date(2005, 1, 1), date(2020, 12, 31), PLAN_2020)


@pytest.mark.parametrize(
    ("employment", "occupied", "old", "why_not", "text"),
    [
        ("in_service", False, False, None, "是"),
        ("unknown", False, False, None, "是"),
        ("in_service", False, True, WhyNot.OVER_AGE, "否(超龄)"),
        ("in_service", True, True, WhyNot.OCCUPIED, "否(已被占用)"),
        ("retired", True, True, WhyNot.RETIRED, "否(退休)"),
    ],
)
def test_a_roster_says_the_first_reason_why_somebody_cant_be_insured(employment, occupied, old, why_not, text):
    found = why_not_eligible(EmploymentStatus(employment), occupied=occupied, over_age=old)
    assert (found, eligible_text(found, over_age=old)) == (why_not, text)


@pytest.mark.parametrize(
    ("employment", "occupied", "old", "text"),
    [
        ("in_service", False, True, "是(超龄已承诺)"),
        ("in_service", False, False, "是"),
        ("in_service", True, True, "否(已被占用)"),
        ("retired", False, True, "否(退休)"),
    ],
)
def test_a_promise_makes_up_for_the_age_and_for_nothing_else(employment, occupied, old, text):
    found = why_not_eligible(EmploymentStatus(employment), occupied=occupied, over_age=old, promised=True)
    assert eligible_text(found, over_age=old) == text
