from datetime import UTC, date, datetime

import pytest

from config.clock import SHANGHAI
from web import formats

NOW = datetime(2020, 5, 8, 14, 45, tzinfo=SHANGHAI)
CLOSES = datetime(2020, 5, 11, 17, 0, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("now", "left"),
    [
        (datetime(2020, 4, 17, 9, 20, tzinfo=SHANGHAI), "24 天"),
        (NOW, "3 天 2 小时"),
        (datetime(2020, 5, 8, 17, 0, tzinfo=SHANGHAI), "3 天"),
        (datetime(2020, 5, 11, 14, 59, 1, tzinfo=SHANGHAI), "2 小时"),
        (datetime(2020, 5, 11, 16, 58, 1, tzinfo=SHANGHAI), "1 分钟"),
        (datetime(2020, 5, 11, 16, 59, 1, tzinfo=SHANGHAI), "不到 1 分钟"),
        (datetime(2020, 5, 12, tzinfo=SHANGHAI), "不到 1 分钟"),
    ],
)
def test_the_time_left_is_rounded_down(now: datetime, left: str) -> None:
    assert formats.remaining(CLOSES, now) == left


def test_a_deadline_of_a_whole_day_shows_24_o_clock() -> None:
    midnight = datetime(2021, 3, 31, tzinfo=SHANGHAI)
    assert formats.in_words(midnight) == "3 月 30 日（周二）24:00"
    assert formats.brief_deadline(midnight, NOW) == "2021-03-30 24:00"
    assert formats.in_words(CLOSES) == "5 月 11 日（周一）17:00"
    assert formats.brief_deadline(CLOSES, NOW) == "05-11 17:00"


def test_moments_are_shown_in_shanghai() -> None:
    stored = datetime(2020, 5, 8, 6, 32, 8, tzinfo=UTC)
    assert formats.to_the_second(stored) == "2020-05-08 14:32:08"
    assert formats.brief(stored, NOW) == "05-08 14:32"
    assert formats.brief(stored.replace(year=2019), NOW) == "2019-05-08 14:32"
    assert formats.for_input(stored) == "2020-05-08T14:32"
    assert formats.to_the_second(None) == "–"


@pytest.mark.parametrize(
    ("size", "text"), [(812, "812 字节"), (422_000, "412 KB"), (1024 * 1024, "1.0 MB"), (10 * 1024 * 1024, "10.0 MB")]
)
def test_sizes_of_files(size: int, text: str) -> None:
    assert formats.kilobytes(size) == text


def test_durations() -> None:
    assert formats.duration(0.64) == "0.6 秒"
    assert formats.duration(19.9) == "19 秒"
    assert formats.duration(125) == "2 分 5 秒"
    assert formats.duration(8, whole=True) == "8 秒"


def test_the_handbooks_day() -> None:
    assert formats.handbook_day(date(2020, 4, 1)) == "2020年4月1日"
