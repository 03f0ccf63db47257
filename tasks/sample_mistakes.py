"""Every mistake that one row of a file can hold, as samples plant it, with the findings that must come back.

Written from DOMAIN 7.3 to 7.5, not from the rules' code: the samples' answers judge the rules.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from models.rules.findings import Column
from models.rules.person import IdType, Person
from tasks.sample_people import check_character, resident_number
from tasks.workbook.template import ErrorValue, Formula, WrittenCell

Spoilt = WrittenCell | Callable[[Person], WrittenCell]
"""What a cell holds instead: always the same, or made from what would have been right."""

RESIDENT, PASSPORT = IdType.RESIDENT_ID, IdType.PASSPORT
NAME, ID_TYPE, ID_NO, BIRTH, SEX, MOBILE, HAS_SI = Column


@dataclass(frozen=True, slots=True)
class Mistake:
    """One way to get a row wrong."""

    kind: str
    cells: Mapping[Column, Spoilt]
    findings: tuple[tuple[Column, str], ...]
    id_type: IdType | None = None
    """The people to whom it can happen; None: everybody."""


def _wrong(kind: str, column: Column, cell: Spoilt, code: str, id_type: IdType | None = None) -> Mistake:
    return Mistake(kind, {column: cell}, ((column, code),), id_type)


def _resident(kind: str, cell: Callable[[str], WrittenCell], code: str) -> Mistake:
    return _wrong(kind, ID_NO, lambda person: cell(person.id_no), code, RESIDENT)


def _passport(kind: str, column: Column, cell: Spoilt, code: str) -> Mistake:
    return _wrong(kind, column, cell, code, PASSPORT)


def _with_another_check_character(number: str) -> str:
    return number[:17] + ("0" if number[17] != "0" else "1")


def _rewritten(number: str, start: int, replacement: str) -> str:
    """The number with other digits from `start` on, and the check character that belongs to them."""
    body = number[:start] + replacement + number[start + len(replacement) : 17]
    return body + check_character(body)


def _other_sex(person: Person) -> str:
    return "女" if person.sex == "male" else "男"


_CHILD_BIRTH = date(2013, 5, 5)
"""Born by the coverage start of every plan year from 2018 on, and under 16 until 2029."""

MISTAKES: tuple[Mistake, ...] = (
    _wrong("name missing", NAME, "", "ROW-001"),
    _resident("wrong check character", _with_another_check_character, "IDN-005"),
    _resident("number in a numeric cell", lambda number: float(number[:17] + "0"), "ROW-013"),
    _wrong("social insurance missing", HAS_SI, "", "ROW-004"),
    _passport("passport without birth date", BIRTH, "", "ROW-005"),
    _wrong("mobile with a wrong start", MOBILE, "12012345678", "ROW-010"),
    _resident("Cyrillic Х for X", lambda number: number[:17] + "Х", "IDN-008"),
    _resident("zero-width space inside the number", lambda number: f"{number[:6]}\u200b{number[6:]}", "IDN-008"),
    _wrong("formula as a name", NAME, Formula('="王"&"豆"'), "ROW-014"),
    _wrong("unknown certificate type", ID_TYPE, "军官证", "ROW-002"),
    _resident("fifteen digits", lambda number: number[:6] + number[8:17], "IDN-002"),
    _resident("seventeen characters", lambda number: number[:17], "IDN-001"),
    _resident("no such province", lambda number: _rewritten(number, 0, "10"), "IDN-003"),
    _resident("30 February in the number", lambda number: _rewritten(number, 10, "0230"), "IDN-004"),
    _passport("passport without sex", SEX, "", "ROW-006"),
    _passport(
        "passport with a forbidden character", ID_NO, lambda person: f"{person.id_no[:2]}#{person.id_no[3:]}", "IDN-006"
    ),
    Mistake(
        "resident number as a passport",
        {ID_NO: lambda person: resident_number("310000", person.birth, 1)},
        ((ID_NO, "IDN-007"),),
        PASSPORT,
    ),
    Mistake(
        "birth date against the number",
        {BIRTH: lambda person: f"{person.birth.year - 1}-{person.birth:%m}-01"},
        ((BIRTH, "ROW-011"),),
        RESIDENT,
    ),
    _wrong("sex against the number", SEX, _other_sex, "ROW-012", RESIDENT),
    _wrong("number missing", ID_NO, "", "ROW-003"),
    _wrong("sex in a foreign word", SEX, "M", "ROW-019"),
    _wrong("birth date with slashes", BIRTH, "1990/01/01", "ROW-007"),
    Mistake(
        "under 16",
        {ID_NO: lambda person: _rewritten(person.id_no, 6, f"{_CHILD_BIRTH:%Y%m%d}"), BIRTH: ""},
        ((ID_NO, "ROW-016"),),
        RESIDENT,
    ),
    _wrong("name with a forbidden character", NAME, "王@豆", "ROW-014"),
    # From here on: the same codes, come by in other ways.
    _wrong("name of 51 characters", NAME, "王" * 51, "ROW-014"),
    _wrong("zero-width joiner in the name", NAME, "王\u200d豆", "ROW-014"),
    _wrong("certificate type missing", ID_TYPE, "", "ROW-002"),
    _wrong("social insurance in other words", HAS_SI, "有", "ROW-004"),
    _wrong("social insurance as a logical value", HAS_SI, True, "ROW-004"),
    _wrong("social insurance by formula", HAS_SI, Formula('=IF(1=1,"是","否")'), "ROW-004"),
    _resident("number by formula", lambda number: Formula(f'="{number}"'), "ROW-013"),
    _wrong("error value for the number", ID_NO, ErrorValue("#N/A"), "ROW-013"),
    _resident("number in scientific notation", lambda number: f"{int(number[:15]) / 10**14:.14f}E+17", "IDN-008"),
    _resident("circled digit", lambda number: f"①{number[1:]}", "IDN-008"),
    _resident("Roman numeral ten for X", lambda number: number[:17] + "Ⅹ", "IDN-008"),
    _resident("multiplication sign for X", lambda number: number[:17] + "×", "IDN-008"),
    _resident("Arabic-Indic digit", lambda number: f"{number[:4]}٣{number[5:]}", "IDN-008"),
    _resident("nineteen characters", lambda number: number + "0", "IDN-001"),
    _resident("X before the last place", lambda number: f"{number[:5]}X{number[6:]}", "IDN-001"),
    _resident("born in the future", lambda number: _rewritten(number, 6, "2090"), "IDN-004"),
    _passport("passport without a digit", ID_NO, "ABCDEFGH", "IDN-006"),
    _passport("passport too short", ID_NO, "A123", "IDN-006"),
    _passport(
        "passport with a circled digit", ID_NO, lambda person: f"{person.id_no[:3]}①{person.id_no[4:]}", "IDN-006"
    ),
    _passport("passport in a numeric cell", ID_NO, 12345678, "ROW-013"),
    _passport("child's passport", BIRTH, f"{_CHILD_BIRTH}", "ROW-016"),
    _wrong("30 February as birth date", BIRTH, "1990-02-30", "ROW-007"),
    _wrong("birth date in the future", BIRTH, "2099-01-01", "ROW-007"),
    _wrong("birth date as a plain number", BIRTH, 32874, "ROW-007"),
    _wrong("error value for the birth date", BIRTH, ErrorValue("#VALUE!"), "ROW-007"),
    _wrong("error value for the sex", SEX, ErrorValue("#REF!"), "ROW-019"),
    _wrong("landline for a mobile", MOBILE, "021-12345678", "ROW-010"),
    _wrong("mobile with a fraction", MOBILE, 13912345678.5, "ROW-010"),
    _wrong("mobile by formula", MOBILE, Formula("=13912345678+0"), "ROW-010"),
    Mistake(
        "everything at once",
        {NAME: "", ID_NO: lambda person: _with_another_check_character(person.id_no), MOBILE: "139", HAS_SI: "?"},
        ((NAME, "ROW-001"), (ID_NO, "IDN-005"), (MOBILE, "ROW-010"), (HAS_SI, "ROW-004")),
        RESIDENT,
    ),
    Mistake(
        "birth date and sex against the number",
        {BIRTH: "1970-01-01", SEX: _other_sex},
        ((BIRTH, "ROW-011"), (SEX, "ROW-012")),
        RESIDENT,
    ),
    Mistake(
        "resident's row shifted by one column",
        {ID_TYPE: lambda person: person.id_no, ID_NO: "", SEX: "身份证"},
        ((ID_TYPE, "ROW-002"), (ID_NO, "ROW-003"), (SEX, "ROW-019")),
        RESIDENT,
    ),
)
"""In the order in which samples use them: first each code once, so that a small sample shows different ones."""

EQUAL_COPY = "same person twice, all equal"
EQUAL_COPY_OTHER_SPELLING = "same person twice, written differently"
DIFFERENT_COPY = "same number twice, different particulars"
COPIES = (EQUAL_COPY, DIFFERENT_COPY, EQUAL_COPY_OTHER_SPELLING)
"""Mistakes that need two rows; always ROW-008."""
