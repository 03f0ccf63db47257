"""办理窗口与期限 of a plan year, each with what it is now and how long that lasts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from models.rules.deadlines import end_of
from models.rules.plan import PlanYear
from web.badges import Badge
from web.formats import in_words, opening_in_words, time_left

_NEAR = timedelta(days=10)


@dataclass(frozen=True, slots=True)
class WindowLine:
    """One window, or one deadline."""

    name: str
    badge: Badge
    when: str


def window_lines(plan: PlanYear, now: datetime) -> Sequence[WindowLine]:
    """The windows and deadlines of this year as they stand at `now`, by the business clock."""
    payment_ends, cover_ends = end_of(plan.central_payment_close_on), end_of(plan.coverage_end)
    return (
        _window("集中参保", plan.central_open_at, plan.central_close_at, now, "自动截止"),
        _window("即时参保", plan.instant_open_at, plan.instant_close_at, now, "自动截止"),
        _window("集中参保缴费凭证", plan.central_open_at, payment_ends, now, "停止接收"),
        _window("保障期限", end_of(plan.coverage_start - timedelta(days=1)), cover_ends, now, "期满"),
    )


def _window(name: str, opens: datetime, closes: datetime, now: datetime, end: str) -> WindowLine:
    if now < opens:
        begins = f"{opening_in_words(opens)} 开始，{time_left(opens, now)}"
        return WindowLine(name, Badge("off", "clock", "未开始"), begins)
    if now >= closes:
        return WindowLine(name, Badge("off", "clock-off", "已截止"), f"已于 {in_words(closes)} {end}")
    badge = Badge("todo" if closes - now <= _NEAR else "work", "clock", time_left(closes, now))
    return WindowLine(name, badge, f"{in_words(closes)} {end}")
