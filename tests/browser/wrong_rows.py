"""A file of 5000 rows of which 100 are wrong, and a second one that meets some of its people."""

from __future__ import annotations

from functools import cache

from models.rules.person import IdType
from tasks.sample_people import fictitious_person
from tests.imports import typed
from tests.workbooks import a_workbook

COLUMNS = ("name", "id_type", "id_no", "birth", "sex", "mobile", "has_si")
ROWS = 5_000
PEOPLE = [fictitious_person(78, number, id_type=IdType.RESIDENT_ID) for number in range(ROWS)]
RIGHT = [typed(person) for person in PEOPLE]
STRANGERS = [fictitious_person(79, number, id_type=IdType.RESIDENT_ID) for number in range(5)]
"""People of another unit, whose numbers five rows bear by mistake."""

KINDS = ("有",) * 8 + ("number",) * 4 + ("mobile",) * 3 + ("name",) * 2 + ("sex",) * 2 + ("occupied",)
"""What is wrong with every fiftieth row, over and over: 40 rows say 有, 5 hold a stranger's number, and so on."""
WRONG = {number: KINDS[at % len(KINDS)] for at, number in enumerate(range(25, ROWS, 50))}
BY_HAND = [number for number, kind in WRONG.items() if kind != "有"]

MET = [3, *list(WRONG)[:4], *range(100, 125)]
"""Whom a second file holds too: of them five with another mobile; four were wrong in the first one."""
NEW = [typed(fictitious_person(80, number, id_type=IdType.RESIDENT_ID)) for number in range(20)]


def spoilt(number: int) -> tuple[str, ...]:
    """The row of a person with its mistake, if it is to have one."""
    row, kind = dict(zip(COLUMNS, RIGHT[number], strict=True)), WRONG.get(number)
    if kind == "有":
        row["has_si"] = "有"
    elif kind == "number":
        row["id_no"] += "#"
    elif kind == "mobile":
        row["mobile"] = "1380000"
    elif kind == "name":
        row["name"] = ""
    elif kind == "sex":
        row["sex"] = "M"
    elif kind == "occupied":
        stranger = STRANGERS[list(WRONG).index(number) // len(KINDS)]
        row["name"], row["id_no"] = stranger.name, stranger.id_no
    return tuple(row.values())


@cache
def the_file() -> bytes:
    """5000 rows, of which 100 are wrong."""
    return a_workbook([spoilt(number) for number in range(ROWS)])


@cache
def the_second_file() -> bytes:
    """30 people of the first file, five of them with another mobile, and 20 new ones."""
    met = [RIGHT[number] for number in MET]
    return a_workbook([*((*row[:5], f"1420000000{at}", row[6]) for at, row in enumerate(met[:5])), *met[5:], *NEW])
