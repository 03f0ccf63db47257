"""The grid of refused rows: seven inputs a row with what is wrong beside them, and what a clerk's form says of it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from werkzeug.datastructures import MultiDict

from config.messages import remedy, text_without_row
from models.actions.correct_rows import CorrectionLine
from models.queries.corrections import RepeatedMistake
from models.rules.findings import Column, Finding
from models.rules.identity import check_passport, normalise
from models.rules.person import ID_TYPE_TEXTS, SEX_TEXTS
from models.rules.roster import Cell
from models.rules.white_space import trimmed
from web.import_page.result import named_rows

ROWS_A_PAGE = 50
CHOICES = {
    Column.ID_TYPE: tuple(ID_TYPE_TEXTS.values()),
    Column.SEX: tuple(SEX_TEXTS.values()),
    Column.HAS_SI: ("是", "否"),
}
"""Columns that take one of two words; what else was typed is offered as well, or it could not be shown."""

_MAY_BE_EMPTY = frozenset({Column.SEX})
_SHOWN_CHARS = 100
"""Of a cell: nothing that is accepted is longer, and a page of cells must fit into a form."""
_CONTROLS = re.compile(r"[\x00-\x1f\x7f]")
_FIELD = re.compile(r"r([0-9]{1,7})")


@dataclass(frozen=True, slots=True)
class GridCell:
    """One input. `reasons`: sentence, remedy and code of each thing that is wrong in it."""

    column: Column
    label: str
    value: str
    placeholder: str
    options: Sequence[str]
    reasons: Sequence[tuple[str, str, str]]


@dataclass(frozen=True, slots=True)
class GridRow:
    """A refused row. `version` tells on the way back whether somebody else changed it meanwhile; `typed`: it holds
    what was not saved.
    """

    row: int
    cells: Sequence[GridCell]
    reasons: Sequence[tuple[str, str, str]]
    version: str
    typed: bool


@dataclass(frozen=True, slots=True)
class RowForm:
    """A row as it comes back from the page."""

    cells: tuple[str, ...]
    version: str

    @property
    def changed(self) -> bool:
        """Whether anything differs from what the page showed."""
        return version_of(self.cells) != self.version


@dataclass(frozen=True, slots=True)
class GroupLine:
    """One mistake made again and again, as the page offers to mend it."""

    column: Column
    name: str
    typed: str
    code: str
    rows: int
    row_words: str
    all_named: bool
    remedy: str
    options: Sequence[tuple[str, str]]


def shown(cells: Iterable[Cell]) -> tuple[str, ...]:
    """The cells as inputs hold them: without line ends, and without a number whose end a spreadsheet has lost."""
    return tuple(_shown(column, cell) for column, cell in zip(Column, cells, strict=True))


def version_of(cells: Sequence[str]) -> str:
    """A short mark of a row's content, to tell whether it is still the same."""
    return hashlib.blake2s("\x1f".join(cells).encode(errors="replace"), digest_size=8).hexdigest()


def grid_row(line: CorrectionLine, typed: RowForm | None, people: Mapping[int, str]) -> GridRow:
    """The row as it stands, or with what was typed over it and is not saved.

    `people`: rows of the same import whose people are on the roster, with their certificate numbers.
    """
    held = shown(line.cells)
    values = typed.cells if typed else held
    cells = [
        _grid_cell(column, cell, value, line, people)
        for column, cell, value in zip(Column, line.cells, values, strict=True)
    ]
    others = [_reason(line, finding, people) for finding in line.findings if finding.column is None]
    return GridRow(line.row, cells, others, version_of(held), typed is not None and values != held)


def other_row(finding: Finding) -> int:
    """The row that a finding says this one repeats (ROW-008); 0 if it says nothing of the kind."""
    return int(finding.values.get("other", 0))


def row_forms(form: MultiDict[str, str]) -> dict[int, RowForm]:
    """The rows of a page as they were sent, at most a page of them."""
    rows: dict[int, RowForm] = {}
    for name, version in form.items():
        found = _FIELD.fullmatch(name)
        if found and len(rows) < ROWS_A_PAGE:
            cells = (form.get(f"{name}-{column}", "") for column in Column)
            rows[int(found[1])] = RowForm(tuple(cell[:_SHOWN_CHARS] for cell in cells), version)
    return rows


def with_replacement(rows: Mapping[int, RowForm], column: Column, typed: str, replacement: str) -> dict[int, RowForm]:
    """What was typed, with the mistake that was just mended everywhere mended in it as well."""
    at = list(Column).index(column)
    mended = dict(rows)
    for number, row in rows.items():
        if trimmed(row.cells[at]) == typed:
            mended[number] = replace(row, cells=(*row.cells[:at], replacement, *row.cells[at + 1 :]))
    return mended


def group_line(mistake: RepeatedMistake) -> GroupLine:
    """是否有社保 填了“有” — 37 行."""
    options = [(word, word) for word in CHOICES.get(mistake.column, ())]
    if mistake.column in _MAY_BE_EMPTY:
        options.append(("", "留空"))
    return GroupLine(
        column=mistake.column,
        name=mistake.column.text,
        typed=mistake.typed,
        code=mistake.code,
        rows=mistake.rows,
        row_words=named_rows(mistake.first_rows, mistake.rows),
        all_named=mistake.rows <= len(mistake.first_rows),
        remedy=remedy(mistake.code),
        options=options,
    )


def first_wrong(rows: Iterable[GridRow], at: int | None) -> str:
    """The input at which the reader goes on after saving: the first wrong one, from row `at` on where there is one."""
    wrong = [(row.row, cell.column) for row in rows for cell in row.cells if cell.reasons]
    number, column = next((one for one in wrong if at is not None and one[0] >= at), wrong[0] if wrong else (0, ""))
    return f"c{number}-{column}" if column else ""


def _grid_cell(column: Column, cell: Cell, value: str, line: CorrectionLine, people: Mapping[int, str]) -> GridCell:
    options: tuple[str, ...] = CHOICES.get(column, ())
    if options:
        options = ("", *options) if column in _MAY_BE_EMPTY else options
        options = options if value in options else (value, *options)
    lost = cell.text if column is Column.ID_NO and not isinstance(cell, str) else ""
    reasons = [_reason(line, finding, people) for finding in line.findings if finding.column is column]
    return GridCell(column, column.text, value, lost, options, reasons)


def _reason(line: CorrectionLine, finding: Finding, people: Mapping[int, str]) -> tuple[str, str, str]:
    message = text_without_row(finding.code, **{"row": line.row, **finding.values})
    on_roster = other_row(finding) in people and people[other_row(finding)] == _number(line)
    advice = remedy(finding.code, "on_roster").format_map(finding.values) if on_roster else remedy(finding.code)
    return message, advice, finding.code


def _number(line: CorrectionLine) -> str:
    """The certificate number of a row as a person would bear it."""
    cell = line.cells[list(Column).index(Column.ID_NO)]
    if not isinstance(cell, str):
        return ""
    passport = check_passport(cell)
    return passport if isinstance(passport, str) else normalise(cell)


def _shown(column: Column, cell: Cell) -> str:
    if column is Column.ID_NO and not isinstance(cell, str):
        return ""
    words = CHOICES.get(column, ())
    value = _CONTROLS.sub("", cell if isinstance(cell, str) else cell.text)
    return word if (word := trimmed(value)) in words else value[:_SHOWN_CHARS]
