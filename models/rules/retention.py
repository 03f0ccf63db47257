"""How long people and uploaded files are kept (DOMAIN 7.5, 10: T21, 13: J13). Days are Shanghai's."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from config.clock import SHANGHAI, local_date


def erased_on(since: datetime, days: int) -> date:
    """The day whose night erases what is kept for `days` days since then: 90 days after 11 May it is 9 August."""
    return local_date(since) + timedelta(days=days)


def erased_if_before(today: date, days: int) -> datetime:
    """What began before this moment has been kept long enough today: `erased_on` is not after `today`."""
    return datetime.combine(today - timedelta(days=days - 1), time(), tzinfo=SHANGHAI)
