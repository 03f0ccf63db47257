from datetime import date, timedelta

import pytest

from models.rules.coverage import coverage, reference_date, waiting
from models.rules.plan import EnrolmentType
from models.rules.refusal import Refused
from tests.models.rules.plan_years import EXAMPLES, PLAN_2020, PLANS

CENTRAL, INSTANT = EnrolmentType.CENTRAL, EnrolmentType.INSTANT


def iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


@pytest.mark.parametrize(
    "example", EXAMPLES["coverage_and_waiting"], ids=lambda each: f"{each['plan']} {each['roster_submitted_on']}"
)
def test_instant_cover_and_waiting_periods_are_those_of_the_examples(example):
    plan = PLANS[example["plan"]]
    cover = coverage(plan, INSTANT, date.fromisoformat(example["roster_submitted_on"]))
    assert (iso(cover.start), iso(cover.end)) == (example["coverage_start"], example["coverage_end"])
    assert cover.half_price == example["half_price"]
    for group, expected in example["waiting"].items():
        period = waiting(plan, cover, group)
        assert {
            "waiting_days": period.days,
            "waiting_last_day": iso(period.last_day),
            "effective_from": iso(period.effective_from),
            "never_effective": period.never_effective,
        } == expected


@pytest.mark.parametrize("submitted_on", [None, date(2020, 4, 1), date(2020, 11, 1)])
def test_central_cover_is_the_whole_year_at_full_price_whenever_it_is_submitted(submitted_on):
    cover = coverage(PLAN_2020, CENTRAL, submitted_on)
    assert (cover.start, cover.end, cover.half_price) == (date(2020, 4, 1), date(2021, 3, 31), False)
    assert all(waiting(PLAN_2020, cover, group).effective_from == cover.start for group in "ABC")


def test_instant_cover_starts_the_day_after_submission():
    assert coverage(PLAN_2020, INSTANT, date(2020, 5, 12)).start == date(2020, 5, 13)


def test_a_roster_submitted_on_the_last_day_of_cover_is_too_late():
    assert coverage(PLAN_2020, INSTANT, date(2021, 3, 30)).start == date(2021, 3, 31)
    with pytest.raises(Refused, match="WIN-004"):
        coverage(PLAN_2020, INSTANT, date(2021, 3, 31))


def test_a_roster_submitted_before_the_window_is_too_early():
    with pytest.raises(Refused, match="WIN-003"):
        coverage(PLAN_2020, INSTANT, date(2020, 5, 11))


def test_instant_cover_without_a_day_of_submission_is_a_bug():
    with pytest.raises(ValueError, match="day of submission"):
        coverage(PLAN_2020, INSTANT, None)


def test_submitting_on_30_september_halves_the_premium():
    assert not coverage(PLAN_2020, INSTANT, date(2020, 9, 29)).half_price
    assert coverage(PLAN_2020, INSTANT, date(2020, 9, 30)).half_price


def test_ages_of_a_central_roster_are_judged_on_the_first_day_of_cover_whenever_it_is_looked_at():
    for today in (date(2020, 3, 1), date(2020, 4, 20), date(2021, 5, 1)):
        assert reference_date(PLAN_2020, CENTRAL, today) == date(2020, 4, 1)


@pytest.mark.parametrize(
    "today",
    [date(2020, 5, 1), date(2020, 7, 1), date(2021, 3, 31), date(2021, 5, 1)],
    ids=["before the window", "inside it", "on its last day, too late", "after it"],
)
def test_ages_of_an_instant_roster_are_judged_as_of_tomorrow_also_outside_its_window(today):
    assert reference_date(PLAN_2020, INSTANT, today) == today + timedelta(days=1)


@pytest.mark.parametrize("kind", [CENTRAL, INSTANT])
def test_once_cover_is_fixed_ages_are_judged_by_it_for_ever(kind):
    assert reference_date(PLAN_2020, kind, date(2021, 2, 1), date(2020, 7, 2)) == date(2020, 7, 2)


def test_a_reinstated_roster_is_never_too_early_and_its_cover_begins_within_the_year():
    assert coverage(PLAN_2020, INSTANT, date(2020, 5, 1), reinstated=True).start == date(2020, 5, 2)
    assert coverage(PLAN_2020, INSTANT, date(2020, 3, 1), reinstated=True).start == date(2020, 4, 1)
    assert coverage(PLAN_2020, INSTANT, date(2021, 3, 30), reinstated=True).start == date(2021, 3, 31)
    with pytest.raises(Refused, match="WIN-004"):
        coverage(PLAN_2020, INSTANT, date(2021, 3, 31), reinstated=True)
