"""参保编码: a unit's six characters with the association (DOMAIN 12.3)."""

import re

from models.rules.identity import normalise
from models.rules.refusal import Refused

_FORM = re.compile("[0-9A-Z]{6}")


def check_enrolment_code(text: str) -> str:
    """The code in upper case, as typed or pasted. Raises Refused COD-003 if it has not six digits or letters."""
    code = normalise(text)
    if not _FORM.fullmatch(code):
        raise Refused("COD-003")
    return code
