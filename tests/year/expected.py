"""What the calendar does to these units, day by day: a plain list, worked out from DOMAIN 3, 10, 11 and 13 alone.

Written without the program's rules, and in another way: each unit is walked through the year with literal dates, so
that a mistake in a rule is none here as well.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from config.clock import SHANGHAI
from tests.year.stories import DAY, Unit

FIRST_DAY, LAST_DAY = date(2020, 2, 1), date(2021, 4, 1)
"""Sixty days before the window opens; the day after cover ends."""
CENTRAL_OPEN, CENTRAL_CLOSE, INSTANT_OPEN = date(2020, 4, 1), date(2020, 5, 11), date(2020, 5, 12)
PAID_BY, COVER_ENDS = date(2020, 5, 26), date(2021, 3, 31)
EXTENDED_TO, REINSTATED_TO = date(2020, 5, 14), date(2020, 6, 20)
PEOPLE = 2
UNSUBMITTED = ("清册待校验", "清册校验不通过", "清册校验通过")
CLAIMING = ("清册校验通过", "缴费凭证待上传", "缴费凭证审核中", "缴费凭证审核不通过", "参保成功")

Told = tuple[str, str]
"""Whom, and the whole text. A batch is called {code}, since its number is the program's affair."""


@dataclass
class Day:
    """What happens on one day by itself."""

    told: Counter[Told] = field(default_factory=Counter)
    expired: set[str] = field(default_factory=set)
    claims: int = 0
    """At its end."""
    people: int = 0
    """On rosters at its end, kept ones of expired batches included."""
    states: dict[str, str] = field(default_factory=dict)
    """Of batches at its end, by code."""


@dataclass
class _Batch:
    unit: Unit
    central: bool
    state: str = "清册待校验"
    touched: date = FIRST_DAY
    people: int = PEOPLE
    confirm_since: date = FIRST_DAY
    due: date = FIRST_DAY
    cutoff: date = FIRST_DAY
    resubmit_by: date = FIRST_DAY
    paid_on: date = FIRST_DAY
    window_to: date = CENTRAL_CLOSE
    reinstated: bool = False
    expired_on: date | None = None

    @property
    def name(self) -> str:
        return "{" + self.unit.code + "}"


def whole_year(units: Sequence[Unit], reviewers: Sequence[str]) -> dict[date, Day]:
    """The list: from 60 days before the window to the day after the end of cover."""
    batches: dict[str, _Batch] = {}
    applied: dict[str, date] = {}
    year: dict[date, Day] = {}
    today = FIRST_DAY
    while today <= LAST_DAY:
        day = year[today] = Day()
        _midnight(day, today, batches)
        _morning(day, today, units, batches)
        _reviewers(day, today, reviewers, batches, applied)
        for unit in units:
            for act in unit.acts.get(today, ()):
                _act(act, today, unit, batches, applied)
        _evening(day, today, batches)
        day.claims = sum(batch.people for batch in batches.values() if batch.state in CLAIMING)
        day.people = sum(batch.people for batch in batches.values())
        day.states = {code: batch.state for code, batch in batches.items()}
        today += DAY
    return year


def _midnight(day: Day, today: date, batches: dict[str, _Batch]) -> None:
    """J04 at 00:10, J07 at 00:15, J08 at 00:20, J13 in the night; instant enrolment ends at 00:00."""
    for batch in batches.values():
        if not batch.central and today == COVER_ENDS and batch.state in ("清册待校验", "清册校验不通过"):
            _expire(day, today, batch, f"批次{batch.name}因未在即时参保截止前提交清册已失效，参保人员占用已解除。")
        if batch.state == "缴费凭证待上传" and today == (REINSTATED_TO if batch.reinstated else batch.cutoff) + DAY:
            _expire(day, today, batch, f"批次{batch.name}因逾期未缴费已失效，参保人员占用已解除。")
        if batch.state == "缴费凭证审核不通过" and today == batch.resubmit_by + DAY:
            _expire(day, today, batch, f"批次{batch.name}因未在规定期限内重新提交缴费凭证已失效，参保人员占用已解除。")
        if not batch.central and batch.state == "清册校验通过" and today == batch.confirm_since + 16 * DAY:
            _expire(day, today, batch, f"批次{batch.name}因未在规定期限内提交确认保费已失效，参保人员占用已解除。")
        if batch.expired_on is not None and today == batch.expired_on + 90 * DAY:
            batch.people = 0
    if today in (COVER_ENDS - 30 * DAY, COVER_ENDS - 7 * DAY):
        for batch in batches.values():
            if batch.state == "参保成功":
                _tell(day, batch.unit, "2020年度保障将于2021-03-31期满，请关注下一年度参保。")


