"""The import template 导入模板 as a workbook, and everything that is written in its layout (DOMAIN 7.5)."""

import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import IO, TypeAlias
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from openpyxl import Workbook
from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._write_only import WriteOnlyWorksheet
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.writer.excel import ExcelWriter

from tasks.workbook.header import HEADERS

ROSTER_SHEET = "参保人员"
INSTRUCTIONS_SHEET = "填写说明"

SAMPLE_PEOPLE = (
    ("王豆豆", "身份证", "110101199003079091", "", "", "", "是"),
    ("王豆", "护照", "H801213602X", "1998-12-09", "男", "", "否"),
)
"""The two people that the handbook prints; they are on the second sheet, so that nobody imports them by accident."""

TEXT_FORMAT = "@"
"""The number format that makes a spreadsheet program keep what is typed: an ID number stays 18 digits."""

_COLUMN_WIDTHS = (14, 18, 24, 24, 14, 16, 14)
_CHOICES = {"B": ("身份证", "护照"), "E": ("男", "女"), "G": ("是", "否")}
_LAST_CHOICE_ROW = 5001
_HEADER_FILL = PatternFill("solid", fgColor="DCE6F1")
_REQUIRED_FONT = Font(bold=True, color="C00000")
_OPTIONAL_FONT = Font(bold=True)
_WRITTEN_AT = datetime(2020, 1, 1)  # noqa: DTZ001 - a zip entry has no time zone
"""One moment in every workbook we write, so that the same content is the same bytes."""

_LOOKS_ESCAPED = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
_NOT_IN_XML = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]")

_RULES = (
    "一、请在第一张工作表“参保人员”中填写，从第2行起每行一人；请勿改动表头、列的顺序和工作表的顺序。",
    "二、单个文件最多5000人，文件不超过10MB；人数更多时请分成多个文件逐个上传。仅支持.xlsx格式。",
    "三、带*的列必填，各列要求如下：",
    "1. 姓名：1至50个字符，可用汉字、字母、·、空格、-、'和.。",
    "2. 证件类型：只能填写“身份证”或“护照”。非18位号码的证件（港澳台居民来往通行证等）请选“护照”。",
    "3. 证件号码：单元格须为文本格式（本模板已设置好）。身份证号码为18位；护照号码为5至20位字母和数字。",
    "4. 出生日期：护照人员必填，格式如1990-01-01；身份证人员可不填，由号码得出，填写时须与号码一致。",
    "5. 性别：护照人员必填，只能填写“男”或“女”；身份证人员可不填，填写时须与号码一致。",
    "6. 手机号：可不填；填写时须为11位手机号码。",
    "7. 是否有社保：务必确认填写，只能填写“是”或“否”。",
    "四、请直接填写文字，不要使用公式、合并单元格或宏。空行会被跳过。",
    "五、填写示例：",
)


@dataclass(frozen=True, slots=True)
class Formula:
    """A cell that computes, such as `=1+1`; the importer refuses it."""

    text: str


@dataclass(frozen=True, slots=True)
class ErrorValue:
    """A cell that shows an error of the spreadsheet program, such as `#N/A`."""

    text: str


WrittenCell: TypeAlias = str | int | float | bool | date | Formula | ErrorValue
"""What one cell of a written roster holds; a `str` is always text, also when it starts with an equals sign."""


def template_workbook() -> bytes:
    """The template that clerks download: a sheet with the header alone, then instructions with two sample people."""
    workbook = Workbook(write_only=True)
    roster_sheet(workbook)
    _instructions_sheet(workbook)
    stream = io.BytesIO()
    save(workbook, stream)
    return stream.getvalue()


def write_roster(rows: Iterable[Sequence[WrittenCell]], file: IO[bytes] | Path) -> None:
    """A filled template, streamed: more rows than memory holds, and any kind of cell that a clerk's file can hold."""
    workbook = Workbook(write_only=True)
    sheet = roster_sheet(workbook)
    text = text_cell(sheet)
    for row in rows:
        sheet.append(_row_cells(sheet, text, row))
    save(workbook, file)


def roster_sheet(workbook: Workbook, extra_headers: Sequence[tuple[str, int]] = ()) -> WriteOnlyWorksheet:
    """The first sheet in the template's layout, its header written; `extra_headers` (text, width) follow column G."""
    sheet: WriteOnlyWorksheet = workbook.create_sheet(ROSTER_SHEET)
    sheet.freeze_panes = "A2"
    _set_columns(sheet, (*_COLUMN_WIDTHS, *(width for _, width in extra_headers)), TEXT_FORMAT)
    for letter, choices in _CHOICES.items():
        choice = DataValidation(type="list", formula1=f'"{",".join(choices)}"', allow_blank=True)
        choice.add(f"{letter}2:{letter}{_LAST_CHOICE_ROW}")
        sheet.data_validations.append(choice)  # type: ignore[attr-defined]  # missing in the stubs
    sheet.append(_header_cells(sheet, (*HEADERS, *(header for header, _ in extra_headers))))
    return sheet


