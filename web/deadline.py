"""The strip under the navigation: which window is open and until when, by the business clock. A fact, not an alarm.

It asks for itself again, so that a page which was opened a minute before the end doesn't go on promising that minute.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from config.clock import SHANGHAI, local_date
from config.messages import text
from config.settings import settings
from models.queries.deadlines import deadlines_of
from models.records.batch import Batch
from models.rules.deadlines import end_of
from models.rules.expiry import NotEnrolled, why_not_enrolled
from models.rules.lifecycle import UNCONFIRMED, BatchState
from models.rules.plan import EnrolmentType, PlanYear
from web.formats import day_in_words, in_words, time_left, to_the_minute, to_the_second, without_weekday

_NEAR = timedelta(days=10)
_LAST_HOUR, _LAST_MINUTES = timedelta(hours=1), timedelta(minutes=5)

VERDICTS: Mapping[NotEnrolled | None, str] = {
    None: "",
    NotEnrolled.NOT_SUBMITTED: "本清册未在截止前提交，清册中的人员没有参保。",
    NotEnrolled.NOT_CONFIRMED: "本清册未在截止前完成【提交确认保费】，清册中的人员没有参保。",
    NotEnrolled.EXPIRED: "本批次已失效，清册中的人员没有参保。",
}


@dataclass(frozen=True, slots=True)
class DeadlineStrip:
    """`tone`: "" near, "calm" far away, "over" closed. `code` names the rule where there is one."""

    tone: str
    icon: str
    headline: str
    remaining: str
    advice: str
    code: str
    clock: str
    next_look_seconds: int = 0
    closed: bool = False
    """Whether the window of the batch that the page is about is closed."""
    verdict: str = ""
    """That the people of this batch are not enrolled, where that is so."""

    @property
    def clock_name(self) -> str:
        """A demonstration's clock is moved: what the server's own stamped (jobs, letters) is not to be read by it."""
        return "业务时间" if settings().demonstration else "服务器时间"


def deadline_strip(plan: PlanYear, now: datetime, batch: Batch | None = None) -> DeadlineStrip:
    """What every clerk's page says about time; on a page about a batch also what became of it at the end."""
    strip = replace(_calendar(plan, now), next_look_seconds=next_look_seconds(plan, now))
    if batch is None:
        return strip
    deadlines = deadlines_of(batch, plan)
    closes_at = deadlines.window_closes_at
    if batch.state in UNCONFIRMED and deadlines.is_its_own and now < closes_at:
        headline = f"本批次可办理至 {in_words(closes_at)}"
        strip = _open(headline, closes_at, now, "", strip.clock)
        strip = replace(strip, next_look_seconds=next_look_seconds(plan, now, closes_at))
    why = why_not_enrolled(BatchState(batch.state), EnrolmentType(batch.enrolment_type), closes_at, now)
    verdict = VERDICTS[why]
    closed = deadlines.window_refusal(now) is not None
    return replace(strip, tone="" if verdict else strip.tone, closed=closed, verdict=verdict)


def next_look_seconds(plan: PlanYear, now: datetime, *more: datetime) -> int:
    """When the strip asks again: seldom while nothing ends soon, and then right after the end."""
    turns = (plan.central_open_at, plan.central_close_at, plan.instant_open_at, plan.instant_close_at, *more)
    left = min((turn - now for turn in turns if turn > now), default=timedelta.max)
    pause = 10 if left <= _LAST_MINUTES else 30 if left <= _LAST_HOUR else 300
    return min(pause, int(left.total_seconds()) + 1)


