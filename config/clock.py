"""The business clock: windows, dates and prices follow it; leases, logs and sessions never do.

Pure: the machine's time and a demonstration's offset come from whoever opened the transaction.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True, slots=True)
class BusinessClock:
    """The time that the business goes by: the machine's, moved by a demonstration's offset."""

    offset: timedelta = timedelta()

    def now(self, machine_now: datetime) -> datetime:
        """Business time at a moment of the machine's clock, aware and in Shanghai. ValueError for a naive moment."""
        if machine_now.tzinfo is None:
            raise ValueError("the machine's time must be aware")
        return (machine_now + self.offset).astimezone(SHANGHAI)


def local_date(moment: datetime) -> date:
    """The civil date in Shanghai at an aware moment."""
    if moment.tzinfo is None:
        raise ValueError("a moment must be aware")
    return moment.astimezone(SHANGHAI).date()


def local_text(moment: datetime) -> str:
    """A moment as pages and messages show it: 2020-05-11 17:00, Shanghai time."""
    return f"{moment.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
