"""Rows of a sheet in the very bytes that common programs write: read by one expression instead of a call an element.

A row that differs in anything is no plain row, and is heard from expat. Expat gets the plain ones too, and so judges
every byte of the sheet; it makes no calls for them, which are most of the time that reading takes.
"""

from __future__ import annotations

import re

from tasks.workbook.cell_values import MAX_CELL_CHARACTERS

TYPE_CHECKING = False
if TYPE_CHECKING:  # not from typing: it would be a tenth of the start-up time
    from collections.abc import Iterator

    PlainCell = tuple[str, str, str, str, str]
    """Letters of the column, style, type, value, inline text; "" where not there."""

# Possessive throughout: nothing is tried a second time. Each cell names the row it stands in.
_TEXT = r"[^<&\]\x00-\x08\x0b-\x1f]"  # no entity, carriage return, end of CDATA or control character
_CELL = (
    r'<c r="[A-Z]{1,3}+\1"(?: s="[0-9]{1,6}+")?+(?: t="[A-Za-z]{1,9}+")?+'
    rf'(?: ?/>|></c>|><v>{_TEXT}++</v></c>|><is><t(?: xml:space="preserve")?+>{_TEXT}*+</t></is></c>)'
)
_ROW = re.compile(
    rf'<row r="([1-9][0-9]{{0,6}}+)"(?: (?!xmlns)[A-Za-z0-9:]++="[^"<>&]*+")*+>((?:{_CELL})*+)</row>'.encode()
)
_filled_cells = re.compile(
    r'<c r="([A-Z]++)[0-9]++"(?: s="([0-9]++)")?+(?: t="([A-Za-z]++)")?+><(?:v>([^<]++)|is><t[^>]*+>([^<]*+))'
).findall
_BEFORE_ROWS = (b"<sheetData>", b"</row>")
_LONGEST_BEFORE = max(map(len, _BEFORE_ROWS))
_NOT_LITERAL = re.compile(rb"<!|<\?(?!xml )")


class PlainRows:
    """Finds the plain rows of one sheet, piece by piece."""

    def __init__(self) -> None:
        self.literal = True
        """Whether what looks like an element is one: UTF-8, and no comment, CDATA or instruction so far."""
        self._before = b""

    def hear_encoding(self, _version: str, encoding: str | None, _standalone: int) -> None:
        """Expat's XmlDeclHandler."""
        self.literal = self.literal and (encoding or "utf-8").lower() == "utf-8"

    def look_around(self, piece: bytes) -> None:
        """Notice what takes away the plain meaning of this piece and of all that follow."""
        if not self._before:  # these bytes mean UTF-8, unless the declaration says otherwise
            self.literal = piece.startswith((b"<worksheet", b"<?xml ", b"\xef\xbb\xbf<"))
        self.literal = self.literal and not _NOT_LITERAL.search(self._before[-1:] + piece)

    def cut(self, piece: bytes) -> Iterator[tuple[bytes, list[tuple[int, list[PlainCell]]]]]:
        """A piece that was looked at, in parts: runs of plain rows with their numbers and cells; the rest with none."""
        start = end = 0
        rows: list[tuple[int, list[PlainCell]]] = []
        for row in _ROW.finditer(piece) if self.literal else ():
            cells = row[2]
            if len(cells) > MAX_CELL_CHARACTERS:
                continue
            if row.start() != end or not rows:
                if not (self._before + piece[: row.start()])[-_LONGEST_BEFORE:].endswith(_BEFORE_ROWS):
                    continue
                yield piece[start:end], rows
                yield piece[end : row.start()], []
                start, rows = row.start(), []
            end = row.end()
            rows.append(
                (int(row[1]), _filled_cells(cells.decode("utf-8", "replace")))
            )  # expat refuses what is no UTF-8
        yield piece[start:end], rows
        yield piece[end:], []
        self._before = (self._before + piece)[-_LONGEST_BEFORE:]
