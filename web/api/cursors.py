"""Lists page by page: a cursor says after whom the next page begins, so that a page costs the same wherever it is."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Sequence
from typing import TypeVar

from models.queries.people import LARGEST_ID
from web.api.incoming import wrong

Row = TypeVar("Row")

_BYTES = 8


def after(cursor: str | None) -> int | None:
    """The id that a cursor stands for. WrongContentError: it is none of ours."""
    return None if cursor is None else _places(cursor, 1)[0]


def after_pair(cursor: str | None) -> tuple[int, int] | None:
    """The two numbers that a cursor stands for, where the order goes by two. WrongContentError: it is none of ours."""
    if cursor is None:
        return None
    first, second = _places(cursor, 2)
    return first, second


def cut(rows: Sequence[Row], limit: int, place_of: Callable[[Row], Sequence[int]]) -> tuple[Sequence[Row], str | None]:
    """The page out of one row more than it holds, and the cursor of the next page, if there is one."""
    if len(rows) <= limit:
        return rows, None
    page = rows[:limit]
    place = b"".join(number.to_bytes(_BYTES) for number in place_of(page[-1]))
    return page, base64.urlsafe_b64encode(place).decode("ascii")


def _places(cursor: str, count: int) -> list[int]:
    try:
        place = base64.b64decode(cursor.encode("ascii"), altchars=b"-_", validate=True)
    except (ValueError, binascii.Error):
        place = b""
    numbers = [int.from_bytes(place[start : start + _BYTES]) for start in range(0, len(place), _BYTES)]
    if len(place) != _BYTES * count or not all(0 < number <= LARGEST_ID for number in numbers):
        raise wrong("cursor", "SYS-003", "游标")
    return numbers
