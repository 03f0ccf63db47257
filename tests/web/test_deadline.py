from datetime import datetime, timedelta

import pytest

from config.plans import plan_data
from models.rules.expiry import NotEnrolled
from models.rules.plan import PlanYear
from tests.conftest import use_environment
from web.deadline import VERDICTS, deadline_strip, next_look_seconds, schedule

PLAN = PlanYear.from_data(plan_data("2020"))
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("now", "tone", "code", "headline"),
    [
        (PLAN.central_open_at - SECOND, "calm", "WIN-001", "集中参保 3 月 31 日（周二）24:00 开始"),
        (PLAN.central_open_at, "calm", "", "集中参保 5 月 11 日（周一）17:00 截止"),
        (PLAN.central_close_at - timedelta(days=10), "", "", "集中参保 5 月 11 日（周一）17:00 截止"),
        (PLAN.central_close_at - SECOND, "", "", "集中参保 5 月 11 日（周一）17:00 截止"),
        (PLAN.central_close_at, "over", "WIN-002", "集中参保已于2020-05-11 17:00截止，可在即时参保开放后办理。"),
        (PLAN.instant_open_at, "calm", "", "即时参保办理中，3 月 30 日（周二）24:00 截止"),
        (PLAN.instant_close_at - SECOND, "", "", "即时参保办理中，3 月 30 日（周二）24:00 截止"),
        (PLAN.instant_close_at, "over", "WIN-004", "2020保障年度即时参保已截止，请办理下一年度参保。"),
    ],
)
def test_the_strip_tells_what_is_open_and_until_when(now: datetime, tone: str, code: str, headline: str) -> None:
    strip = deadline_strip(PLAN, now)
    assert (strip.tone, strip.code, strip.headline) == (tone, code, headline)


def test_the_schedule_marks_what_is_being_done_now() -> None:
    during_central = schedule(PLAN, PLAN.central_open_at)
    assert [entry.on for entry in during_central] == [True, False, False, False]
    assert during_central[0].when == "4 月 1 日 – 5 月 11 日 17:00"
    assert during_central[3].when == "2021 年 3 月 31 日 24:00"
    assert [entry.on for entry in schedule(PLAN, PLAN.instant_open_at)] == [False, True, False, False]


@pytest.mark.parametrize(
    ("left", "seconds"),
    [
        (timedelta(days=3), 300),
        (timedelta(hours=1), 30),
        (timedelta(minutes=5), 10),
        (timedelta(seconds=4.5), 5),
        (timedelta(microseconds=1), 1),
        (timedelta(0), 300),
    ],
)
def test_the_strip_asks_again_the_oftener_the_nearer_the_end_and_right_after_it(left: timedelta, seconds: int) -> None:
    assert next_look_seconds(PLAN, PLAN.central_close_at - left) == seconds


def test_when_nothing_ends_any_more_the_strip_asks_seldom() -> None:
    assert next_look_seconds(PLAN, PLAN.instant_close_at) == 300


@pytest.mark.parametrize("why", [None, *NotEnrolled])
def test_every_reason_why_nobody_is_enrolled_has_its_sentence(why: NotEnrolled | None) -> None:
    assert ("清册中的人员没有参保。" in VERDICTS[why]) is (why is not None)


def test_less_than_a_minute_is_written_without_a_gap() -> None:
    assert deadline_strip(PLAN, PLAN.central_close_at - SECOND).remaining == "还剩不到 1 分钟"


@pytest.mark.parametrize(("environment", "name"), [("demonstration", "业务时间"), ("production", "服务器时间")])
def test_a_clock_that_is_moved_is_not_called_the_servers(
    environment: str, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_environment(monkeypatch, CANBAO_ENV=environment)
    assert deadline_strip(PLAN, PLAN.central_open_at).clock_name == name
