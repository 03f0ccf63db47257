"""Which cell styles show a number as a date."""

from __future__ import annotations

import re

from tasks.workbook.xml_limits import each_element, in_main_namespace, local_name

TYPE_CHECKING = False
if TYPE_CHECKING:  # not from typing: it would be a tenth of the start-up time
    from collections.abc import Iterable

_BUILT_IN_DATES = frozenset({*range(14, 23), *range(27, 37), 45, 47, *range(50, 59)})
"""Formats that a file names by number alone; 27-36 and 50-58 are the Chinese and Japanese ones. 46 is a duration."""

_NO_LETTERS_OF_A_DATE = re.compile(r'"[^"]*"?|\\.|_.|\*.|\[[^\]]*\]|general|e[+-]', re.IGNORECASE)
_DURATION = re.compile(r"\[(?:h+|m+|s+)\]", re.IGNORECASE)
_DATE_LETTER = re.compile("[ymdhse]", re.IGNORECASE)


def is_date_format(code: str) -> bool:
    """Whether a number format shows a date or a time of day; [h]:mm, a duration, does not."""
    first_section = _NO_LETTERS_OF_A_DATE.sub("", code).partition(";")[0]
    return not _DURATION.search(code) and _DATE_LETTER.search(first_section) is not None


def read_date_styles(pieces: Iterable[bytes]) -> frozenset[str]:
    """The values of a cell's `s` attribute that mean a date."""
    date_formats = {str(number) for number in _BUILT_IN_DATES}
    date_styles: set[str] = set()
    styles = 0
    inside = ""

    def take(name: str, attributes: dict[str, str]) -> None:
        nonlocal inside, styles
        if not in_main_namespace(name):
            return
        name = local_name(name)
        if name in {"numFmts", "cellStyleXfs", "cellXfs", "cellStyles", "dxfs"}:  # xf and numFmt occur in several
            inside = name
        elif name == "numFmt" and inside == "numFmts":
            change = date_formats.add if is_date_format(attributes.get("formatCode", "")) else date_formats.discard
            change(attributes.get("numFmtId", ""))
        elif name == "xf" and inside == "cellXfs":
            if attributes.get("numFmtId", "0") in date_formats:
                date_styles.add(str(styles))
            styles += 1

    each_element(pieces, take)
    return frozenset(date_styles)
