"""在职人数, 职工人数: how many people a unit employs."""

import re

from models.rules.identity import normalise

_FORM = re.compile("0*[1-9][0-9]{0,6}")


def headcount(text: str) -> int | None:
    """A whole number from 1 to 9,999,999; None if that is none."""
    digits = normalise(text)
    return int(digits) if len(digits) <= 20 and _FORM.fullmatch(digits) else None
