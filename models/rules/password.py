"""Which passwords may be chosen (AUTH-009): long enough, and not what everybody chooses."""

from __future__ import annotations

from itertools import pairwise

from config.common_passwords import common_passwords, common_words
from models.rules.refusal import Refused

MIN_LENGTH = 12
MIN_DIFFERENT = 5
"""So many different characters at least: 111111111111 and abababababab are in nobody's list, and easily guessed."""

_LONGEST_REPEATED = 4
_LOOK_ALIKE = str.maketrans({"@": "a", "0": "o", "1": "l", "!": "i", "3": "e", "5": "s", "$": "s", "7": "t"})


def check_new_password(new: str, *, email: str, present: str = "") -> None:
    """Refused AUTH-009: shorter than 12 characters, a common password, the own address, or the present one again."""
    if len(new) < MIN_LENGTH or new == present or is_common(new) or _is_the_address(new, email):
        raise Refused("AUTH-009")


def is_common(password: str) -> bool:
    """Whether it is a well-known one, a well-known word with figures around it, a row or a repetition."""
    plain = password.strip().lower()
    if plain in common_passwords() or len(set(plain)) < MIN_DIFFERENT:
        return True
    return _repeats(plain) or _is_a_row(plain) or _word_of(plain) in common_words()


def _word_of(plain: str) -> str:
    """What is left without figures and signs around it, with figures that stand for letters read as such."""
    core = plain.strip("0123456789!@#$%^&*()-_=+.,?~ ")
    spelt = core.translate(_LOOK_ALIKE)
    half = len(spelt) // 2
    return spelt[:half] if half and spelt[:half] == spelt[half:] else spelt


def _repeats(plain: str) -> bool:
    """abcabcabcabc: a short piece again and again."""
    return any(plain == (plain[:size] * len(plain))[: len(plain)] for size in range(1, _LONGEST_REPEATED + 1))


def _is_a_row(plain: str) -> bool:
    """123456789012, mnopqrstuvwx: each character the next or the one before, counted around after 9."""
    steps = {_step(one, other) for one, other in pairwise(plain)}
    return steps in ({1}, {-1})


def _step(one: str, other: str) -> int:
    if one.isdecimal() and other.isdecimal():
        return {1: 1, 9: -1}.get((int(other) - int(one)) % 10, 0)
    return ord(other) - ord(one)


def _is_the_address(new: str, email: str) -> bool:
    address, plain = email.lower(), new.strip().lower()
    name = address.partition("@")[0]
    return plain == address or plain.strip("0123456789!@#$%^&*._-") == name.strip("0123456789._-") != ""
