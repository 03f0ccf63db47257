"""The strip under the navigation: which window is open and until when, by the business clock. A fact, not an alarm."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from models.rules.plan import PlanYear
from web.formats import brief_deadline, day_in_words, in_words, remaining, to_the_minute

_NEAR = timedelta(days=10)


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


def deadline_strip(plan: PlanYear, now: datetime) -> DeadlineStrip:
    """What every clerk's page says about time."""
    clock = to_the_minute(now)
    if now < plan.central_open_at:
        headline = f"集中参保 {in_words(plan.central_open_at)} 开始"
        return DeadlineStrip("calm", "calendar-event", headline, "", "", "WIN-001", clock)
    if now < plan.central_close_at:
        headline = f"集中参保 {in_words(plan.central_close_at)} 截止"
        payment = day_in_words(plan.central_payment_close_on)
        advice = f"须在截止前完成【提交确认保费】；汇款和上传缴费凭证可延至 {payment}"
        return _open(headline, plan.central_close_at, now, advice, clock)
    if now < plan.instant_open_at:
        headline = f"集中参保已于 {to_the_minute(plan.central_close_at)} 截止，可在即时参保开放后办理。"
        return DeadlineStrip("over", "clock-off", headline, "", "", "WIN-002", clock)
    if now < plan.instant_close_at:
        headline = f"即时参保办理中，{in_words(plan.instant_close_at)} 截止"
        return _open(headline, plan.instant_close_at, now, "保障自提交清册次日开始", clock)
    headline = f"{plan.year}保障年度即时参保已截止，请办理下一年度参保。"
    return DeadlineStrip("over", "clock-off", headline, "", "", "WIN-004", clock)


def roster_due(plan: PlanYear, enrolment_type: str, now: datetime) -> tuple[str, str]:
    """A batch's term on lists while its roster is open: ("05-11 17:00 前提交", "还剩 3 天 2 小时")."""
    closes = plan.central_close_at if enrolment_type == "central" else plan.instant_close_at
    if now >= closes:
        return f"{brief_deadline(closes, now)} 已截止", ""
    return f"{brief_deadline(closes, now)} 前提交", f"还剩 {remaining(closes, now)}"


def _open(headline: str, closes: datetime, now: datetime, advice: str, clock: str) -> DeadlineStrip:
    tone = "" if closes - now <= _NEAR else "calm"
    return DeadlineStrip(tone, "calendar-event", headline, f"还剩 {remaining(closes, now)}", advice, "", clock)
