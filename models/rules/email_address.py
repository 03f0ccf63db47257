"""E-mail addresses, as forms take them."""

import re

from models.rules.white_space import trimmed

MAX_CHARACTERS = 254
_LABEL = "[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_LOCAL = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_FORM = re.compile(rf"(?=.{{1,64}}@){_LOCAL}(?:\.{_LOCAL})*@(?:{_LABEL}\.)+{_LABEL}")


def email_address(text: str) -> str | None:
    """The address without blanks around it; None if no letter would arrive there: one @, a domain with a dot."""
    address = trimmed(text)
    return address if len(address) <= MAX_CHARACTERS and _FORM.fullmatch(address) else None
