"""One worksheet, from bytes to filled rows, in one pass over whatever a spreadsheet program, or a villain, wrote."""

from __future__ import annotations

import re
from functools import cache

from tasks.workbook.cell_values import MAX_CELL_CHARACTERS, CellTexts, decode_escapes
from tasks.workbook.plain_rows import PlainRows
from tasks.workbook.rejections import NotAWorkbook, TooBig
from tasks.workbook.roster_rows import LAST_COLUMN, says_nothing
from tasks.workbook.xml_limits import MAX_ATTRIBUTES, TOO_MANY_ATTRIBUTES, BoundedXml, in_main_namespace, local_name

TYPE_CHECKING = False
if TYPE_CHECKING:  # not from typing: it would be a tenth of the start-up time
    from collections.abc import Iterable, Iterator

    from tasks.workbook.plain_rows import PlainCell
    from tasks.workbook.roster_rows import RosterRows, Value

MAX_CELLS = 3_000_000
"""Not counting the empty ones that were dropped unheard."""
MAX_VALUES = 500_000
"""Texts, numbers and formulas that are read; of a row that only counts, one."""
MAX_ROWS = 1_048_576
MAX_COLUMNS = 16_384

_REFERENCE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})", re.ASCII)
_EMPTY_CELL = re.compile(rb'<c(?: [a-z]+="[^"<>]*")*+(?: ?/>|></c>)(?=<c r="|</row>)')
"""A cell without content, where what follows does not count it to know its own place."""
_SHARED = {"t": "s"}
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
        self._xml = BoundedXml()
        self._parser = self._xml.parser
        self._parser.StartElementHandler = self._before_the_rows
        self._plain = PlainRows()
        self._parser.XmlDeclHandler = self._plain.hear_encoding
        self._known: dict[str, str] = {}
        self._cells = self._values = 0
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
        self._xml.feed(self._without_empty_cells(pieces))
        self._end_row()

    def _without_empty_cells(self, pieces: Iterable[bytes]) -> Iterator[bytes]:
        """The same XML without runs of empty cells, once they are many: a third of the time for a million such rows."""
        dropping = False
        for piece in pieces:
            cells, values = self._cells, self._values
            self._plain.look_around(piece)
            if dropping and self._plain.literal:
                yield from self._without_plain_rows(_EMPTY_CELL.sub(b"", piece))
            else:
                yield from self._without_plain_rows(piece)
            cells, values = self._cells - cells, self._values - values
            dropping = dropping or (cells > _MANY_CELLS and cells > 10 * values)
            if self._cells > MAX_CELLS or self._values > MAX_VALUES:
                raise TooBig.inside(f"{self._cells} cells and {self._values} values in the sheet")
            if sum(map(len, self._characters)) > MAX_CELL_CHARACTERS:
                raise TooBig.inside("a text longer than a cell can hold")

    def _without_plain_rows(self, piece: bytes) -> Iterator[bytes]:
        """The same XML for expat, which is deaf while it gets plain rows: what stands in them is known already."""
        for part, plain_rows in self._plain.cut(piece):
            heard = self._parser.StartElementHandler
            among_rows = heard in (self._start, self._start_while_counting)  # neither before them nor skipping
            if plain_rows and among_rows and self._plain.literal:
                self._parser.StartElementHandler = None
                yield part
                self._parser.StartElementHandler = heard
                self._cells += part.count(b"<c ")
                for row, cells in plain_rows:
                    self._take_plain_row(row, cells)
            else:
                yield part

    def _take_plain_row(self, row: int, cells: list[PlainCell]) -> None:
        self._end_row()
        self._begin_row(row)
        values = self._row_values
        for letters, style, kind, raw, inline in cells:
            if raw:
                value = self._texts.value(raw, _SHARED if kind == "s" else {"t": kind or "n", "s": style})
            else:
                value = decode_escapes(inline)
            if value:
                column = _column_of(letters)
                if values.setdefault(column, value) is not value or column > MAX_COLUMNS:
                    self._refuse_place()
        self._values += len(values)

    # What expat calls

    def _before_the_rows(self, name: str, _attributes: dict[str, str]) -> None:
        self._xml.elements += 1
        local = local_name(name)
        if not self._known:
            if not in_main_namespace(name) or local != "worksheet":
                raise NotAWorkbook.unreadable("the worksheet's XML is something else")
            prefix = name.removesuffix(local)
            self._known = {prefix + word: word for word in ("row", "r", "mergeCells", "mergeCell", "sheetData")}
            self._c, self._is, self._v, self._t, self._f = words = [
                prefix + word for word in ("c", "is", "v", "t", "f")
            ]
            self._with_characters = frozenset({self._v, self._t, self._f})
            self._of_cells = frozenset(words)
        elif self._known.get(name) == "sheetData":
            self._parser.StartElementHandler = self._start

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if len(attributes) > MAX_ATTRIBUTES:
            raise TooBig.inside(TOO_MANY_ATTRIBUTES)
        if name == self._c:
            self._cells += 1
            self._cell = attributes
            self._has_formula = False
            if "r" in attributes:
                self._placed = attributes["r"]
                self._cells_after_placed = 0
            else:
                self._cells_after_placed += 1
        elif name in self._with_characters:
            self._values += 1
            self._parser.CharacterDataHandler = self._characters.append
            self._parser.EndElementHandler = self._end
        elif name == self._is:
            self._inline.clear()
        else:
            self._start_other(self._known.get(name), attributes)

    def _start_while_counting(self, name: str, attributes: dict[str, str]) -> None:
        if not (self._counted and name in self._of_cells):
            self._start(name, attributes)

    def _start_other(self, word: str | None, attributes: dict[str, str]) -> None:
        if word == "row":
            self._end_row()
            self._start_row(attributes)
            return
        self._xml.elements += 1
        if word == "mergeCell":
            self._rows.merge(*_area(attributes.get("ref", "")))
        elif word not in {"r", "mergeCells"}:
            self._xml.skip_element()  # also the fonts and the phonetic readings of rich text

    def _end(self, name: str) -> None:
        if name == self._t:
            self._inline.append(self._collected())
        elif name == self._is:
            self._parser.EndElementHandler = None
            self._put(decode_escapes(_within_a_cell("".join(self._inline))))
        elif name == self._v:
            self._parser.EndElementHandler = None
            raw = self._collected()
            if not self._has_formula:
                self._put(self._texts.value(raw, self._cell))
        elif name == self._f:
            self._parser.EndElementHandler = None
            self._has_formula = True
            self._put(["formula", "=" + self._collected()])

    # What the calls amount to

    def _collected(self) -> str:
        self._parser.CharacterDataHandler = None
        characters = self._characters
        text = characters[0] if len(characters) == 1 else "".join(characters)
        characters.clear()
        return _within_a_cell(text)

    def _start_row(self, attributes: dict[str, str]) -> None:
        number = attributes.get("r")
        if number is None:
            self._begin_row(self._row + 1)
        elif number.isascii() and number.isdecimal() and len(number) <= 7:
            self._begin_row(int(number))
        else:
            raise TooBig.inside("a row without a sensible number")

    def _begin_row(self, number: int) -> None:
        if not 1 <= number <= MAX_ROWS:
            raise TooBig.inside(f"row {number}")
        self._row = number
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
        column = self._columns.get(self._placed.removesuffix(self._row_text), 0) or self._column()
        column += self._cells_after_placed
        if self._row_values.setdefault(column, value) is not value or column > MAX_COLUMNS:
            self._refuse_place()
        if self._rows.over_the_limit and column <= LAST_COLUMN and not says_nothing(value):
            self._counted = True
            self._parser.StartElementHandler = self._start_while_counting

    def _refuse_place(self) -> None:
        raise TooBig.inside(f"two cells in one place in row {self._row}, or one outside the sheet")

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


def _within_a_cell(text: str) -> str:
    if len(text) > MAX_CELL_CHARACTERS:
        raise TooBig.inside("a text longer than a cell can hold")
    return text


def _place(reference: str) -> tuple[int, int]:
    """Row and column of a reference such as AZ12; A = 1."""
    match = _REFERENCE.fullmatch(reference)
    if match is None:
        raise TooBig.inside("a cell reference that is none")
    return int(match[2]), _column_of(match[1])


@cache
def _column_of(letters: str) -> int:
    """A = 1, AZ = 52."""
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - ord("A") + 1
    return column


def _area(reference: str) -> tuple[int, int, int, int]:
    """First row, first column, last row and last column of a reference such as A2:B3."""
    first, _, last = reference.partition(":")
    return (*_place(first), *_place(last or first))
