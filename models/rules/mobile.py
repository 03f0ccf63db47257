"""Mobile numbers of mainland China (DOMAIN 7.5, 12.6)."""

import re

from models.rules.identity import normalise

_MOBILE = re.compile("1[3-9][0-9]{9}")
_WITH_PREFIX = re.compile(r"(?:\+?86)?(1[3-9][0-9]{9})")


def mobile_number(text: str) -> str | None:
    """The 11 digits, without blanks, hyphens and the prefix 86 or +86; None if that is no mobile number."""
    if _MOBILE.fullmatch(text):
        return text
    match = _WITH_PREFIX.fullmatch(normalise(text).replace("-", ""))
    return match.group(1) if match else None


def mobile_from_number_cell(text: str) -> str | None:
    """A mobile that a spreadsheet holds as a number: whole, 11 digits, no prefix; None if it is not one."""
    return text if _MOBILE.fullmatch(text) else None


def mask_mobile(number: str) -> str:
    """139****5678: enough for its owner to tell it from another of theirs."""
    return f"{number[:3]}****{number[-4:]}"
