"""统一社会信用代码: the 18 characters of an organisation (GB 32100-2015; DOMAIN 12.1)."""

import re

from models.rules.identity import normalise

_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # no I, O, S, V, Z
_FORM = re.compile(f"[{_ALPHABET}]{{2}}[0-9]{{6}}[{_ALPHABET}]{{10}}")
_WEIGHTS = tuple(pow(3, place, 31) for place in range(17))


def credit_code(text: str) -> str | None:
    """The 18 characters, without blanks and in upper case; None if that is no 统一社会信用代码."""
    code = normalise(text)
    if not _FORM.fullmatch(code):
        return None
    return code if code[17] == _check_character(code) else None


def _check_character(code: str) -> str:
    total = sum(weight * _ALPHABET.index(char) for weight, char in zip(_WEIGHTS, code[:17], strict=True))
    return _ALPHABET[-total % 31]
