"""A line of the association's reference data: the social-insurance register (DOMAIN 7.7) and earlier rosters (7.2)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import NamedTuple, TypeVar

from models.rules.enrolment_code import check_enrolment_code
from models.rules.identity import ResidentId, check_passport, check_resident_id, real_birth
from models.rules.mobile import mobile_number
from models.rules.name import is_name, normalise_name
from models.rules.person import ID_TYPE_TEXTS, SEX_TEXTS, EmploymentStatus, IdType, Sex
from models.rules.refusal import Refused

SI_PEOPLE_COLUMNS = ("id_type", "id_no", "name", "personal_si_no", "si_unit_code", "status", "as_of")
SI_UNITS_COLUMNS = ("si_unit_code", "in_service_total", "as_of")
HISTORY_COLUMNS = (
    "enrolment_code", "plan_year", "name", "id_type", "id_no", "birth", "sex", "mobile", "has_si", "si_unit_code",
    "personal_si_no",
)  # fmt: skip

_SI_CODE = re.compile(r"[0-9A-Z]{4,20}")
_PLAN_YEAR = re.compile(r"[0-9A-Za-z-]{1,10}")
_COUNT = re.compile(r"[0-9]{1,9}")
_ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_ID_TYPES = {text: id_type for id_type, text in ID_TYPE_TEXTS.items()}
_SEXES = {text: sex for sex, text in SEX_TEXTS.items()}
_STATUSES = {"在职": EmploymentStatus.IN_SERVICE, "退休": EmploymentStatus.RETIRED}
_YES_NO = {"是": True, "否": False}
Value = TypeVar("Value")


class LineWrongError(ValueError):
    """A cell can't be used; the message names the column and the reason and never quotes the cell."""

    def __init__(self, column: str, reason: str) -> None:
        super().__init__(f"{column}: {reason}")


class RegisterEntry(NamedTuple):
    """A person of the social-insurance register."""

    id_no: str
    name: str
    personal_si_no: str | None
    si_unit_code: str | None
    status: EmploymentStatus
    as_of: date


class UnitTotal(NamedTuple):
    """How many in-service people a 单位社保编码 has."""

    si_unit_code: str
    in_service_total: int
    as_of: date


class HistoricalEntry(NamedTuple):
    """A person of an earlier year's roster."""

    enrolment_code: str
    plan_year: str
    name: str
    id_type: IdType
    id_no: str
    birth: date
    sex: Sex
    mobile: str | None
    has_si: bool
    si_unit_code: str | None
    personal_si_no: str | None


def register_entry(cells: Mapping[str, str], today: date) -> RegisterEntry:
    """A line of `si_person`. LineWrongError: why not."""
    id_no = _number(cells, _word(cells, "id_type", _ID_TYPES), today)[0]
    return RegisterEntry(
        id_no,
        _name(cells),
        _matching(cells, "personal_si_no", _SI_CODE, required=False),
        _matching(cells, "si_unit_code", _SI_CODE, required=False),
        _word(cells, "status", _STATUSES),
        _day(cells, "as_of"),
    )


def unit_total(cells: Mapping[str, str], _today: date) -> UnitTotal:
    """A line of `si_unit`. LineWrongError: why not."""
    code = _matching(cells, "si_unit_code", _SI_CODE)
    count = _matching(cells, "in_service_total", _COUNT)
    return UnitTotal(code or "", int(count or 0), _day(cells, "as_of"))


def historical_entry(cells: Mapping[str, str], today: date) -> HistoricalEntry:
    """A line of an earlier roster; birth and sex of a 身份证 are its number's. LineWrongError: why not."""
    id_type = _word(cells, "id_type", _ID_TYPES)
    id_no, birth, sex = _number(cells, id_type, today)
    given_birth = _optional(cells, "birth", lambda: _born(cells, today))
    given_sex = _optional(cells, "sex", lambda: _word(cells, "sex", _SEXES))
    if birth and given_birth and given_birth != birth:
        raise LineWrongError("birth", "not the date of birth in the number")
    if sex and given_sex and given_sex is not sex:
        raise LineWrongError("sex", "not the sex in the number")
    birth, sex = birth or given_birth, sex or given_sex
    if birth is None or sex is None:
        raise LineWrongError("birth" if birth is None else "sex", "empty")
    return HistoricalEntry(
        _enrolment_code(cells),
        _matching(cells, "plan_year", _PLAN_YEAR) or "",
        _name(cells),
        id_type,
        id_no,
        birth,
        sex,
        _optional(cells, "mobile", lambda: _mobile(cells)),
        _word(cells, "has_si", _YES_NO),
        _matching(cells, "si_unit_code", _SI_CODE, required=False),
        _matching(cells, "personal_si_no", _SI_CODE, required=False),
    )


def _number(cells: Mapping[str, str], id_type: IdType, today: date) -> tuple[str, date | None, Sex | None]:
    if id_type is IdType.RESIDENT_ID:
        checked = check_resident_id(cells["id_no"], today)
        if isinstance(checked, ResidentId):
            return checked.number, checked.birth, checked.sex
        raise LineWrongError("id_no", checked.code)
    passport = check_passport(cells["id_no"])
    if isinstance(passport, str):
        return passport, None, None
    raise LineWrongError("id_no", passport.code)


def _enrolment_code(cells: Mapping[str, str]) -> str:
    try:
        return check_enrolment_code(cells["enrolment_code"])
    except Refused as refused:
        raise LineWrongError("enrolment_code", refused.code) from None


def _name(cells: Mapping[str, str]) -> str:
    name = normalise_name(cells["name"])
    if not is_name(name):
        raise LineWrongError("name", "no name")
    return name


def _word(cells: Mapping[str, str], column: str, words: Mapping[str, Value]) -> Value:
    try:
        return words[cells[column].strip()]
    except KeyError:
        raise LineWrongError(column, f"must be one of {', '.join(words)}") from None


def _matching(cells: Mapping[str, str], column: str, form: re.Pattern[str], *, required: bool = True) -> str | None:
    text = cells[column].strip()
    if not text and not required:
        return None
    if not form.fullmatch(text):
        raise LineWrongError(column, f"must have the form {form.pattern}" if text else "empty")
    return text


def _day(cells: Mapping[str, str], column: str) -> date:
    text = cells[column].strip()
    try:
        if _ISO_DATE.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise LineWrongError(column, "must be a date like 2020-04-01")


def _born(cells: Mapping[str, str], today: date) -> date:
    birth = real_birth(_day(cells, "birth").isoformat(), today)
    if birth is None:
        raise LineWrongError("birth", "no date of birth")
    return birth


def _mobile(cells: Mapping[str, str]) -> str:
    mobile = mobile_number(cells["mobile"])
    if mobile is None:
        raise LineWrongError("mobile", "no mobile number")
    return mobile


def _optional(cells: Mapping[str, str], column: str, read: Callable[[], Value]) -> Value | None:
    return read() if cells[column].strip() else None