def _morning(day: Day, today: date, units: Sequence[Unit], batches: dict[str, _Batch]) -> None:
    """J02 as the windows open; J03 and J05 at 09:00, J06 at 09:05."""
    for unit in units:
        if unit.former and today == CENTRAL_OPEN:
            _tell(day, unit, "2020年度集中参保已开始，办理时间2020-04-01 00:00至2020-05-11 17:00。")
        if unit.former and today == INSTANT_OPEN:
            _tell(day, unit, "2020年度即时参保已开放。")
        if unit.former and unit.code not in batches and CENTRAL_CLOSE - today in _days(10, 5, 3, 1):
            _tell(day, unit, f"集中参保将于2020-05-11 17:00截止，{unit.name}尚未完成，请尽快办理。")
    for batch in batches.values():
        if batch.central and batch.state in UNSUBMITTED and batch.window_to - today in _days(10, 5, 3, 1):
            _tell(day, batch.unit, f"集中参保将于{batch.window_to} 17:00截止，{batch.name}尚未完成，请尽快办理。")
        if batch.state in UNSUBMITTED and today - batch.touched in _days(3, 7):
            days = (today - batch.touched).days
            _tell(day, batch.unit, f"批次{batch.name}已{days}天未处理，当前状态“{batch.state}”。")
        if batch.state == "缴费凭证待上传":
            due, cutoff = (REINSTATED_TO, REINSTATED_TO) if batch.reinstated else (batch.due, batch.cutoff)
            if due - today in _days(5, 3, 1, 0) or due < today <= cutoff:
                until = f"{cutoff} 17:00" if batch.reinstated else f"{cutoff}"
                text = f"批次{batch.name}应缴保费360.00元，缴费截止{until}，请及时汇款并上传缴费凭证。"
                _tell(day, batch.unit, text)


def _reviewers(
    day: Day, today: date, reviewers: Sequence[str], batches: dict[str, _Batch], applied: dict[str, date]
) -> None:
    """J16 at 09:10: what has waited for more than two days from Monday to Friday."""
    waiting = [batch.paid_on for batch in batches.values() if batch.state == "缴费凭证审核中"] + list(applied.values())
    late = [since for since in waiting if _working_days(since, today) > 2]
    if late:
        text = f"有{len(late)}项待审核，最早提交于{min(late)} 10:00。"
        day.told.update((reviewer, text) for reviewer in reviewers)


def _act(act: str, today: date, unit: Unit, batches: dict[str, _Batch], applied: dict[str, date]) -> None:
    """What people do at ten o'clock."""
    if act in ("open central", "open instant"):
        batches[unit.code] = _Batch(unit, act == "open central", touched=today)
        return
    if act == "apply":
        applied[unit.code] = today
        return
    if act == "grant the code":
        del applied[unit.code]
        return
    if act == "delete":
        del batches[unit.code]
        return
    batch = batches[unit.code]
    if act == "extend":
        batch.window_to = EXTENDED_TO
    _act_on_roster(act, today, batch)
    _act_on_payment(act, today, batch)
    batch.touched = today


def _act_on_roster(act: str, today: date, batch: _Batch) -> None:
    if act == "fail":
        batch.state = "清册校验不通过"
    elif act == "submit":
        batch.state, batch.confirm_since = "清册校验通过", today
    elif act == "withdraw":
        batch.state = "清册待校验"
    elif act == "confirm":
        batch.state = "缴费凭证待上传"
        batch.due = max(today + 15 * DAY, PAID_BY) if batch.central else today + 15 * DAY
        batch.cutoff = batch.due if batch.central else batch.due + 3 * DAY


def _act_on_payment(act: str, today: date, batch: _Batch) -> None:
    if act == "pay":
        batch.state, batch.paid_on = "缴费凭证审核中", today
    elif act == "approve":
        batch.state = "参保成功"
    elif act == "reject":
        batch.state, batch.resubmit_by = "缴费凭证审核不通过", max(batch.cutoff, today + 7 * DAY)
    elif act == "reinstate":
        batch.state, batch.reinstated, batch.expired_on = "缴费凭证待上传", True, None


def _evening(day: Day, today: date, batches: dict[str, _Batch]) -> None:
    """J01 at 17:00."""
    for batch in batches.values():
        if batch.central and batch.state in UNSUBMITTED and today == batch.window_to:
            _expire(day, today, batch, f"集中参保已截止，批次{batch.name}因未完成已失效。")


def _expire(day: Day, today: date, batch: _Batch, text: str) -> None:
    batch.state, batch.expired_on, batch.touched = "已失效", today, today
    day.expired.add(batch.unit.code)
    day.told[batch.unit.email, text] += 1  # what happened is told to a disabled account too: its page has it


def _tell(day: Day, unit: Unit, text: str) -> None:
    if unit.bound and not unit.disabled:
        day.told[unit.email, text] += 1


def _days(*numbers: int) -> list[timedelta]:
    return [timedelta(days=number) for number in numbers]


def _working_days(since: date, until: date) -> int:
    days = (since + number * DAY for number in range(1, (until - since).days + 1))
    return sum(day.isoweekday() <= 5 for day in days)


def moment(day: date, hour: int, minute: int = 0) -> datetime:
    """A moment in Shanghai, for those who set the clock."""
    return datetime.combine(day, time(hour, minute), SHANGHAI)
