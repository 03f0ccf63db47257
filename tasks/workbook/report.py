"""标注文件: refused rows in the template's own layout, wrong cells coloured, reasons beside them (DOMAIN 7.5)."""

import io
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.styles import PatternFill

from config import messages
from models.rules.findings import Column, Finding
from models.rules.roster import TypedRow
from tasks.workbook.header import RETURN_HEADERS
from tasks.workbook.template import put_text, roster_sheet, save, text_cell

_WRONG = PatternFill("solid", fgColor="FFC7CE")
_REASON_WIDTHS = (60, 16)
_COLUMNS = tuple(Column)


class MarkedRow(NamedTuple):
    """One row to mend: what was typed, and everything there is to say about it."""

    typed: TypedRow
    findings: list[Finding]


def marked_workbook(rows: Iterable[MarkedRow]) -> bytes:
    """The workbook that a clerk corrects and uploads again as it is.

    Every cell is text, also one that was a number or a formula: nothing in it runs, and no digit is lost again.
    """
    workbook = Workbook(write_only=True)
    sheet = roster_sheet(workbook, tuple(zip(RETURN_HEADERS, _REASON_WIDTHS, strict=True)))
    right, wrong, reason = text_cell(sheet), text_cell(sheet, _WRONG), text_cell(sheet, wrap=True)
    for row in rows:
        sheet.append(_cells(row, right, wrong, reason))
    stream = io.BytesIO()
    save(workbook, stream)
    return stream.getvalue()


def _cells(row: MarkedRow, right: Cell, wrong: Cell, reason: Cell) -> Iterator[Cell]:
    refusals = [finding for finding in row.findings if not finding.is_hint]
    wrong_columns = {finding.column for finding in refusals}
    for column, typed in zip(_COLUMNS, row.typed.cells, strict=True):
        cell = wrong if column in wrong_columns else right
        yield put_text(cell, typed if isinstance(typed, str) else typed.text)
    yield put_text(reason, _reasons(row.typed.row, row.findings))
    yield put_text(right, " ".join(dict.fromkeys(finding.code for finding in row.findings)))


def _reasons(row: int, findings: Iterable[Finding]) -> str:
    """One line a finding, with its remedy; the row is that of the clerk's file, since rows move up in this one."""
    lines = [f"原文件第{row}行："]
    for finding in findings:
        sentence = messages.text_without_row(finding.code, **{"row": row, **finding.values})
        remedy = messages.remedy(finding.code)
        lines.append(f"{sentence}{remedy}。" if remedy else sentence)
    return "\n".join(lines)
