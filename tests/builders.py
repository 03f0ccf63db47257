"""Fictitious people and rows for tests: say what matters, the rest is filled in."""

from dataclasses import replace
from datetime import date

from models.rules.findings import Column
from models.rules.identity import check_character
from models.rules.person import IdType, Person, Sex
from models.rules.roster import Cell, TypedRow


def resident_id(
    birth: date = date(1990, 3, 7), sex: Sex = Sex.MALE, sequence: int = 1, province: str = "310000"
) -> str:
    """A valid 身份证 number. `sequence` 0 to 499 tells people of one birthday and sex apart."""
    if not 0 <= sequence < 500:
        raise ValueError("three digits hold 500 people of one sex and birthday")
    digits = f"{province:0<6}{birth:%Y%m%d}{2 * sequence + (sex is Sex.MALE):03d}"
    return digits + check_character(digits)


def a_person(**changes: object) -> Person:
    """王豆豆 of the handbook's sample row, with the given fields changed."""
    person = Person("王豆豆", IdType.RESIDENT_ID, "110101199003079091", date(1990, 3, 7), Sex.MALE, None, True)
    return replace(person, **changes)  # type: ignore[arg-type]  # the names are Person's own, checked by replace


def a_typed_row(row: int = 2, **cells: Cell) -> TypedRow:
    """The handbook's sample row of 王豆豆, with the cells of the named columns changed."""
    typed: dict[str, Cell] = {
        "name": "王豆豆",
        "id_type": "身份证",
        "id_no": "110101199003079091",
        "birth": "",
        "sex": "",
        "mobile": "",
        "has_si": "是",
    }
    unknown = set(cells) - set(typed)
    if unknown:
        raise TypeError(f"no such column: {unknown}")
    typed.update(cells)
    return TypedRow(row, tuple(typed[column] for column in Column))


def a_passport_row(row: int = 2, **cells: Cell) -> TypedRow:
    """The handbook's sample row of 王豆, who has a passport."""
    sample: dict[str, Cell] = {
        "name": "王豆",
        "id_type": "护照",
        "id_no": "H801213602X",
        "birth": "1998-12-09",
        "sex": "男",
        "has_si": "否",
    }
    return a_typed_row(row, **(sample | cells))
