"""What a cell says: numbers as a person would write them, serial numbers as dates, escaped characters as themselves."""

from __future__ import annotations

import math
import re
from datetime import date, timedelta

from tasks.workbook.rejections import NotAWorkbook, TooBig

TYPE_CHECKING = False
if TYPE_CHECKING:  # not from typing: it would be a tenth of the start-up time
    from tasks.workbook.roster_rows import Value

MAX_CELL_CHARACTERS = 32767
"""What spreadsheet programs allow in one cell."""

_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_SURROGATE = re.compile("[\ud800-\udfff]")
_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[Ee][+-]?[0-9]+)?", re.ASCII)
_HALF_A_MILLISECOND_DAYS = 0.0005 / 86400
_NO_SERIAL = 10_000_000
"""Far beyond 31 December 9999, and still small enough to calculate with."""


class CellTexts:
    """What cells mean in one workbook, by its shared strings, its date styles and its epoch of serial numbers."""

    __slots__ = ("_date_styles", "_epoch_1904", "_shared_strings")

    def __init__(self, shared_strings: list[str], date_styles: frozenset[str], epoch_1904: bool) -> None:
        self._shared_strings = shared_strings
        self._date_styles = date_styles
        self._epoch_1904 = epoch_1904

    def value(self, raw: str, attributes: dict[str, str]) -> Value:
        """What a cell with these attributes and this <v> says; "" if nothing."""
        match attributes.get("t", "n"):
            case "s":
                value: Value = self._shared(raw)
            case "str":
                value = decode_escapes(raw)
            case "n":
                value = self._number(raw.strip(), attributes.get("s"))
            case "b":
                value = ["boolean", "TRUE" if raw.strip() in {"1", "true"} else "FALSE"]
            case "e":
                value = ["error", raw]
            case "d":
                day = iso_date(raw)
                value = ["date", day] if day else raw
            case _:
                raise TooBig.inside("a cell of an unknown type")
        return value

    def _shared(self, raw: str) -> str:
        if not raw:
            return ""
        try:
            number = int(raw)
            return self._shared_strings[number if number >= 0 else len(self._shared_strings)]
        except (ValueError, IndexError) as error:
            raise NotAWorkbook.unreadable("a cell refers to a shared string that does not exist") from error

    def _number(self, raw: str, style: str | None) -> Value:
        day = serial_date(raw, self._epoch_1904) if style in self._date_styles else None
        if day is not None:
            return ["date", day]
        return ["number", number_text(raw)] if raw else ""


def decode_escapes(text: str) -> str:
    """`_x000D_` and the like as the character meant (an underscore before such letters is itself written `_x005F_`)."""
    if "_x" not in text:
        return text
    decoded = _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text)
    if _SURROGATE.search(decoded):  # pairs become one character, a half becomes U+FFFD
        return decoded.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return decoded


def as_number(raw: str) -> float | None:
    """The number in a cell; None for what is none (nan and 1_000 are numbers only to Python)."""
    return float(raw) if _NUMBER.fullmatch(raw) else None


def number_text(raw: str) -> str:
    """A number as the spreadsheet program shows it: 15 digits at most, 13912345678, 1.10101199003079E+17."""
    number = as_number(raw)
    if number is None or not math.isfinite(number):
        return raw
    return f"{number + 0.0:.15G}"  # 0, not -0


def serial_date(raw: str, epoch_1904: bool) -> str | None:
    """The ISO date of a serial number, its time of day ignored; None if there is no such date.

    Counted from 1900, day 60 is a 29 February 1900 that never was, and day 0 no date either.
    """
    number = as_number(raw)
    if number is None or abs(number) > _NO_SERIAL:
        return None
    days = math.floor(number + _HALF_A_MILLISECOND_DAYS)
    if days < 0 or (not epoch_1904 and days in {0, 60}):
        return None
    first = date(1904, 1, 1) if epoch_1904 else date(1899, 12, 31 if days < 60 else 30)
    try:
        return (first + timedelta(days=days)).isoformat()
    except OverflowError:  # beyond the year 9999
        return None


def iso_date(raw: str) -> str | None:
    """The date of a cell of type d (1990-01-01 or 1990-01-01T00:00:00); None if it is not one."""
    day, _, _time = raw.strip().partition("T")
    try:
        return date.fromisoformat(day).isoformat() if len(day) == 10 else None
    except ValueError:
        return None
