"""One worksheet, from bytes to filled rows, in one pass over whatever a spreadsheet program (or nobody decent) wrote."""

from __future__ import annotations

import re

from tasks.workbook.cell_values import MAX_CELL_CHARACTERS, decode_escapes, iso_date, number_text, serial_date
from tasks.workbook.rejections import NotAWorkbook, TooBig
from tasks.workbook.roster_rows import LAST_COLUMN, is_blank
from tasks.workbook.xml_limits import MAX_ELEMENTS, bounded_parser, feed, in_main_namespace, local_name, skip_element

TYPE_CHECKING = False
if TYPE_CHECKING:  # not from typing: it would be a tenth of the start-up time
    from collections.abc import Iterable, Iterator

    from tasks.workbook.roster_rows import RosterRows, Value
    from tasks.workbook.xml_limits import End

MAX_CELLS = 20_000_000
MAX_ROWS = 1_048_576
MAX_COLUMNS = 16_384

_REFERENCE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})", re.ASCII)
_EMPTY_CELLS = re.compile(rb'(?:<c(?: [a-z]+="[^"<>]*")*(?: ?/>|></c>))+(?=<c r="|</row>)')
"""Cells without content, where what follows does not count them to know its own place."""
_MANY_CELLS = 1000
"""In one piece: from here on, and if nearly all of them are empty, it pays to drop them before the parser."""


class CellTexts:
    """What a sheet's cells refer to: shared strings, the styles that mean a date, the epoch of serial numbers."""

    __slots__ = ("date_styles", "epoch_1904", "shared_strings")

    def __init__(self, shared_strings: list[str], date_styles: frozenset[str], epoch_1904: bool) -> None:
        self.shared_strings = shared_strings
        self.date_styles = date_styles
        self.epoch_1904 = epoch_1904

    def value(self, raw: str, attributes: dict[str, str]) -> Value:
        """What a cell with this <v> says."""
        kind = attributes.get("t", "n")
        if kind == "s":
            return self._shared(raw)
        if kind == "str":
            return decode_escapes(raw)
        raw = raw.strip()
        if kind == "n":
            if attributes.get("s") in self.date_styles and (day := serial_date(raw, self.epoch_1904)):
                return ["date", day]
            return ["number", number_text(raw)] if raw else ""
        if kind == "b":
            return ["boolean", "TRUE" if raw in {"1", "true"} else "FALSE"]
        if kind == "e":
            return ["error", raw]
        if kind == "d":
            day = iso_date(raw)
            return ["date", day] if day else raw
        raise TooBig.inside("a cell of an unknown type")

    def _shared(self, raw: str) -> str:
        if not raw.strip():
            return ""
        try:
            number = int(raw)
            if number < 0:
                raise IndexError
            return self.shared_strings[number]
        except (ValueError, IndexError) as error:
            raise NotAWorkbook.unreadable("a cell refers to a shared string that does not exist") from error


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
        self._columns: dict[str, int] = {}
        self._cell: dict[str, str] = {}
        self._reference: str | None = None
        self._cells_after_reference = 0
        self._formula: str | None = None
        self._characters: list[str] = []
        self._length = 0
        self._ends: dict[str, End] = {"v": self._end_value, "f": self._end_formula, "is": self._end_inline}

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

    # What expat calls

    def _before_the_rows(self, name: str, _attributes: dict[str, str]) -> None:
        self._others += 1
        local = local_name(name)
        if not self._known:
            if not in_main_namespace(name) or local != "worksheet":
                raise NotAWorkbook.unreadable("the worksheet's XML is something else")
            prefix = name.removesuffix(local)
            self._known = {prefix + word: word for word in ("c", "v", "row", "f", "is", "t", "r", "mergeCells", "mergeCell")}
            self._sheet_data = prefix + "sheetData"
        elif name == self._sheet_data:
            self._parser.StartElementHandler = self._start

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        word = self._known.get(name)
        if word == "c":
            self._start_cell(attributes)
        elif word == "row":
            self._end_row()
            self._start_row(attributes)
        elif word in {"v", "f", "is"}:
            if not self._counted:
                self._collect(word)
        else:
            self._others += 1
            if word == "mergeCell":
                self._rows.merge(*_area(attributes.get("ref", "")))
            elif word != "mergeCells":
                skip_element(self._parser)

    def _start_inline(self, name: str, _attributes: dict[str, str]) -> None:
        word = self._known.get(name)
        if word == "t":
            self._parser.CharacterDataHandler = self._take_characters
        elif word != "r":  # the font of a run, or a phonetic reading beside it
            self._others += 1
            skip_element(self._parser)

    def _end_inline(self, name: str) -> None:
        word = self._known.get(name)
        if word == "t":
            self._parser.CharacterDataHandler = None
        elif word == "is":
            self._parser.StartElementHandler = self._start
            self._put(decode_escapes(self._collected()))

    def _end_value(self, name: str) -> None:
        if self._known.get(name) == "v":
            raw = self._collected()
            if self._formula is None:
                self._put(self._texts.value(raw, self._cell))

    def _end_formula(self, name: str) -> None:
        if self._known.get(name) == "f":
            self._formula = "=" + self._collected()
            self._put(["formula", self._formula])

    def _take_characters(self, text: str) -> None:
        self._length += len(text)
        if self._length > MAX_CELL_CHARACTERS:
            raise TooBig.inside("a text longer than a cell can hold")
        self._characters.append(text)

    # What the calls amount to

    def _collect(self, word: str) -> None:
        """Listen to the characters until the end of this <v>, <f> or <is>."""
        self._characters.clear()
        self._length = 0
        self._parser.EndElementHandler = self._ends[word]
        if word == "is":
            self._parser.StartElementHandler = self._start_inline
        else:
            self._parser.CharacterDataHandler = self._take_characters

    def _collected(self) -> str:
        self._parser.CharacterDataHandler = None
        self._parser.EndElementHandler = None
        return "".join(self._characters)

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
        self._reference = None
        self._cells_after_reference = 0

    def _end_row(self) -> None:
        if self._row_values:
            self._rows.take(self._row, self._row_values)
            self._row_values = {}
            self._counted = False

    def _start_cell(self, attributes: dict[str, str]) -> None:
        self._cells += 1
        self._cell = attributes
        self._formula = None
        reference = attributes.get("r")
        if reference is None:
            self._cells_after_reference += 1
        else:
            self._reference = reference
            self._cells_after_reference = 0

    def _put(self, value: Value) -> None:
        if value == "":
            return
        self._values += 1
        column = self._column()
        if self._row_values.setdefault(column, value) is not value:
            raise TooBig.inside(f"two cells in one place in row {self._row}")
        if self._rows.over_the_limit and column <= LAST_COLUMN and not is_blank(value):
            self._counted = True

    def _column(self) -> int:
        """The column of the current cell, A = 1: what it says itself, or else the place after the one before it."""
        column = 0
        if self._reference is not None:
            letters = self._reference.removesuffix(self._row_text)
            column = self._columns.get(letters, 0)
            if not column:
                row, column = _place(self._reference)
                if row != self._row:
                    raise TooBig.inside(f"a cell of row {row} in row {self._row}")
                self._columns[letters] = column
        column += self._cells_after_reference
        if not (self._row and 1 <= column <= MAX_COLUMNS):
            raise TooBig.inside(f"a cell in row {self._row}, column {column}")
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
