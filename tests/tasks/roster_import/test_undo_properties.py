"""撤销本次导入 of whatever was imported: undone in the opposite order, imports leave what was there before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.rules.person import Person
from tests.imports import (
    Imported,
    an_import,
    corrected,
    roster_of,
    typed,
    undone,
)
from tests.records import BatchOf, a_batch_to_fill, people_on
from tests.undoing import OTHER_MOBILE, PEOPLE, wrong


def some_of_them(draw: st.DrawFn) -> list[Person]:
    numbers = draw(st.lists(st.integers(0, len(PEOPLE) - 1), unique=True, min_size=1))
    return [
        replace(
            PEOPLE[number],
            mobile=draw(st.sampled_from(["13912345678", OTHER_MOBILE, None])),
            has_si=draw(st.booleans()),
        )
        for number in numbers
    ]


@st.composite
def files(draw: st.DrawFn) -> tuple[list[Person], list[Person], list[Person], int]:
    """Who is on the roster before, the people of two files, and how many rows of each are mended afterwards only."""
    before = some_of_them(draw) if draw(st.booleans()) else []
    return before, some_of_them(draw), some_of_them(draw), draw(st.integers(0, 2))


@given(files())
@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_undone_in_the_opposite_order_two_imports_leave_the_roster_as_it_was(
    database: str, drawn: tuple[list[Person], list[Person], list[Person], int]
) -> None:
    before, first_people, second_people, mended = drawn
    batch = a_new_batch()
    people_on(batch, before)
    first = imported_and_mended(batch, first_people, mended)
    between = roster_of(batch)
    second = imported_and_mended(batch, second_people, mended)
    undone(batch, second)
    assert roster_of(batch) == between
    undone(batch, first)
    assert roster_of(batch) == before


_codes = iter(f"{number:04d}D{number % 7}" for number in range(100, 10_000))


def a_new_batch() -> BatchOf:
    """A batch of a unit of its own: the examples share one database."""
    return a_batch_to_fill(next(_codes))


def imported_and_mended(batch: BatchOf, people: Sequence[Person], mended: int) -> Imported:
    done = an_import(batch, [wrong(one) if row < mended else typed(one) for row, one in enumerate(people)], repeat=True)
    corrected(batch, done, {row + 2: typed(one) for row, one in enumerate(people) if row < mended})
    return done
