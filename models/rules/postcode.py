"""邮政编码 (DOMAIN 12.1)."""

import re

from models.rules.identity import normalise

_FORM = re.compile("[0-9]{6}")


def postcode(text: str) -> str | None:
    """The six digits; None if that is no postcode."""
    digits = normalise(text)
    return digits if _FORM.fullmatch(digits) else None
