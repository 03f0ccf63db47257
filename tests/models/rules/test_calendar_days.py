"""Days before and after, across the ends of months and of weeks (DOMAIN 13)."""

from datetime import date, datetime, time, timedelta

import pytest

from config.clock import SHANGHAI
from models.rules.calendar_days import (
    closing_moments,
    closing_text,
    days_untouched,
    deadline_text,
    first_within,
    last_day,
    moment_on,
    moments_before,
    payment_moments,
    waiting_too_long,
    working_days,
)

NINE = time(9)
SECOND = timedelta(seconds=1)


def at(month: int, day: int, hour: int = 9, minute: int = 0) -> datetime:
    return datetime(2020, month, day, hour, minute, tzinfo=SHANGHAI)


def test_days_are_counted_over_the_end_of_february_in_a_leap_year():
    assert moments_before(date(2020, 3, 1), [1, 3], NINE) == {at(2, 29), at(2, 27)}


def test_days_before_a_closing_are_counted_from_its_day_whatever_its_hour():
    assert closing_moments(at(5, 11, 17), [10, 5, 3, 1], NINE) == {at(5, 1), at(5, 6), at(5, 8), at(5, 10)}


def test_what_ends_at_midnight_has_the_day_before_as_its_last():
    midnight = at(5, 12, 0)
    assert (last_day(midnight - SECOND), last_day(midnight)) == (date(2020, 5, 11), date(2020, 5, 11))
    assert last_day(midnight + SECOND) == date(2020, 5, 12)
    assert closing_moments(midnight, [1], NINE) == {at(5, 10)}


def test_nobody_is_reminded_on_the_last_day_once_it_is_over():
    assert closing_moments(at(5, 11, 9), [0, 1], NINE) == {at(5, 10)}
    assert closing_moments(at(5, 11, 9, 1), [0, 1], NINE) == {at(5, 10), at(5, 11)}


def test_a_payment_is_reminded_of_before_on_the_day_and_daily_until_the_cut_off():
    moments = payment_moments(date(2020, 5, 30), date(2020, 6, 2), [5, 3, 1, 0], NINE)
    assert sorted(moments) == [at(5, 25), at(5, 27), at(5, 29), at(5, 30), at(5, 31), at(6, 1), at(6, 2)]


def test_a_cut_off_on_the_day_leaves_nothing_to_be_late_for():
    assert max(payment_moments(date(2020, 5, 26), date(2020, 5, 26), [1, 0], NINE)) == at(5, 26)


def test_a_cut_off_before_the_day_is_what_is_due():
    assert payment_moments(date(2020, 5, 26), date(2020, 5, 20), [1, 0], NINE) == {at(5, 19), at(5, 20)}


def test_the_first_moment_is_behind_the_last_run_and_not_ahead_of_now():
    moments = [at(5, 3), at(5, 1), at(5, 2)]
    assert first_within(moments, at(5, 1), at(5, 2)) == at(5, 2)
    assert first_within(moments, at(5, 1), at(5, 2) - SECOND) is None
    assert first_within(moments, at(5, 1) - SECOND, at(5, 3)) == at(5, 1)


def test_untouched_days_begin_at_midnight_in_shanghai():
    evening = at(4, 30, 23, 59)
    assert days_untouched(evening, at(5, 3)) == 3
    assert days_untouched(evening + timedelta(minutes=1), at(5, 3)) == 2


@pytest.mark.parametrize(
    ("submitted", "days"),
    [
        (date(2020, 5, 11), 3),  # Monday
        (date(2020, 5, 8), 4),  # Friday
        (date(2020, 5, 9), 4),  # Saturday
        (date(2020, 5, 10), 4),  # Sunday
        (date(2020, 5, 14), 0),
        (date(2020, 5, 20), 0),
    ],
)
def test_working_days_leave_out_the_weekend_and_the_day_itself(submitted, days):
    assert working_days(submitted, date(2020, 5, 14)) == days


@pytest.mark.parametrize(
    ("submitted", "first_day"),
    [
        (at(5, 8), date(2020, 5, 13)),  # Friday: Monday and Tuesday are allowed
        (at(5, 9), date(2020, 5, 13)),  # Saturday
        (at(5, 10, 23, 59), date(2020, 5, 13)),  # Sunday
        (at(5, 11, 0), date(2020, 5, 14)),  # Monday
        (at(5, 13), date(2020, 5, 18)),  # Wednesday: not on Saturday or Sunday yet
        (at(4, 29), date(2020, 5, 4)),  # Wednesday before the end of a month; holidays are days like others
    ],
)
def test_two_working_days_are_allowed_after_the_day_of_submission(submitted, first_day):
    days = [first_day + timedelta(days=number) for number in range(-6, 6)]
    assert [day for day in days if submitted < waiting_too_long(day, 2)] == [day for day in days if day >= first_day]


def test_without_allowance_the_next_working_day_is_too_long():
    assert waiting_too_long(date(2020, 5, 11), 0) == at(5, 11, 0)


def test_a_whole_day_is_told_as_a_day_and_an_hour_as_an_hour():
    assert deadline_text(at(5, 27, 0)) == "2020-05-26"
    assert deadline_text(at(5, 26, 17)) == "2020-05-26 17:00"


def test_midnight_closes_the_day_before() -> None:
    assert closing_text(moment_on(date(2020, 5, 27), time())) == "2020-05-26 24:00"
    assert closing_text(moment_on(date(2020, 5, 11), time(17))) == "2020-05-11 17:00"
