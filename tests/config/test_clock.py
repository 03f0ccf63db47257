from datetime import UTC, date, datetime, timedelta

import pytest

from config.clock import SHANGHAI, BusinessClock, local_date, local_text


def test_without_an_offset_business_time_is_the_machines_in_shanghai():
    now = BusinessClock().now(datetime(2020, 4, 20, 1, 0, tzinfo=UTC))
    assert now == datetime(2020, 4, 20, 9, 0, tzinfo=SHANGHAI)
    assert now.tzinfo is SHANGHAI


def test_a_demonstration_moves_business_time_by_its_offset():
    clock = BusinessClock(timedelta(days=-365))
    assert local_date(clock.now(datetime(2021, 4, 20, 1, 0, tzinfo=UTC))) == date(2020, 4, 20)


def test_a_naive_moment_is_refused():
    with pytest.raises(ValueError, match="aware"):
        BusinessClock().now(datetime(2020, 4, 20, 1, 0))  # noqa: DTZ001 - the point of the test
    with pytest.raises(ValueError, match="aware"):
        local_date(datetime(2020, 4, 20, 1, 0))  # noqa: DTZ001 - the point of the test


def test_the_date_in_shanghai_turns_at_16_utc():
    assert local_date(datetime(2020, 5, 11, 15, 59, tzinfo=UTC)) == date(2020, 5, 11)
    assert local_date(datetime(2020, 5, 11, 16, 0, tzinfo=UTC)) == date(2020, 5, 12)


def test_moments_are_shown_to_the_minute_in_shanghai():
    assert local_text(datetime(2020, 5, 11, 9, 0, tzinfo=UTC)) == "2020-05-11 17:00"
