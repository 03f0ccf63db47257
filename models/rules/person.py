"""A person on a roster, and how much of a number may be seen."""

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from models.rules.findings import Column


class IdType(StrEnum):
    """证件类型."""

    RESIDENT_ID = "resident_id"
    PASSPORT = "passport"

    @property
    def text(self) -> str:
        """The word of the template: 身份证, 护照."""
        return ID_TYPE_TEXTS[self]


ID_TYPE_TEXTS = {IdType.RESIDENT_ID: "身份证", IdType.PASSPORT: "护照"}


class Sex(StrEnum):
    """性别."""

    MALE = "male"
    FEMALE = "female"

    @property
    def text(self) -> str:
        """The word of the template: 男, 女."""
        return SEX_TEXTS[self]


SEX_TEXTS = {Sex.MALE: "男", Sex.FEMALE: "女"}


class EmploymentStatus(StrEnum):
    """职退情况: in service exactly when the person has social insurance (DOMAIN 7.6)."""

    IN_SERVICE = "in_service"
    RETIRED = "retired"
    UNKNOWN = "unknown"

    @property
    def text(self) -> str:
        """The word of the roster: 在职, 退休, or “-” where nobody knows."""
        return EMPLOYMENT_TEXTS[self]


EMPLOYMENT_TEXTS = {
    EmploymentStatus.IN_SERVICE: "在职",
    EmploymentStatus.RETIRED: "退休",
    EmploymentStatus.UNKNOWN: "-",
}


@dataclass(frozen=True, slots=True)
class Person:
    """One well-formed row: everything normalised, birth and sex of a resident taken from the number."""

    name: str
    id_type: IdType
    id_no: str
    birth: date
    sex: Sex
    mobile: str | None
    has_si: bool


def mask_id_no(id_no: str) -> str:
    """As lists show a number: 1101*****9091 for 18 characters, H8***2X for all others (DOMAIN 2)."""
    if len(id_no) == 18:
        return f"{id_no[:4]}*****{id_no[-4:]}"
    return f"{id_no[:2]}***{id_no[-2:]}"


# Blanks and hyphens between the digits do not make a number less of a number.
_LONG_NUMBER = re.compile(r"\d(?:[\s-]?\d){14,}[Xx]?")


def mask_typed(column: Column | None, text: str) -> str:
    """What a clerk wrote, safe to show and to store in clear (DOMAIN 7.5).

    In the number's column always masked, and a short one hidden whole; elsewhere only what looks like a number
    that slipped into the wrong column, the rest as typed.
    """
    if column is Column.ID_NO:
        number = text.strip()
        if not number:
            return ""
        return mask_id_no(number) if len(number) >= 7 else "***"
    return _LONG_NUMBER.sub(lambda run: mask_id_no(run.group()), text)
