"""This process' children and open files, and a file that keeps a parser busy."""

from __future__ import annotations

from pathlib import Path

from tests.hostile.files import swollen, with_part
from tests.raw_workbooks import HEADER_ROW, MAIN, PERSON_ROW, SHEET, parts_of_a_workbook, sheet_of


def a_slow_workbook() -> bytes:
    """A hundred megabytes of formatted cells: more than a second of work."""
    head = f'<worksheet xmlns="{MAIN}"><sheetData>{HEADER_ROW}<row r="2">'.encode()
    part = swollen(SHEET, head, b'<c r="A2" s="1"/>' * 10_000, 700, b"</row></sheetData></worksheet>")
    return with_part(parts_of_a_workbook(sheet_of(HEADER_ROW + PERSON_ROW)), part)


def children() -> set[int]:
    """The processes that this one has started and not yet waited for."""
    tasks = Path("/proc/self/task").glob("*/children")
    return {int(pid) for task in tasks for pid in task.read_text().split()}


def open_files() -> int:
    """Of this process."""
    return len(list(Path("/proc/self/fd").iterdir()))
