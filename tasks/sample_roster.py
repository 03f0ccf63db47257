"""Sample rosters: fictitious people in the template's layout, with planted mistakes and the answers to them.

The sheet is streamed, so that a sample may have more people than memory holds; it is the same for the same seed.
"""

import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import ROUND_CEILING, Decimal
from itertools import cycle, islice
from pathlib import Path
from typing import IO, Any

from config.plans import plan_data
from models.rules.findings import Column
from models.rules.person import IdType, Person
from models.rules.plan import EnrolmentType, PlanYear
from models.rules.pricing import quote
from tasks.sample_mistakes import (
    COPIES,
    DIFFERENT_COPY,
    EQUAL_COPY_OTHER_SPELLING,
    MISTAKES,
    Mistake,
)
from tasks.sample_people import fictitious_person
from tasks.workbook.template import WrittenCell, write_roster

FIRST_ROW = 2
PRICED_PLAN = "2020"
PRICED_PROJECTS = ("A0", "B0", "C0")
"""What the answers' premium is for: central enrolment, the three basics."""

_COLUMN_NUMBERS = {column: number for number, column in enumerate(Column)}
_FULL_WIDTH = str.maketrans("0123456789X", "０１２３４５６７８９Ｘ")

Cells = list[WrittenCell]
Kind = Mistake | str
"""A mistake inside one row, or the name of one that needs two."""


@dataclass(frozen=True, slots=True)
class PlantedFinding:
    """One finding that must come back."""

    row: int
    column: str
    code: str
    kind: str


@dataclass(slots=True)
class Answers:
    """What must come out when the sample is imported; complete once all rows have been written."""

    findings: list[PlantedFinding] = field(default_factory=list)
    si_people: int = 0
    other_people: int = 0
    invalid: int = 0
    duplicate: int = 0
    over_age_without_si: int = 0

    @property
    def accepted(self) -> int:
        """Rows with which nothing is wrong."""
        return self.si_people + self.other_people

    def total_fen(self) -> int | None:
        """The premium of the accepted people in PRICED_PLAN, central, with PRICED_PROJECTS; None for nobody."""
        if not self.accepted:
            return None
        plan = PlanYear.from_data(plan_data(PRICED_PLAN))
        return quote(PRICED_PROJECTS, self.si_people, self.other_people, plan, half_price=False).total_fen

    def as_json(self) -> dict[str, Any]:
        """The form of `canbao sample --answers`."""
        return {
            "counts": {"accepted": self.accepted, "invalid": self.invalid, "duplicate": self.duplicate},
            "findings": [
                {"row": planted.row, "column": planted.column, "code": planted.code, "kind": planted.kind}
                for planted in sorted(self.findings, key=lambda planted: planted.row)
            ],
            "premium": {
                "plan": PRICED_PLAN,
                "type": EnrolmentType.CENTRAL.value,
                "projects": list(PRICED_PROJECTS),
                "total_fen": self.total_fen(),
            },
            "over_age_without_si": self.over_age_without_si,
        }

    def count(self, person: Person, people: int = 1) -> None:
        """An accepted person more, or with −1 one fewer."""
        if person.has_si:
            self.si_people += people
        else:
            self.other_people += people


