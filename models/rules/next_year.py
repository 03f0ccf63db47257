"""The plan year after one: the same rules and prices, every date a year later (DOMAIN 13, J09); and the one before."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from copy import deepcopy
from datetime import date, datetime, time, timedelta
from typing import Any

from config.clock import SHANGHAI
from models.rules.months import months_after
from models.rules.plan import PlanYear
from models.rules.plan_fields import Fields, PlanInvalid

_YEAR = re.compile(r"[0-9]{4}")
_MONTHS = 12
_DAY = timedelta(days=1)

_LAST_DAYS = ("coverage_end", "central_payment_close_on")
"""Days that end something: the day after them is moved, so that the last of February stays the last."""
_MOMENTS = ("central_open_at", "central_close_at", "instant_open_at")

OFFERED_DAYS = 60
"""So long before the end of cover the next year is offered to be made."""


def a_year_later(data: Mapping[str, Any]) -> dict[str, Any]:
    """A plan year's data with all dates moved by a year; what is no date is copied, the name of the product too.

    29 February becomes the 28th, save where a period ends: there 28 February of a common year is followed by the 29th.
    PlanInvalid: the year's own name is no number, so there is none to follow.
    """
    fields, moved = Fields(data), deepcopy(dict(data))
    year = fields.text("plan_year")
    if not _YEAR.fullmatch(year):
        raise PlanInvalid("plan_year must be four digits to be followed by the next", field="plan_year", reason="year")
    moved["plan_year"] = f"{int(year) + 1:04}"
    moved["coverage_start"] = months_after(fields.day("coverage_start"), _MONTHS).isoformat()
    for name in _LAST_DAYS:
        moved[name] = _last_day_later(fields.day(name)).isoformat()
    for name in _MOMENTS:
        moved[name] = _moment_later(fields.moment(name)).isoformat()
    return moved


def _last_day_later(day: date) -> date:
    return months_after(day + _DAY, _MONTHS) - _DAY


def _moment_later(moment: datetime) -> datetime:
    """In Shanghai; a moment within a day that ends something, such as 17:00, ends it on that day a year later."""
    local = moment.astimezone(SHANGHAI)
    hour = local.timetz()
    day = months_after(local.date(), _MONTHS) if hour.replace(tzinfo=None) == time() else _last_day_later(local.date())
    return datetime.combine(day, hour)


def next_year_offered(plan: PlanYear, today: date, years: Collection[str]) -> str | None:
    """The year that an administrator should make by now; None while there is time, or if it is there already."""
    if not _YEAR.fullmatch(plan.plan_year) or today < plan.coverage_end - timedelta(days=OFFERED_DAYS):
        return None
    following = f"{int(plan.plan_year) + 1:04}"
    return None if following in years else following


def year_before(plans: Iterable[PlanYear], year: str) -> str | None:
    """Of these plan years, `year` among them, the one whose cover began last before its; None: there is none."""
    by_start = sorted(plans, key=lambda plan: plan.coverage_start)
    place = next(place for place, plan in enumerate(by_start) if plan.plan_year == year)
    return by_start[place - 1].plan_year if place else None
