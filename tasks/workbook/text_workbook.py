"""A workbook of one sheet of text, written while it is read: of any number of rows, a few are in memory at a time.

openpyxl keeps a sheet in a file until its end; whoever downloads would wait for all of it. Every cell is of string type
and stands in the sheet itself: no formula, nothing that a spreadsheet program could run or change. Columns of amounts
alone hold numbers, which can be added up.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from openpyxl.utils import get_column_letter

from tasks.workbook.template import storable


class TextColumn(NamedTuple):
    """A heading and the width of its column in characters."""

    heading: str
    width: int
    amount: bool = False
    """Its cells are sums of yuan, given as text like 1195.00."""
    whole: bool = False
    """Its cells are whole numbers, but for what is said in words."""

    @property
    def style(self) -> int:
        """Of its cells, by its place in xl/styles.xml."""
        return _AMOUNT if self.amount else _COUNT if self.whole else _TEXT


_ROWS_AT_ONCE = 250
_TEXT, _HEADING, _AMOUNT, _COUNT = 1, 2, 3, 4
"""Styles by their place in xl/styles.xml."""

_SPREADSHEETML = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml."

_PARTS = {
    "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}sheet.main+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_TYPE}worksheet+xml"/>'
    f'<Override PartName="/xl/styles.xml" ContentType="{_TYPE}styles+xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_RELATIONS}/worksheet" Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="rId2" Type="{_RELATIONS}/styles" Target="styles.xml"/></Relationships>',
    # 49 is the format "@" that every spreadsheet program knows: a number that is typed over stays as it is typed
    "xl/styles.xml": f'<styleSheet xmlns="{_SPREADSHEETML}"><fonts count="2"><font><sz val="11"/></font>'
    '<font><b/><sz val="11"/></font></fonts><fills count="2"><fill><patternFill patternType="none"/></fill>'
    '<fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border/></borders>'
    '<cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="5"><xf/>'
    '<xf numFmtId="49" applyNumberFormat="1"/><xf numFmtId="49" fontId="1" applyNumberFormat="1" applyFont="1"/>'
    '<xf numFmtId="4" applyNumberFormat="1"/><xf numFmtId="3" applyNumberFormat="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>',
}

_NEEDS_CARE = re.compile("[&<>\x00-\x1f\ud800-\udfff\ufffe\uffff]|_x|^\\s|\\s$")


_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_NO_NUMBERS: Mapping[str, int] = MappingProxyType({})


def text_workbook(sheet: str, columns: Sequence[TextColumn], rows: Iterable[Sequence[str]]) -> Iterator[bytes]:
    """The workbook's bytes as they come; an empty text is an empty cell."""
    outlet = _Outlet()
    with ZipFile(outlet, "w", ZIP_DEFLATED) as archive:  # type: ignore[call-overload]  # it asks for no more than this
        for name, part in _PARTS.items():
            _put(archive, name, part)
        _put(
            archive,
            "xl/workbook.xml",
            f'<workbook xmlns="{_SPREADSHEETML}" xmlns:r="{_RELATIONS}"><sheets>'
            f'<sheet name="{escape(sheet)}" sheetId="1" r:id="rId1"/></sheets></workbook>',
        )
        with archive.open(_entry("xl/worksheets/sheet1.xml"), "w") as part:
            part.write((_XML + _before(columns)).encode())
            yield outlet.take()
            letters = [get_column_letter(number) for number in range(1, len(columns) + 1)]
            numbers = {
                letter: column.style for letter, column in zip(letters, columns, strict=True) if column.style != _TEXT
            }
            written = [_row(letters, 1, [column.heading for column in columns], _HEADING)]
            for number, row in enumerate(rows, start=2):
                written.append(_row(letters, number, row, _TEXT, numbers))
                if len(written) == _ROWS_AT_ONCE:
                    part.write("".join(written).encode())
                    written.clear()
                    if taken := outlet.take():
                        yield taken
            part.write(("".join(written) + "</sheetData></worksheet>").encode())
    yield outlet.take()


class _Outlet:
    """What the archive writes to: it can't go back, so the archive tells sizes behind each part."""

    def __init__(self) -> None:
        self._blocks: list[bytes] = []

    def write(self, block: bytes) -> int:
        self._blocks.append(bytes(block))
        return len(block)

    def flush(self) -> None:
        """There is nothing behind it."""

    def take(self) -> bytes:
        taken = b"".join(self._blocks)
        self._blocks.clear()
        return taken


def _entry(name: str) -> ZipInfo:
    entry = ZipInfo(name)  # of one moment always: the same people are the same bytes
    entry.compress_type = ZIP_DEFLATED
    return entry


def _put(archive: ZipFile, name: str, xml: str) -> None:
    archive.writestr(_entry(name), _XML + xml)


def _before(columns: Sequence[TextColumn]) -> str:
    widths = "".join(
        f'<col min="{number}" max="{number}" width="{column.width}" style="{column.style}" customWidth="1"/>'
        for number, column in enumerate(columns, start=1)
    )
    return (
        f'<worksheet xmlns="{_SPREADSHEETML}"><sheetViews><sheetView workbookViewId="0">'
        '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>'
        f"<cols>{widths}</cols><sheetData>"
    )


def _row(
    letters: Sequence[str], number: int, row: Sequence[str], style: int, numbers: Mapping[str, int] = _NO_NUMBERS
) -> str:
    cells = "".join(
        f'<c r="{letter}{number}" s="{numbers[letter]}"><v>{text}</v></c>'
        if letter in numbers and _NUMBER.fullmatch(text)
        else f'<c r="{letter}{number}" s="{style}" t="inlineStr"><is>{_text(text)}</is></c>'
        for letter, text in zip(letters, row, strict=True)
        if text
    )
    return f'<row r="{number}">{cells}</row>'


def _text(text: str) -> str:
    if _NEEDS_CARE.search(text) is None:
        return f"<t>{text}</t>"
    return f'<t xml:space="preserve">{escape(storable(text))}</t>'