class SampleRoster:
    """One sample: its rows, made while they are asked for, and then its answers."""

    def __init__(self, people: int, seed: int = 1, wrong: Decimal = Decimal(0), over_age: int = 0) -> None:
        self.people = people
        self.seed = seed
        self.over_age = over_age
        self.answers = Answers()
        self._choice = random.Random(f"{seed}/{people}/{wrong}")  # noqa: S311 - repeatable on purpose
        planted = int((people * wrong).to_integral_value(ROUND_CEILING))
        self._places = dict(self._plant(min(planted, people)))

    def rows(self) -> Iterator[Cells]:
        """The sheet below its header, row by row; `answers` grow along."""
        before: tuple[Person, Cells] | None = None
        for number in range(self.people):
            row = FIRST_ROW + number
            kind = self._places.get(number)
            if isinstance(kind, str) and before is not None:
                yield self._copy(row, kind, *before)
            elif isinstance(kind, Mistake):
                yield self._spoilt(row, number, kind)
            else:
                person = fictitious_person(self.seed, number, over_age=number < self.over_age)
                self.answers.count(person)
                self.answers.over_age_without_si += number < self.over_age and not person.has_si
                before = person, sheet_cells(person, full=number % 3 == 0)
                yield before[1]

    def _plant(self, planted: int) -> Iterator[tuple[int, Kind]]:
        """Which row gets which mistake, so that exactly `planted` rows end up wrong; people over age are spared.

        A copy needs a good row just before it, so rows are divided into blocks that begin with a good one; where
        more than half of all rows are to be wrong there is no room for that, and no copies are planted.
        """
        start = min(self.over_age, self.people - planted)
        room = self.people - start
        room_for_copies = planted * 2 <= room
        kinds = self._kinds(planted, copies=room_for_copies)
        if not room_for_copies:
            yield from zip(sorted(self._choice.sample(range(start, self.people), len(kinds))), kinds, strict=True)
            return
        for block, kind in enumerate(kinds):
            first, end = (start + place * room // len(kinds) for place in (block, block + 1))
            yield self._choice.randrange(first + 1, end), kind

    def _kinds(self, planted: int, *, copies: bool) -> list[Kind]:
        every: tuple[Kind, ...] = (*MISTAKES[:4], *COPIES, *MISTAKES[4:]) if copies else MISTAKES
        kinds: list[Kind] = []
        for kind in islice(cycle(every), self._choice.randrange(len(every)), None):
            if planted <= 0:
                break
            rows = 2 if kind == DIFFERENT_COPY else 1
            if rows <= planted:
                kinds.append(kind)
                planted -= rows
        return kinds

    def _spoilt(self, row: int, number: int, mistake: Mistake) -> Cells:
        person = fictitious_person(self.seed, number, id_type=mistake.id_type)
        cells = sheet_cells(person, full=number % 3 == 0)
        for column, spoilt in mistake.cells.items():
            cells[_COLUMN_NUMBERS[column]] = spoilt(person) if callable(spoilt) else spoilt
        self.answers.invalid += 1
        self._expect(row, mistake.findings, mistake.kind)
        return cells

    def _copy(self, row: int, kind: str, person: Person, original: Cells) -> Cells:
        cells = list(original)
        self._expect(row, [(Column.ID_NO, "ROW-008")], kind)
        if kind == DIFFERENT_COPY:
            cells[_COLUMN_NUMBERS[Column.HAS_SI]] = "否" if person.has_si else "是"
            self._expect(row - 1, [(Column.ID_NO, "ROW-008")], kind)
            self.answers.count(person, -1)
            self.answers.invalid += 2
            return cells
        if kind == EQUAL_COPY_OTHER_SPELLING:
            cells[_COLUMN_NUMBERS[Column.ID_NO]] = f" {person.id_no.translate(_FULL_WIDTH)} "
        self.answers.duplicate += 1
        return cells

    def _expect(self, row: int, findings: Iterable[tuple[Column, str]], kind: str) -> None:
        self.answers.findings += [PlantedFinding(row, column.value, code, kind) for column, code in findings]


def sample_workbook(
    file: IO[bytes] | Path, people: int, seed: int = 1, wrong: Decimal = Decimal(0), over_age: int = 0
) -> Answers:
    """Write a sample roster and return what must come out of it."""
    sample = SampleRoster(people, seed, wrong, over_age)
    write_roster(sample.rows(), file)
    return sample.answers


def sheet_cells(person: Person, *, full: bool) -> Cells:
    """A person as a row of the template; `full` also gives a resident's birth date and sex, which the number holds."""
    with_particulars = full or person.id_type is IdType.PASSPORT
    return [
        person.name,
        person.id_type.text,
        person.id_no,
        person.birth.isoformat() if with_particulars else "",
        person.sex.text if with_particulars else "",
        person.mobile or "",
        "是" if person.has_si else "否",
    ]