def _calendar(plan: PlanYear, now: datetime) -> DeadlineStrip:
    clock = to_the_second(now)
    if now < plan.central_open_at:
        headline = f"集中参保 {in_words(plan.central_open_at)} 开始"
        return DeadlineStrip("calm", "calendar-event", headline, "", "", "WIN-001", clock)
    if now < plan.central_close_at:
        headline = f"集中参保 {in_words(plan.central_close_at)} 截止"
        payment = day_in_words(plan.central_payment_close_on)
        advice = f"须在截止前完成【提交确认保费】；汇款和上传缴费凭证可延至 {payment}"
        return _open(headline, plan.central_close_at, now, advice, clock)
    if now < plan.instant_open_at:
        return _over("WIN-002", clock, close=to_the_minute(plan.central_close_at))
    if now < plan.instant_close_at:
        headline = f"即时参保办理中，{in_words(plan.instant_close_at)} 截止"
        return _open(headline, plan.instant_close_at, now, "保障自提交清册次日开始", clock)
    return _over("WIN-004", clock, year=plan.plan_year)


def _open(headline: str, closes: datetime, now: datetime, advice: str, clock: str) -> DeadlineStrip:
    tone = "" if closes - now <= _NEAR else "calm"
    return DeadlineStrip(tone, "calendar-event", headline, time_left(closes, now), advice, "", clock)


def _over(code: str, clock: str, **values: str) -> DeadlineStrip:
    return DeadlineStrip("over", "clock-off", text(code, **values), "", "", code, clock)


@dataclass(frozen=True, slots=True)
class ScheduleEntry:
    """One date of the year's work on the log-in page; `on`: it is being done now."""

    when: str
    what: str
    on: bool
    note: str = ""


def schedule(plan: PlanYear, now: datetime) -> tuple[ScheduleEntry, ...]:
    """The year's dates as the log-in page tells them."""
    opens, closes = day_in_words(local_date(plan.central_open_at)), plan.central_close_at
    central, instant = plan.central_open_at <= now < closes, plan.instant_open_at <= now < plan.instant_close_at
    end = plan.coverage_end
    return (
        ScheduleEntry(
            f"{opens} – {without_weekday(closes)}",
            "集中参保：提交清册、选择项目、确认保费",
            central,
            f"办理中，{time_left(closes, now)}" if central else "",
        ),
        ScheduleEntry(
            f"{day_in_words(local_date(plan.instant_open_at))}起",
            "即时参保，保障自提交清册次日开始",
            instant,
            "办理中" if instant else "",
        ),
        ScheduleEntry(f"{day_in_words(plan.central_payment_close_on)} 24:00 前", "集中参保汇款并上传缴费凭证", False),
        ScheduleEntry(f"{end.year} 年 {day_in_words(end)} 24:00", "保障期满", False),
    )


def turning_points(plan: PlanYear) -> tuple[tuple[str, datetime], ...]:
    """Moments of the year at which something opens, closes or is done by itself, each a little before or after it."""
    minute = timedelta(minutes=1)
    end = end_of(plan.coverage_end)
    return (
        ("集中参保开始前 1 分钟", plan.central_open_at - minute),
        ("集中参保期间", plan.central_open_at + timedelta(days=19, hours=9)),
        ("集中参保截止前 3 天，提醒已发", _at(plan.central_close_at - timedelta(days=3), 9) + minute),
        ("集中参保截止前 1 分钟", plan.central_close_at - minute),
        ("集中参保截止后 1 分钟", plan.central_close_at + minute),
        ("即时参保开放前 1 分钟", plan.instant_open_at - minute),
        ("集中参保缴费截止日，提醒已发", _at(end_of(plan.central_payment_close_on) - minute, 9) + minute),
        ("集中参保缴费截止后，逾期批次已失效", end_of(plan.central_payment_close_on) + timedelta(minutes=11)),
        ("保障期满前 30 天，提醒已发", _at(end - timedelta(days=31), 0) + timedelta(minutes=21)),
        ("即时参保截止前 1 分钟", plan.instant_close_at - minute),
        ("保障期满次日", _at(end, 9)),
    )


def _at(moment: datetime, hour: int) -> datetime:
    return moment.astimezone(SHANGHAI).replace(hour=hour, minute=0, second=0, microsecond=0)
