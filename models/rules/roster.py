"""One row of a roster: from what stands in its seven cells to a person, or to every reason why not (DOMAIN 7.3–7.5)."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple, TypeVar

from models.rules.eligibility import under_age
from models.rules.findings import Column, Finding, Outcome
from models.rules.identity import ResidentId, check_passport, check_resident_id, real_birth
from models.rules.mobile import mobile_from_number_cell, mobile_number
from models.rules.name import is_name, normalise_name
from models.rules.person import ID_TYPE_TEXTS, SEX_TEXTS, IdType, Person, Sex
from models.rules.plan import PlanYear
from models.rules.white_space import is_blank, trimmed

MAX_FILE_BYTES = 10 * 1024 * 1024
"""What a roster's file may weigh at most (DOMAIN 7.5, IMP-008)."""


class Odd(NamedTuple):
    """A cell that is not text."""

    kind: str
    """number, date, boolean, error or formula."""
    text: str
    """As a person would read it; an ISO date without its time for a date."""


Cell = str | Odd
"""Text as typed, "" for an empty cell."""


class TypedRow(NamedTuple):
    """A row as it stands in the file."""

    row: int
    """As the spreadsheet program shows it, header = 1."""
    cells: tuple[Cell, ...]
    """Exactly seven, in the template's order."""

    def text(self, column: Column) -> str:
        """What the clerk sees in that cell."""
        cell = self.cells[_INDEX[column]]
        return cell if isinstance(cell, str) else cell.text


_INDEX = {column: index for index, column in enumerate(Column)}


def as_typed(person: Person) -> dict[str, str]:
    """A person as the seven cells that give them again."""
    return {
        Column.NAME: person.name,
        Column.ID_TYPE: person.id_type.text,
        Column.ID_NO: person.id_no,
        Column.BIRTH: person.birth.isoformat(),
        Column.SEX: person.sex.text,
        Column.MOBILE: person.mobile or "",
        Column.HAS_SI: "是" if person.has_si else "否",
    }


@dataclass(slots=True)
class CheckedRow:
    """A row and what became of it: a person, or findings."""

    row: int
    typed: TypedRow
    person: Person | None = None
    """None where the row is not well-formed."""
    findings: list[Finding] = field(default_factory=list)
    outcome: Outcome | None = None
    """Set once it is decided; rules of this module decide `invalid` and `duplicate`."""

    def find(self, column: Column, code: str, **values: str | int) -> None:
        """Add one reason, with what was typed in that column."""
        self.findings.append(Finding(self.row, column, code, self.typed.text(column), values))


_ID_TYPES = {text: id_type for id_type, text in ID_TYPE_TEXTS.items()}
_SEXES = {text: sex for sex, text in SEX_TEXTS.items()}
_YES_NO = {"是": True, "否": False}
_ISO_DATE = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")
_Word = TypeVar("_Word")


def check_rows(rows: Iterable[TypedRow], plan: PlanYear, today: date, reference: date) -> Iterator[CheckedRow]:
    """Each row checked by itself, as they come; `mark_duplicates` then compares them."""
    for typed in rows:
        yield check_row(typed, plan, today, reference)


def check_row(typed: TypedRow, plan: PlanYear, today: date, reference: date) -> CheckedRow:
    """Every reason why the row is refused, in the order of its columns, or the person in it.

    `today` is the business date on which the file was received, `reference` the day on which cover starts (ROW-016).
    """
    name_cell, id_type_cell, id_no_cell, birth_cell, sex_cell, mobile_cell, has_si_cell = typed.cells
    row = CheckedRow(typed.row, typed)
    name = _name(row, name_cell)
    id_type = _word(row, Column.ID_TYPE, "ROW-002", id_type_cell, _ID_TYPES)
    birth: date | None
    sex: Sex | None
    if id_type is IdType.RESIDENT_ID:
        id_no, birth, sex = _resident(row, id_no_cell, today)
        if birth and under_age(birth, reference, plan):
            row.find(Column.ID_NO, "ROW-016")
        if birth_cell:
            _agree(row, Column.BIRTH, "ROW-011", _birth(row, birth_cell, today), birth)
        if sex_cell:
            _agree(row, Column.SEX, "ROW-012", _sex(row, sex_cell), sex)
    else:
        required = id_type is IdType.PASSPORT
        id_no = _passport(row, id_no_cell, judged=required)
        birth = _birth(row, birth_cell, today, required)
        if birth and required and under_age(birth, reference, plan):
            row.find(Column.BIRTH, "ROW-016")
        sex = _sex(row, sex_cell, required)
    mobile = _mobile(row, mobile_cell)
    has_si = _word(row, Column.HAS_SI, "ROW-004", has_si_cell, _YES_NO)
    if row.findings:
        row.outcome = Outcome.INVALID
    elif id_type and id_no and birth and sex:  # without findings they are all there
        row.person = Person(name, id_type, id_no, birth, sex, mobile, bool(has_si))
    return row


