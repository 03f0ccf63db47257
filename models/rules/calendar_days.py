"""On which days the calendar reminds somebody: before something ends, while it is late, after working days (DOMAIN 13).

Weekends and holidays move no date (DOMAIN 3.2); only what waits for the association is counted in working days.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from config.clock import SHANGHAI, local_date, local_text
from models.rules.deadlines import end_of

_DAY = timedelta(days=1)
_SATURDAY = 5


def moment_on(day: date, at: time) -> datetime:
    """A time of day in Shanghai."""
    return datetime.combine(day, at, tzinfo=SHANGHAI)


def day_from(day: date) -> datetime:
    """00:00 of a day in Shanghai."""
    return moment_on(day, time())


def last_day(ends: datetime) -> date:
    """The last day in Shanghai that something has before it ends: 00:00 is the end of the day before."""
    return local_date(ends - timedelta(microseconds=1))


def moments_before(day: date, days_before: Iterable[int], at: time) -> set[datetime]:
    """`at` so many days before a day; 0 is the day itself."""
    return {moment_on(day - number * _DAY, at) for number in days_before}


def closing_moments(ends: datetime, days_before: Iterable[int], at: time) -> set[datetime]:
    """`at` so many days before the last day of what ends, and never once it has ended."""
    return {moment for moment in moments_before(last_day(ends), days_before, at) if moment < ends}


def payment_moments(due_on: date, cutoff_on: date, days_before: Iterable[int], at: time) -> set[datetime]:
    """When a unit is reminded of its payment: before it is due, and daily while it is 已逾期, to the day of the cut-off
    (J03). A cut-off before the due day, as 作废凭证 may set, is what is due.
    """
    due = min(due_on, cutoff_on)
    days_late = range(1, (cutoff_on - due).days + 1)
    return moments_before(due, [*days_before, *(-number for number in days_late)], at)


def first_within(moments: Iterable[datetime], after: datetime, now: datetime) -> datetime | None:
    """The first of these moments behind `after` and not behind `now`; None: there is none."""
    return min((moment for moment in moments if after < moment <= now), default=None)


def days_untouched(since: datetime, moment: datetime) -> int:
    """How many days have begun in Shanghai since then."""
    return (local_date(moment) - local_date(since)).days


def working_days(day: date, until: date) -> int:
    """How many days from Monday to Friday are behind `day` and not behind `until`."""
    days = (until - day).days
    return sum((day + number * _DAY).weekday() < _SATURDAY for number in range(1, days + 1))


def waiting_too_long(today: date, allowed_working_days: int) -> datetime:
    """Whatever was submitted before this moment waits longer than so many working days today.

    The day of submission does not count, today does: what came on a Friday has waited two working days on Tuesday, and
    longer on Wednesday.
    """
    day = today
    while working_days(day, today) <= allowed_working_days:
        day -= _DAY
    return end_of(day)


def closing_text(ends: datetime) -> str:
    """When a window closes: 2020-05-11 17:00, and 2020-05-26 24:00 for the midnight after that day."""
    day = last_day(ends)
    return f"{day.isoformat()} 24:00" if ends == end_of(day) else local_text(ends)


def deadline_text(ends: datetime) -> str:
    """The day at whose end something is over, 2020-05-26; with the time where it is over during the day."""
    day = last_day(ends)
    return day.isoformat() if ends == end_of(day) else local_text(ends)
