"""One worksheet, from bytes to filled rows, in one pass over whatever a spreadsheet program, or a villain, wrote."""

from __future__ import annotations

import re

from tasks.workbook.cell_values import MAX_CELL_CHARACTERS, CellTexts, decode_escapes
from tasks.workbook.rejections import NotAWorkbook, TooBig
from tasks.workbook.roster_rows import LAST_COLUMN, says_nothing
from tasks.workbook.xml_limits import MAX_ELEMENTS, bounded_parser, feed, in_main_namespace, local_name, skip_element

TYPE_CHECKING = False
if TYPE_CHECKING:  # not from typing: it would be a tenth of the start-up time
    from collections.abc import Iterable, Iterator

    from tasks.workbook.roster_rows import RosterRows, Value

MAX_CELLS = 20_000_000
MAX_ROWS = 1_048_576
MAX_COLUMNS = 16_384

_WORDS = ("c", "v", "row", "f", "is", "t", "r", "mergeCells", "mergeCell")
_REFERENCE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})", re.ASCII)
_EMPTY_CELLS = re.compile(rb'(?:<c(?: [a-z]+="[^"<>]*")*(?: ?/>|></c>))+(?=<c r="|</row>)')
"""Cells without content, where what follows does not count them to know its own place."""
_MANY_CELLS = 1000
"""In one piece: from here on, and if nearly all of them are empty, it pays to drop them before the parser."""


