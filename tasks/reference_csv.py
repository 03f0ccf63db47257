"""The association's CSV files: UTF-8, headed by the columns' names, read line by line in bounded memory."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import IO

from models.actions.load_reference import Line
from models.records.reference_tables import ReferenceTable, Row
from models.rules.reference import LineWrongError

REPORT_EVERY = 1000


class FileWrongError(ValueError):
    """Where the file can't be used, and why; never with a cell's text."""

    def __init__(self, line: int, reason: str, column: str = "", where: str = "line") -> None:
        super().__init__(f"{where} {line}{f', column {column}' if column else ''}: {reason}")
        self.line = line
        self.column = column
        self.reason = reason


def judged_lines(
    content: IO[bytes],
    table: ReferenceTable,
    today: date,
    report: Callable[[int], None],
    on_wrong: Callable[[FileWrongError], None] | None = None,
) -> Iterator[Line]:
    """The lines as rows, one after the other; `report` is told how many bytes are read.

    A wrong line is told to `on_wrong` and left out; without it FileWrongError is raised for the first. What makes the
    rest unreadable (another header, not UTF-8, not CSV) is raised always.
    """
    reader = csv.reader(io.TextIOWrapper(content, encoding="utf-8-sig", newline=""), strict=True)
    try:
        header = [name.strip() for name in next(reader, [])]
        if sorted(header) != sorted(table.columns):
            raise FileWrongError(1, f"the header must be {','.join(table.columns)}")
        for number, cells in enumerate(reader):
            if not cells:
                continue
            try:
                yield reader.line_num, _row(cells, header, table, today, reader.line_num)
            except FileWrongError as wrong:
                if on_wrong is None:
                    raise
                on_wrong(wrong)
            if number % REPORT_EVERY == 0:
                report(content.tell())
    except UnicodeDecodeError as wrong:
        raise FileWrongError(reader.line_num, "not UTF-8", where="after line") from wrong
    except csv.Error as wrong:
        raise FileWrongError(reader.line_num, "not CSV") from wrong


def _row(cells: list[str], header: list[str], table: ReferenceTable, today: date, line: int) -> Row:
    if len(cells) != len(header):
        raise FileWrongError(line, f"{len(cells)} cells instead of {len(header)}")
    named: Mapping[str, str] = dict(zip(header, cells, strict=True))
    try:
        return table.read(named, today)
    except LineWrongError as wrong:
        column, _, reason = str(wrong).partition(": ")
        raise FileWrongError(line, reason, column) from wrong
