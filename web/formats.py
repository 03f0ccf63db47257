"""How figures, money and moments are written on pages; each is a filter of the templates under its own name."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from config.clock import SHANGHAI

CHANNEL_TEXTS = {"normal": "普通", "special": "特殊"}
"""办理通道."""

_WEEKDAYS = "一二三四五六日"
_NOTHING = "–"


def people(number: int) -> str:
    """4926 as 4,926: how many people or rows. A row's own number is written as the spreadsheet program writes it."""
    return f"{number:,}"


def kilobytes(size: int) -> str:
    """A file's size: 421900 bytes as 412 KB, from one megabyte on as 1.3 MB."""
    if size < 1024:
        return f"{size} 字节"
    if size < 1024 * 1024:
        return f"{size // 1024} KB"
    tenths = size * 10 // (1024 * 1024)
    return f"{tenths // 10}.{tenths % 10} MB"


def to_the_second(moment: datetime | None) -> str:
    """2020-05-08 14:32:08 in Shanghai, for receipts."""
    return _NOTHING if moment is None else f"{_local(moment):%Y-%m-%d %H:%M:%S}"


def to_the_minute(moment: datetime | None) -> str:
    """2020-05-08 14:32 in Shanghai."""
    return _NOTHING if moment is None else f"{_local(moment):%Y-%m-%d %H:%M}"


def for_input(moment: datetime) -> str:
    """2020-05-08T14:32, as a browser's field for date and time wants it."""
    return f"{_local(moment):%Y-%m-%dT%H:%M}"


def brief(moment: datetime | None, now: datetime) -> str:
    """05-08 14:32, for tables; the year only where it is another one."""
    if moment is None:
        return _NOTHING
    local = _local(moment)
    return f"{local:%m-%d %H:%M}" if local.year == _local(now).year else f"{local:%Y-%m-%d %H:%M}"


def brief_deadline(moment: datetime, now: datetime) -> str:
    """05-11 17:00, or 03-30 24:00 where the whole day counts."""
    day, hour = _day_and_hour(moment)
    return f"{day:%m-%d} {hour}" if day.year == _local(now).year else f"{day:%Y-%m-%d} {hour}"


def in_words(moment: datetime) -> str:
    """5 月 11 日（周一）17:00, for sentences; midnight is the end of the day before, 24:00."""
    day, hour = _day_and_hour(moment)
    return f"{day.month} 月 {day.day} 日（周{_WEEKDAYS[day.weekday()]}）{hour}"


def opening_in_words(moment: datetime) -> str:
    """5 月 12 日（周二）00:00, for what begins: midnight is the beginning of its day."""
    local = moment.astimezone(SHANGHAI)
    return f"{day_in_words(local.date())}（周{_WEEKDAYS[local.weekday()]}）{local:%H:%M}"


def without_weekday(moment: datetime) -> str:
    """5 月 11 日 17:00."""
    day, hour = _day_and_hour(moment)
    return f"{day_in_words(day)} {hour}"


def day_in_words(day: date) -> str:
    """5 月 26 日."""
    return f"{day.month} 月 {day.day} 日"


def handbook_day(day: date) -> str:
    """2020年4月1日, as the handbook prints it."""
    return f"{day.year}年{day.month}月{day.day}日"


def remaining(until: datetime, now: datetime) -> str:
    """3 天 2 小时, rounded down to two units; from ten days on, days alone."""
    left = max(until - now, timedelta())
    hours, minutes = left.seconds // 3600, left.seconds % 3600 // 60
    if left.days >= 10:
        return f"{left.days} 天"
    if left.days:
        return f"{left.days} 天 {hours} 小时" if hours else f"{left.days} 天"
    if hours:
        return f"{hours} 小时 {minutes} 分钟" if minutes else f"{hours} 小时"
    return f"{minutes} 分钟" if minutes else "不到 1 分钟"


def time_left(until: datetime, now: datetime) -> str:
    """还剩 3 天 2 小时, 还剩不到 1 分钟: a figure stands apart from the word before it."""
    left = remaining(until, now)
    return f"还剩 {left}" if left[0].isdigit() else f"还剩{left}"


def duration(seconds: float, *, whole: bool = False) -> str:
    """0.6 秒, 19 秒, 2 分 5 秒: how long something took; `whole` for a guess of what is to come."""
    if seconds < 10 and not whole:
        return f"{max(seconds, 0):.1f} 秒"
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes} 分 {rest} 秒" if minutes else f"{rest} 秒"


def _local(moment: datetime) -> datetime:
    return moment.astimezone(SHANGHAI)


def _day_and_hour(moment: datetime) -> tuple[date, str]:
    local = _local(moment)
    if local.time() == time():
        return local.date() - timedelta(days=1), "24:00"
    return local.date(), f"{local:%H:%M}"