def text_cell(sheet: WriteOnlyWorksheet, fill: PatternFill | None = None, *, wrap: bool = False) -> Cell:
    """A cell to be filled by `put_text` and yielded once a value; one object for a whole column keeps writing quick."""
    cell: Cell = WriteOnlyCell(sheet)
    cell.number_format = TEXT_FORMAT
    if fill is not None:
        cell.fill = fill
    if wrap:
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    return cell


def put_text(cell: Cell, text: str) -> Cell:
    """Fill `cell` with text that no spreadsheet program will run or change: string type, no prefix (DOMAIN 7.5)."""
    cell.value = storable(text)
    cell.data_type = "s"  # openpyxl takes =1+1 for a formula and #N/A for an error
    return cell


def storable(text: str) -> str:
    """`text` with every character that XML cannot carry in the workbook's own notation, `_x0000_` for NUL."""
    return _NOT_IN_XML.sub(lambda found: f"_x{ord(found[0]):04X}_", _LOOKS_ESCAPED.sub("_x005F_", text))


def save(workbook: Workbook, file: IO[bytes] | Path) -> None:
    """Write the workbook without the time of writing, so that the same content is recognised by its hash."""
    workbook.properties.created = workbook.properties.modified = _WRITTEN_AT
    ExcelWriter(workbook, _TimelessZip(file, "w", ZIP_DEFLATED)).save()


class _TimelessZip(ZipFile):
    """An archive whose entries all carry the same moment."""

    def writestr(  # type: ignore[override]  # openpyxl calls it with these two alone
        self, name: str, data: str | bytes
    ) -> None:
        super().writestr(self._entry(name), data)

    def write(  # type: ignore[override]  # openpyxl calls it with these two alone
        self, filename: str, arcname: str
    ) -> None:
        with Path(filename).open("rb") as source, self.open(self._entry(arcname), "w", force_zip64=True) as entry:
            while block := source.read(1 << 20):
                entry.write(block)

    def _entry(self, name: str) -> ZipInfo:
        entry = ZipInfo(name, _WRITTEN_AT.timetuple()[:6])
        entry.compress_type = ZIP_DEFLATED
        return entry


def _header_cells(sheet: WriteOnlyWorksheet, headers: Iterable[str]) -> Iterator[Cell]:
    for header in headers:
        cell = text_cell(sheet, _HEADER_FILL)
        cell.font = _REQUIRED_FONT if header.startswith("*") else _OPTIONAL_FONT
        cell.alignment = Alignment(wrap_text=True, vertical="center", horizontal="center")
        yield put_text(cell, header)


def _row_cells(sheet: WriteOnlyWorksheet, text: Cell, row: Sequence[WrittenCell]) -> Iterator[Cell | None]:
    for value in row:
        if value == "":
            yield None
        elif isinstance(value, str):
            yield put_text(text, value)
        else:
            yield _odd_cell(sheet, value)


def _odd_cell(sheet: WriteOnlyWorksheet, value: WrittenCell) -> Cell:
    cell: Cell = WriteOnlyCell(sheet)
    if isinstance(value, Formula):
        cell.value, cell.data_type = value.text, "f"
    elif isinstance(value, ErrorValue):
        cell.value, cell.data_type = value.text, "e"
    else:
        cell.value = value
    return cell


def _set_columns(sheet: WriteOnlyWorksheet, widths: Iterable[int], number_format: str) -> None:
    for number, width in enumerate(widths, start=1):
        column = sheet.column_dimensions[get_column_letter(number)]  # type: ignore[attr-defined]  # missing in the stubs
        column.width = width
        column.number_format = number_format


def _instructions_sheet(workbook: Workbook) -> None:
    sheet: WriteOnlyWorksheet = workbook.create_sheet(INSTRUCTIONS_SHEET)
    _set_columns(sheet, _COLUMN_WIDTHS, "General")
    title = text_cell(sheet)
    title.font = Font(bold=True, size=14)
    sheet.append([put_text(title, INSTRUCTIONS_SHEET)])
    plain = text_cell(sheet)
    for rule in _RULES:
        sheet.append(cell for cell in [put_text(plain, rule)])
    sheet.append(_header_cells(sheet, HEADERS))
    for person in SAMPLE_PEOPLE:
        sheet.append(put_text(plain, value) for value in person)