def mark_duplicates(rows: Iterable[CheckedRow]) -> None:
    """Rows of one file with the same valid number and nothing else wrong (DOMAIN 7.5, ROW-008).

    If they say the same, the first counts and the others are duplicates of it; if they differ in anything, nobody
    knows which is right and all of them are invalid.
    """
    same_number: dict[tuple[IdType, str], list[CheckedRow]] = defaultdict(list)
    for row in rows:
        if row.person is not None and row.outcome is None:
            same_number[row.person.id_type, row.person.id_no].append(row)
    for first, *others in same_number.values():
        if not others:
            continue
        outcome = Outcome.DUPLICATE
        if any(other.person != first.person for other in others):
            outcome = first.outcome = Outcome.INVALID
            first.find(Column.ID_NO, "ROW-008", other=others[0].row)
        for other in others:
            other.outcome = outcome
            other.find(Column.ID_NO, "ROW-008", other=first.row)


def _name(row: CheckedRow, cell: Cell) -> str:
    name = normalise_name(cell) if isinstance(cell, str) else ""
    if not is_name(name):
        row.find(Column.NAME, "ROW-001" if isinstance(cell, str) and not name else "ROW-014")
    return name


def _word(row: CheckedRow, column: Column, code: str, cell: Cell, words: Mapping[str, _Word]) -> _Word | None:
    """What one of a few words stands for; `code` for anything else."""
    if isinstance(cell, str):
        word = words.get(cell)
        if word is None:
            word = words.get(trimmed(cell))
        if word is not None:
            return word
    row.find(column, code)
    return None


def _resident(row: CheckedRow, cell: Cell, today: date) -> tuple[str, date, Sex] | tuple[None, None, None]:
    text = _number_text(row, cell)
    if text is not None:
        checked = check_resident_id(text, today)
        if isinstance(checked, ResidentId):
            return checked
        row.find(Column.ID_NO, checked.code, **checked.values)
    return None, None, None


def _passport(row: CheckedRow, cell: Cell, judged: bool) -> str | None:
    """`judged`: whether the row says that it is a passport; if not, a number can only be missing or no text."""
    text = _number_text(row, cell)
    if text is not None and judged:
        checked = check_passport(text)
        if isinstance(checked, str):
            return checked
        row.find(Column.ID_NO, checked.code, **checked.values)
    return None


def _number_text(row: CheckedRow, cell: Cell) -> str | None:
    if not isinstance(cell, str):
        row.find(Column.ID_NO, "ROW-013")  # a spreadsheet's number has lost its last digits already
    elif is_blank(cell):
        row.find(Column.ID_NO, "ROW-003")
    else:
        return cell
    return None


def _agree(row: CheckedRow, column: Column, code: str, given: object, derived: object) -> None:
    """Birth and sex beside a 身份证 number may be missing, but not differ from it (DOMAIN 7.3, rule 10)."""
    if given is not None and derived is not None and given != derived:
        row.find(column, code)


def _birth(row: CheckedRow, cell: Cell, today: date, required: bool = False) -> date | None:
    iso = trimmed(cell) if isinstance(cell, str) else cell.text if cell.kind == "date" else "not a date"
    if not iso:
        if required:
            row.find(Column.BIRTH, "ROW-005")
        return None
    birth = real_birth(iso, today) if _ISO_DATE.fullmatch(iso) else None
    if birth is None:
        row.find(Column.BIRTH, "ROW-007")
    return birth


def _sex(row: CheckedRow, cell: Cell, required: bool = False) -> Sex | None:
    if isinstance(cell, str) and is_blank(cell):
        if required:
            row.find(Column.SEX, "ROW-006")
        return None
    return _word(row, Column.SEX, "ROW-019", cell, _SEXES)


def _mobile(row: CheckedRow, cell: Cell) -> str | None:
    if isinstance(cell, str):
        if is_blank(cell):
            return None
        mobile = mobile_number(cell)
    else:
        mobile = mobile_from_number_cell(cell.text) if cell.kind == "number" else None
    if mobile is None:
        row.find(Column.MOBILE, "ROW-010")
    return mobile
