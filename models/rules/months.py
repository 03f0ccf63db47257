"""Counting in calendar months and birthdays."""

from calendar import monthrange
from datetime import date


def months_after(day: date, months: int) -> date:
    """The same day so many months later (earlier if negative), or the last day of that month if it is shorter."""
    year, month0 = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month0 + 1, min(day.day, monthrange(year, month0 + 1)[1]))


def months_before(day: date, months: int) -> date:
    """The same day so many months earlier, or the last day of that month if it is shorter."""
    return months_after(day, -months)


def birthday(birth: date, years: int) -> date:
    """The day on which a person is so many 周岁; 28 February in a common year for a leap day's child (DOMAIN 8.2)."""
    try:
        return birth.replace(year=birth.year + years)
    except ValueError:
        return date(birth.year + years, 2, 28)
