"""What the parser's process runs: a workbook's bytes on standard input, its rows as JSON on standard output.

The bytes come from strangers, so this process may die of them and nothing else does: it limits its own memory and time,
and it dies with its parent. Only the standard library, and little of that: it starts once a file.
"""

from __future__ import annotations

import gc
import json
import os
import sys

from tasks.own_limits import OUT_OF_MEMORY, limit_this_process, tell_where
from tasks.workbook.cell_values import CellTexts
from tasks.workbook.rejections import NobodyInside, RosterRejected, TooBig
from tasks.workbook.roster_rows import RosterRows
from tasks.workbook.shared_strings import read_shared_strings
from tasks.workbook.sheet_xml import SheetReader
from tasks.workbook.styles import read_date_styles
from tasks.workbook.workbook_parts import Workbook, find_parts
from tasks.workbook.zip_limits import MAX_OTHER_BYTES, MAX_SHEET_BYTES, BoundedZip

TYPE_CHECKING = False
if TYPE_CHECKING:  # not from typing: it would be a tenth of the start-up time
    from tasks.workbook.roster_rows import Value

MEMORY_BYTES = 200 * 2**20
"""Of address space. The good file of 5000 people needs a tenth of it."""
CPU_SECONDS = 20
"""A million formatted rows need two; the rest is for slow machines."""

SEPARATOR = "\x7f"
"""Between cells: in next to none of them, and JSON writes it as it is."""


def read_workbook(content: bytes, max_people: int) -> RosterRows:
    """The roster's sheet of a workbook: the first visible one that says anything. Raises RosterRejected."""
    archive = BoundedZip(content)
    workbook = find_parts(archive)
    texts = _cell_texts(archive, workbook)
    for sheet in workbook.visible_sheets:
        if archive.bytes_beside(sheet) > MAX_OTHER_BYTES:
            raise TooBig.inside(f"{archive.bytes_beside(sheet)} bytes beside the sheet when unpacked")
        rows = RosterRows(max_people)
        SheetReader(texts, rows).read(archive.unpack(sheet, MAX_SHEET_BYTES))
        if not rows.blank:
            return rows
    raise NobodyInside("no visible worksheet says anything")


def main(parent_pid: int, max_people: int) -> None:
    """Answer once and end. Exit status 0: an answer, maybe a rejection; OUT_OF_MEMORY; anything else is a bug."""
    _bound_this_process(parent_pid)
    gc.disable()  # makes no cycles, and has hundreds of thousands of objects to look through
    try:
        answer = _answer(sys.stdin.buffer.read(), max_people)
        with open(sys.stdout.fileno(), "wb", closefd=False) as stream:
            stream.write(answer)
    except MemoryError:
        os._exit(OUT_OF_MEMORY)
    except Exception as error:  # noqa: BLE001 -- a bug; told without its message, which may hold an ID number
        tell_where(error)
        os._exit(1)
    os._exit(0)  # at once: to take a hundred thousand objects apart takes longer than to start


def _answer(content: bytes, max_people: int) -> bytes:
    try:
        rows = read_workbook(content, max_people)
        people = [(row, in_one_text(cells)) for row, cells in rows.people()]
        told: dict[str, object] = {"rows": people, "notes_ignored": rows.notes_ignored}
    except RosterRejected as rejection:
        told = {"code": rejection.code, "detail": rejection.detail, "values": rejection.values}
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()


def in_one_text(cells: list[Value]) -> str | list[Value]:
    """Cells that are all text, as one: so many small texts take longer to write and read as JSON than to parse."""
    if list in map(type, cells):
        return cells
    text = SEPARATOR.join(cells)  # type: ignore[arg-type]  # no list among them, as just seen
    return text if text.count(SEPARATOR) == len(cells) - 1 else cells


def _cell_texts(archive: BoundedZip, workbook: Workbook) -> CellTexts:
    shared_strings: list[str] = []
    date_styles: frozenset[str] = frozenset()
    if workbook.shared_strings is not None:
        shared_strings = read_shared_strings(archive.unpack(workbook.shared_strings, MAX_OTHER_BYTES))
    if workbook.styles is not None:
        date_styles = read_date_styles(archive.unpack(workbook.styles, MAX_OTHER_BYTES))
    return CellTexts(shared_strings, date_styles, workbook.epoch_1904)


def _bound_this_process(parent_pid: int) -> None:
    limit_this_process(parent_pid, MEMORY_BYTES, CPU_SECONDS)
