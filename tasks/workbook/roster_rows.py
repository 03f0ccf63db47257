"""The rows of the roster's sheet, judged as a whole: header, number of people, merged cells, notes beside the table."""

from __future__ import annotations

from models.rules.white_space import is_blank
from tasks.workbook.header import COMPARABLE_HEADERS, COMPARABLE_RETURN_HEADERS, comparable
from tasks.workbook.rejections import NobodyInside, TooBig, TooManyPeople, WrongTemplate

TYPE_CHECKING = False
if TYPE_CHECKING:  # not from typing: it would be a tenth of the start-up time
    Value = str | list[str]
    """Text, or kind and text of what is not text (models.rules.roster.Odd)."""

LAST_COLUMN = len(COMPARABLE_HEADERS)
"""G. What stands right of it is no part of the roster."""
LAST_NOTES_COLUMN = 52
"""AZ. What stands right of it is no loose note but a file to keep away from."""
MAX_TEXT_CHARACTERS = 2_000_000
"""In all rows together, about ten times what 5000 people need: so much may go to the process that waits."""
MAX_PEOPLE_COUNTED = 100_000
"""Beyond the limit people are only counted, to say how many there are; from here on that is not worth the time."""

_COLUMNS = range(1, LAST_COLUMN + 1)
_FIRST_OF_A_HEADER = COMPARABLE_HEADERS[0][0]


class RosterRows:
    """Takes the rows of one sheet in any order and gives back the people's, or the reason why there are none."""

    def __init__(self, max_people: int) -> None:
        self.over_the_limit = False
        """More people than allowed: from now on rows are counted and no longer kept."""
        self._max_people = max_people
        self._people = 0
        self._rows: list[tuple[int, list[Value]]] = []
        self._last_row = 0
        self._header: dict[int, Value] = {}
        self._doubled_header = False
        self._notes: dict[int, int] = {}
        self._first_merged_row = 0
        self._characters = 0

    @property
    def blank(self) -> bool:
        """Whether the sheet says nothing anywhere."""
        return not (self._people or self._header or self._notes)

    @property
    def notes_ignored(self) -> int:
        """How many cells right of the table hold something, the columns of a returned 标注文件 left out."""
        returned = {column for column, value in self._header.items() if _is_return_header(value)}
        return sum(count for column, count in self._notes.items() if column not in returned)

    def take(self, row: int, values: dict[int, Value]) -> None:
        """One row's cells by column, A = 1, none of them "". Raises TooBig for a value beyond AZ or too much text."""
        if row == 1:
            self._take_header(values)
            return
        notes_beside = max(values) > LAST_COLUMN
        is_person = False
        for column, value in values.items():
            if (
                value.__class__ is str and value[0].isspace() and says_nothing(value)
            ):  # the first test spares most calls
                continue
            if column <= LAST_COLUMN:
                is_person = True
                if not notes_beside:
                    break
            elif column <= LAST_NOTES_COLUMN:
                self._notes[column] = self._notes.get(column, 0) + 1
            else:
                raise TooBig.inside(f"a value in row {row} beyond column AZ")
        if is_person:
            self._take_person(row, values)

    def merge(self, first_row: int, first_column: int, last_row: int, last_column: int) -> None:
        """An area of merged cells; it matters where it touches columns A to G and people."""
        if first_column <= LAST_COLUMN and (first_row, first_column) != (last_row, last_column):
            self._first_merged_row = min(self._first_merged_row or first_row, first_row)

    def people(self) -> list[tuple[int, list[Value]]]:
        """The people's rows from top to bottom: row number and the cells of columns A to G.

        Raises WrongTemplate, TooManyPeople or NobodyInside; TooBig if a row stands there twice.
        """
        self._rows.sort(key=lambda row: row[0])
        if any(above[0] == below[0] for above, below in zip(self._rows, self._rows[1:], strict=False)):
            raise TooBig.inside("a row stands there twice")
        self._refuse_another_template()
        if self._people > self._max_people:
            raise TooManyPeople(self._people)
        if not self._people:
            raise NobodyInside("a header and no people")
        return self._rows

    def _take_header(self, values: dict[int, Value]) -> None:
        if self._header:
            raise TooBig.inside("row 1 twice")
        self._header = {column: value for column, value in values.items() if not says_nothing(value)}
        if max(self._header, default=0) > LAST_NOTES_COLUMN:
            raise TooBig.inside("a value in row 1 beyond column AZ")

    def _take_person(self, row: int, values: dict[int, Value]) -> None:
        self._people += 1
        self._last_row = max(self._last_row, row)
        if self._people > self._max_people:
            self.over_the_limit = True
            if self._people > MAX_PEOPLE_COUNTED:
                raise TooBig.inside(f"more than {MAX_PEOPLE_COUNTED} rows of people")
            return
        cells = [values.get(column, "") for column in _COLUMNS]
        self._characters += sum([len(cell) if cell.__class__ is str else len(cell[1]) for cell in cells])
        if self._characters > MAX_TEXT_CHARACTERS:
            raise TooBig.inside(f"more than {MAX_TEXT_CHARACTERS} characters in the rows")
        if _FIRST_OF_A_HEADER in cells[0] and _is_header(cells):
            self._doubled_header = True
        self._rows.append((row, cells))

    def _refuse_another_template(self) -> None:
        if not _is_header([self._header.get(column, "") for column in _COLUMNS]):
            raise WrongTemplate("row 1 is not the template's header")
        if not all(_is_return_header(value) for column, value in self._header.items() if column > LAST_COLUMN):
            raise WrongTemplate("another column right of the template's")
        if self._doubled_header:
            raise WrongTemplate("the header stands there twice")
        if 0 < self._first_merged_row <= max(self._last_row, 1):
            raise WrongTemplate("merged cells")


def says_nothing(value: Value) -> bool:
    """Whether a cell shows nothing: white space only."""
    return isinstance(value, str) and is_blank(value)


def _is_header(cells: list[Value]) -> bool:
    """Whether these are the template's seven headers."""
    return all(
        isinstance(cell, str) and comparable(cell) == header
        for cell, header in zip(cells, COMPARABLE_HEADERS, strict=True)
    )


def _is_return_header(value: Value) -> bool:
    return isinstance(value, str) and comparable(value) in COMPARABLE_RETURN_HEADERS
