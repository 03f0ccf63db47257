"""What every job of the calendar is made of: when it is due, whom it is about, what it does to one of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy.orm import Session

from config.clock import SHANGHAI


@dataclass(frozen=True, slots=True)
class Scheduled:
    """One job of DOMAIN 13. All moments are of the business clock, aware."""

    code: str
    """J01."""
    kind: str
    """The task's name, e.g. `calendar.window_close`."""
    text: str
    """What staff read."""
    next_at: Callable[[Session, datetime, datetime], datetime | None]
    """(session, after, now): the first moment behind `after`, and not behind `now`, for which there is something to do;
    None: there is none. One that a condition makes due again may be at or before `after`: what was left is done then.
    A job of which only the latest run means anything names the last such moment instead."""
    units: Callable[[Session, datetime], Sequence[Any]]
    """(session, period): what is to be done for that moment, mostly ids, in the order in which it is done."""
    do: Callable[[Session, Any, datetime, datetime], int]
    """(session, unit, period, now): do it to one of them, in a transaction of its own; how much was done, 0 where there
    was nothing left to do, or it must wait. Done twice it has one effect. `period` judges, `now` stands in records."""
    look: Callable[[Session, Any, datetime], Any] | None = None
    """(session, unit, period): what `do` is given in place of the unit, found in a reading transaction before it. For
    what takes long to find out, so that others who write don't wait for it."""


def daily_after(moment: datetime, at: time) -> datetime:
    """The first time of day `at` in Shanghai behind `moment`."""
    local = moment.astimezone(SHANGHAI)
    today = datetime.combine(local.date(), at, tzinfo=SHANGHAI)
    return today if today > local else today + timedelta(days=1)


def daily_at_or_after(moment: datetime, at: time) -> datetime:
    """The first time of day `at` in Shanghai that is not before `moment`."""
    return daily_after(moment - timedelta(microseconds=1), at)


def latest_daily(after: datetime, now: datetime, at: time) -> datetime | None:
    """The last time of day `at` that is behind `after` and not behind `now`; None: there is none."""
    latest = daily_after(now, at) - timedelta(days=1)
    return latest if latest > after else None


def once(session: Session, period: datetime) -> Sequence[int]:
    """The units of a job that is one piece of work."""
    return [0]
