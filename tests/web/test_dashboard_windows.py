"""Windows and deadlines of a year, before, within and after each."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from config.clock import SHANGHAI
from tests.models.rules.plan_years import PLANS
from web.dashboard_windows import window_lines

BEFORE = datetime(2020, 3, 30, 9, 0, tzinfo=SHANGHAI)
APRIL = datetime(2020, 4, 20, 9, 0, tzinfo=SHANGHAI)
CLOSE = datetime(2020, 5, 11, 17, 0, tzinfo=SHANGHAI)
JULY = datetime(2020, 7, 1, 9, 0, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("now", "badges"),
    [
        (BEFORE, ["未开始", "未开始", "未开始", "未开始"]),
        (APRIL, ["还剩 21 天", "未开始", "还剩 36 天", "还剩 345 天"]),
        (CLOSE - timedelta(seconds=1), ["还剩不到 1 分钟", "未开始", "还剩 15 天", "还剩 324 天"]),
        (CLOSE, ["已截止", "未开始", "还剩 15 天", "还剩 324 天"]),
        (JULY, ["已截止", "还剩 272 天", "已截止", "还剩 273 天"]),
    ],
)
def test_each_says_how_long_it_lasts(now: datetime, badges: list[str]) -> None:
    assert [line.badge.text for line in window_lines(PLANS["2020"], now)] == badges


def test_what_ends_within_ten_days_is_staffs_to_mind() -> None:
    assert window_lines(PLANS["2020"], CLOSE - timedelta(days=10))[0].badge.tone == "todo"
    assert window_lines(PLANS["2020"], CLOSE - timedelta(days=11))[0].badge.tone == "work"
