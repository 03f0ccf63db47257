"""What is kept for 90 days is erased on the ninetieth day after, Shanghai's days."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from config.clock import SHANGHAI
from models.rules.retention import erased_if_before, erased_on

AT_NOON = datetime(2020, 5, 11, 12, 0, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    "since",
    [
        pytest.param(AT_NOON.replace(hour=0), id="from the first second of the day"),
        pytest.param(AT_NOON.replace(hour=23, minute=59, second=59), id="to its last"),
    ],
)
def test_what_was_kept_since_11_may_is_erased_on_9_august(since: datetime) -> None:
    assert erased_on(since, 90) == date(2020, 8, 9)


@pytest.mark.parametrize("days", [1, 89, 90, 365])
@pytest.mark.parametrize("second", [0, 1, 86_399])
def test_the_bound_for_the_database_says_the_same_as_the_day(days: int, second: int) -> None:
    since = AT_NOON.replace(hour=0) + timedelta(seconds=second)
    on = erased_on(since, days)
    before, same = (since < erased_if_before(day, days) for day in (on - timedelta(days=1), on))
    assert (before, same) == (False, True)