class SheetReader:
    """Hears the XML of one sheet and hands its rows to `rows`.

    Expat calls for the start of every element but for an end only where a value is being read: cells that are formatted
    and empty, millions of them, cost one short call each.
    """

    def __init__(self, texts: CellTexts, rows: RosterRows) -> None:
        self._texts = texts
        self._rows = rows
        self._parser = bounded_parser()
        self._parser.StartElementHandler = self._before_the_rows
        self._known: dict[str, str] = {}
        self._cells = self._values = self._others = 0
        self._row = 0
        self._row_text = "0"
        self._row_values: dict[int, Value] = {}
        self._counted = False  # over the limit, and this row is known to hold a person: no more to learn from it
        self._cell: dict[str, str] = {}
        self._placed = ""
        self._cells_after_placed = 0
        self._columns: dict[str, int] = {}
        self._has_formula = False
        self._characters: list[str] = []
        self._inline: list[str] = []

    def read(self, pieces: Iterable[bytes]) -> None:
        """The whole part. Raises NotAWorkbook or TooBig at the first thing that is not bearable."""
        feed(self._parser, self._without_empty_cells(pieces))
        self._end_row()

    def _without_empty_cells(self, pieces: Iterable[bytes]) -> Iterator[bytes]:
        """The same XML without runs of empty cells, once they are many: a third of the time for a million such rows."""
        literal, last = True, b""  # literal: no comment or CDATA so far, so what looks like a cell is one
        dropping = False
        for piece in pieces:
            cells, values = self._cells, self._values
            literal = literal and b"<!" not in piece and last + piece[:1] != b"<!"
            last = piece[-1:]
            yield _EMPTY_CELLS.sub(b"", piece) if dropping and literal else piece
            cells, values = self._cells - cells, self._values - values
            dropping = dropping or (cells > _MANY_CELLS and cells > 10 * values)
            if self._cells > MAX_CELLS or self._others > MAX_ELEMENTS:
                raise TooBig.inside(f"{self._cells} cells and {self._others} other elements in the sheet")
            if sum(map(len, self._characters)) > MAX_CELL_CHARACTERS:
                raise TooBig.inside("a text longer than a cell can hold")

    # What expat calls

    def _before_the_rows(self, name: str, _attributes: dict[str, str]) -> None:
        self._others += 1
        local = local_name(name)
        if not self._known:
            if not in_main_namespace(name) or local != "worksheet":
                raise NotAWorkbook.unreadable("the worksheet's XML is something else")
            prefix = name.removesuffix(local)
            self._known = {prefix + word: word for word in _WORDS}
            self._c, self._v, self._t = prefix + "c", prefix + "v", prefix + "t"
            self._is = prefix + "is"
            self._values_names = frozenset({self._v, self._t})
            self._hear = self._characters.append
            self._heard = self._end
            self._sheet_data = prefix + "sheetData"
        elif name == self._sheet_data:
            self._parser.StartElementHandler = self._start

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if name == self._c:
            self._cells += 1
            self._cell = attributes
            self._has_formula = False
            if "r" in attributes:
                self._placed = attributes["r"]
                self._cells_after_placed = 0
            else:
                self._cells_after_placed += 1
        elif name in self._values_names:
            if not self._counted:
                parser = self._parser
                parser.CharacterDataHandler = self._hear
                parser.EndElementHandler = self._heard
        elif name == self._is:
            self._inline.clear()
        else:
            self._start_other(self._known.get(name), attributes)

    def _start_other(self, word: str | None, attributes: dict[str, str]) -> None:
        if word == "row":
            self._end_row()
            self._start_row(attributes)
        elif word == "is":
            self._inline.clear()
        elif word == "f":
            self._has_formula = True
            if not self._counted:
                self._parser.CharacterDataHandler = self._characters.append
                self._parser.EndElementHandler = self._end
        elif word != "r":
            self._others += 1
            if word == "mergeCell":
                self._rows.merge(*_area(attributes.get("ref", "")))
            elif word != "mergeCells":
                skip_element(self._parser)  # also the fonts and the phonetic readings of rich text

    def _end(self, name: str) -> None:
        if name == self._v:
            raw = self._collected()
            if not self._has_formula:
                self._put(self._texts.value(raw, self._cell))
        elif name == self._t:
            characters = self._characters
            text = characters[0] if len(characters) == 1 else "".join(characters)
            if len(text) > MAX_CELL_CHARACTERS:
                raise TooBig.inside("a text longer than a cell can hold")
            characters.clear()
            self._inline.append(text)
            self._parser.CharacterDataHandler = None
        elif name == self._is:
            self._parser.EndElementHandler = None
            self._put(decode_escapes("".join(self._inline)))
        elif self._known.get(name) == "f":
            self._put(["formula", "=" + self._collected()])

    # What the calls amount to

    def _collected(self) -> str:
        self._parser.CharacterDataHandler = None
        self._parser.EndElementHandler = None
        text = "".join(self._characters)
        if len(text) > MAX_CELL_CHARACTERS:
            raise TooBig.inside("a text longer than a cell can hold")
        self._characters.clear()
        return text

    def _start_row(self, attributes: dict[str, str]) -> None:
        number = attributes.get("r")
        if number is None:
            self._row += 1
        elif number.isascii() and number.isdecimal() and len(number) <= 7:
            self._row = int(number)
        else:
            raise TooBig.inside("a row without a sensible number")
        if not 1 <= self._row <= MAX_ROWS:
            raise TooBig.inside(f"row {self._row}")
        self._row_text = str(self._row)
        self._placed = ""
        self._cells_after_placed = 0

    def _end_row(self) -> None:
        if self._row_values:
            self._rows.take(self._row, self._row_values)
            self._row_values = {}
            self._counted = False

    def _put(self, value: Value) -> None:
        if not value:
            return
        self._values += 1
        column = self._columns.get(self._placed.removesuffix(self._row_text), 0) or self._column()
        column += self._cells_after_placed
        if self._row_values.setdefault(column, value) is not value or column > MAX_COLUMNS:
            raise TooBig.inside(f"two cells in one place in row {self._row}, or one outside the sheet")
        if self._rows.over_the_limit and column <= LAST_COLUMN and not says_nothing(value):
            self._counted = True

    def _column(self) -> int:
        """The column that the last cell with a reference says it is in, A = 1; 0 if none in this row has said so."""
        if not self._row:
            raise TooBig.inside("a cell outside of any row")
        if not self._placed:
            return 0
        row, column = _place(self._placed)
        if row != self._row or not column:
            raise TooBig.inside(f"a cell of row {row} in row {self._row}")
        self._columns[self._placed.removesuffix(self._row_text)] = column
        return column


def _place(reference: str) -> tuple[int, int]:
    """Row and column of a reference such as AZ12; A = 1."""
    match = _REFERENCE.fullmatch(reference)
    if match is None:
        raise TooBig.inside("a cell reference that is none")
    column = 0
    for letter in match[1]:
        column = column * 26 + ord(letter) - ord("A") + 1
    return int(match[2]), column


def _area(reference: str) -> tuple[int, int, int, int]:
    """First row, first column, last row and last column of a reference such as A2:B3."""
    first, _, last = reference.partition(":")
    return (*_place(first), *_place(last or first))
