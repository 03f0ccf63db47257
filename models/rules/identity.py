"""Certificate numbers: 身份证 (DOMAIN 7.3) and 护照, which stands for every other certificate (DOMAIN 7.4)."""

import re
import unicodedata
from datetime import date
from operator import mul
from typing import NamedTuple

from models.rules.person import Sex
from models.rules.white_space import FULL_WIDTH, WHITE_SPACE

_NORMAL: dict[int, int | None] = {
    **{ord(letter): ord(letter.upper()) for letter in "abcdefghijklmnopqrstuvwxyz"},
    **{wide: ord(chr(narrow).upper()) for wide, narrow in FULL_WIDTH.items()},
    **{ord(space): None for space in WHITE_SPACE},
}

_RESIDENT_FORM = re.compile("[0-9]{17}[0-9X]")
_OLD_RESIDENT_FORM = re.compile("[0-9]{15}")
_PASSPORT_FORM = re.compile("(?=.*[0-9])[A-Z0-9]{5,20}")
_PASSPORT_PUNCTUATION = {ord(mark): None for mark in "-.()/"}

# Two digits only: the full address codes are abolished and reassigned all the time (DOMAIN 7.3, rule 6).
_PROVINCES = frozenset(
    str(code)
    for code in (
        *range(11, 16),
        *range(21, 24),
        *range(31, 38),
        *range(41, 47),
        *range(50, 55),
        *range(61, 66),
        *(71, 81, 82, 83),
    )
)

# ISO 7064 MOD 11-2 (GB 11643). The sum runs over the characters' ASCII codes, hence the offset.
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ASCII_OFFSET = ord("0") * sum(_WEIGHTS)
_CHECK_CHARACTERS = "10X98765432"

# Letters and symbols to Unicode that leave no mark on the screen: Hangul fillers, the braille blank.
_BLANK_GLYPHS = frozenset("\u115f\u1160\u2800\u3164\uffa0")


RESIDENT_ID_LENGTH = 18


class ResidentId(NamedTuple):
    """A valid 18-character number and what it says."""

    number: str
    birth: date
    sex: Sex


class IdRefused(NamedTuple):
    """Why a number is not one: the code of the first check that fails."""

    code: str
    char: str = ""
    """For IDN-008 the first wrong character, by code point if it cannot be seen."""

    @property
    def values(self) -> dict[str, str | int]:
        """The placeholders of the text."""
        return {"char": self.char} if self.char else {}


def normalise(text: str) -> str:
    """Full-width forms as ASCII, white space dropped, a–z in upper case, and nothing else (DOMAIN 7.3).

    No NFKC: it would turn ① into 1 and Ⅹ into X, which must be refused.
    """
    return text.translate(_NORMAL)


def is_resident_id_form(number: str) -> bool:
    """Whether it looks like a whole 身份证 number, right or wrong; `number` is normalised. No passport may."""
    return _RESIDENT_FORM.fullmatch(number) is not None


def check_resident_id(text: str, today: date) -> ResidentId | IdRefused:
    """A 身份证 number as a clerk wrote it; nobody is born after `today`."""
    number = text
    if not _RESIDENT_FORM.fullmatch(number):
        number = normalise(text)
        refused = _refuse_form(number)
        if refused:
            return refused
    # A foreign permanent resident's number has the province after a leading 9 (DOMAIN 7.3, rule 8).
    if number[:2] not in _PROVINCES and not (number[0] == "9" and number[1:3] in _PROVINCES):
        return IdRefused("IDN-003")
    birth = real_birth(number[6:14], today)
    if birth is None:
        return IdRefused("IDN-004")
    if number[17] != check_character(number):
        return IdRefused("IDN-005")
    return ResidentId(number, birth, Sex.MALE if number[16] in "13579" else Sex.FEMALE)


def check_character(number: str) -> str:
    """The 18th character that the first 17 digits ask for."""
    remainder = (sum(map(mul, _WEIGHTS, number.encode("ascii"))) - _ASCII_OFFSET) % 11
    return _CHECK_CHARACTERS[remainder]


def check_passport(text: str) -> str | IdRefused:
    """The normalised number of a certificate other than a 身份证. Lenient, because there is no common form."""
    number = normalise(text).translate(_PASSPORT_PUNCTUATION)
    if _RESIDENT_FORM.fullmatch(number) or _OLD_RESIDENT_FORM.fullmatch(number):
        return IdRefused("IDN-007")
    return number if _PASSPORT_FORM.fullmatch(number) else IdRefused("IDN-006")


def check_whole_number(text: str, today: date) -> str | IdRefused:
    """The normalised number where nobody says its 证件类型: what looks like a 身份证 number is judged as one."""
    number = normalise(text)
    if _RESIDENT_FORM.fullmatch(number) or _OLD_RESIDENT_FORM.fullmatch(number):
        resident = check_resident_id(number, today)
        return resident.number if isinstance(resident, ResidentId) else resident
    return check_passport(text)


def real_birth(iso: str, today: date) -> date | None:
    """A date of birth from YYYYMMDD or YYYY-MM-DD, ASCII digits; None if no date, before 1900 or after today."""
    try:
        birth = date.fromisoformat(iso)
    except ValueError:
        return None
    return birth if birth.year >= 1900 and birth <= today else None


def _refuse_form(number: str) -> IdRefused | None:
    for char in number:
        if char not in "0123456789X":
            return IdRefused("IDN-008", _shown(char))
    if _RESIDENT_FORM.fullmatch(number):
        return None
    return IdRefused("IDN-002" if _OLD_RESIDENT_FORM.fullmatch(number) else "IDN-001")


def _shown(char: str) -> str:
    """The character itself, or its code point where the eye would see nothing or an accent on its neighbour."""
    if char.isprintable() and char not in _BLANK_GLYPHS and not unicodedata.category(char).startswith("M"):
        return char
    return f"U+{ord(char):04X}"
