"""Moments and days as a browser's fields send them, by Shanghai's clock.

`…_or_none` is lenient: nothing and nonsense are None, as for a filter. `required_…` is strict: it says what is wrong.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import TypeVar

from config.clock import SHANGHAI
from models.rules.refusal import Refused

_CALENDAR = range(1900, 3000)
"""Years of any calendar of ours; others can't be reckoned with everywhere."""
_PLAN_YEARS = range(2000, 2101)
"""What plan years can be about."""

Read = TypeVar("Read", bound=date)


def moment_or_none(typed: str) -> datetime | None:
    """2020-05-20T17:00."""
    try:
        moment = datetime.fromisoformat(typed.strip()).replace(tzinfo=SHANGHAI)
    except ValueError:
        return None
    return moment if moment.year in _CALENDAR else None


def day_or_none(typed: str) -> date | None:
    """2020-06-05."""
    try:
        day = date.fromisoformat(typed.strip())
    except ValueError:
        return None
    return day if day.year in _CALENDAR else None


def required_moment(typed: str, field: str) -> datetime:
    """Refused SYS-002 where nothing was typed, SYS-003 for what is none or lies in no plan year's time."""
    return _required(typed, moment_or_none(typed), field)


def required_day(typed: str, field: str) -> date:
    """Refused as `required_moment`."""
    return _required(typed, day_or_none(typed), field)


def _required(typed: str, read: Read | None, field: str) -> Read:
    if not typed.strip():
        raise Refused("SYS-002", field=field)
    if read is None or read.year not in _PLAN_YEARS:
        raise Refused("SYS-003", field=field)
    return read
