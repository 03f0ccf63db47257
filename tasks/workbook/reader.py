"""A roster's bytes in, its rows out: the parent's side of the parser, and what can be refused without parsing."""

import json
from collections.abc import Callable
from dataclasses import dataclass

from models.rules.roster import MAX_FILE_BYTES, Cell, Odd, TypedRow
from tasks.workbook.parser import SEPARATOR
from tasks.workbook.parser_process import parse_in_another_process
from tasks.workbook.rejections import NotAWorkbook, TooBig, rejection

_ZIP = b"PK"
_COMPOUND_FILE = bytes.fromhex("D0CF11E0A1B11AE1")  # .xls, and the wrapping of an encrypted .xlsx
_ENCRYPTED_STREAM = "EncryptedPackage".encode("utf-16-le")


@dataclass(frozen=True, slots=True)
class Roster:
    """The people of one file as they were typed, from top to bottom."""

    rows: list[TypedRow]
    notes_ignored: int
    """Cells with something in them right of the table, which nobody reads (the clerk is told how many)."""


def read_roster(content: bytes, max_people: int, tick: Callable[[], None] | None = None) -> Roster:
    """Read a roster in a process of its own, which may die of it.

    `tick` is called about four times a second while that process works; what it raises ends the process and comes out.
    Raises RosterRejected for a file that is refused as a whole, RuntimeError for a bug in the parser.
    """
    refuse_at_the_door(content)
    told = json.loads(parse_in_another_process(content, max_people, tick or _nothing))
    if "code" in told:
        raise rejection(told["code"], told["detail"], told["values"])
    rows = [TypedRow(row, _typed(cells)) for row, cells in told["rows"]]
    return Roster(rows, told["notes_ignored"])


def refuse_at_the_door(content: bytes) -> None:
    """What size and first bytes alone say against a file, whatever its name. Raises TooBig or NotAWorkbook."""
    if len(content) > MAX_FILE_BYTES:
        raise TooBig.upload(len(content))
    if not content:
        raise NotAWorkbook.unreadable("an empty file")
    if content.startswith(_COMPOUND_FILE) and _ENCRYPTED_STREAM in content:
        raise NotAWorkbook.unreadable("an encrypted workbook")
    if not content.startswith(_ZIP):
        raise NotAWorkbook.wrong_type("no zip file, so no .xlsx")


def _typed(cells: str | list[str | list[str]]) -> tuple[Cell, ...]:
    """The cells as the parser tells them: all texts in one, or a list of texts and of kind and text of what is none."""
    if isinstance(cells, str):
        return tuple(cells.split(SEPARATOR))
    return tuple(cell if isinstance(cell, str) else Odd(*cell) for cell in cells)


def _nothing() -> None:
    pass
