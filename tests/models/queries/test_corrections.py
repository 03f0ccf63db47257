"""Refused rows as the grid asks for them, and values that are wrong in many of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pytest

from models.queries.corrections import RepeatedMistake, refused_page, repeated_mistakes
from models.records.database import reading
from models.records.roster_import import RosterImport
from models.rules.findings import Column
from tests.builders import a_person, resident_id
from tests.imports import Imported, an_import, corrected, typed
from tests.records import BatchOf, a_batch_to_fill
from tests.statements import statements
from tests.workbooks import Value

PEOPLE = [a_person(name=f"某{'一二三四五六七八九'[number]}", id_no=resident_id(sequence=number)) for number in range(9)]
ROWS = [typed(person) for person in PEOPLE]


@pytest.fixture
def batch(database: str) -> BatchOf:
    """An empty central batch in its window."""
    return a_batch_to_fill()


def with_cell(row: Sequence[Value], column: Column, value: Value) -> tuple[Value, ...]:
    cells = list(row)
    cells[list(Column).index(column)] = value
    return tuple(cells)


def repeated(done: Imported) -> list[RepeatedMistake]:
    with reading() as session:
        return repeated_mistakes(session, session.get_one(RosterImport, done.upload.id))


def rows_with(column: Column, values: Iterable[Value]) -> list[tuple[Value, ...]]:
    return [with_cell(row, column, value) for row, value in zip(ROWS, values, strict=False)]


def test_a_value_that_is_wrong_in_several_rows_is_named_with_its_rows(batch: BatchOf) -> None:
    done = an_import(batch, rows_with(Column.HAS_SI, ["有", "是", "有", "有", "有"]))
    assert repeated(done) == [RepeatedMistake(Column.HAS_SI, "有", "ROW-004", 4, [2, 4, 5])]


def test_the_most_frequent_mistake_comes_first(batch: BatchOf) -> None:
    done = an_import(batch, rows_with(Column.HAS_SI, ["有", "无", "Y", "无", "有", "有"]))
    assert [(mistake.typed, mistake.rows) for mistake in repeated(done)] == [("有", 3), ("无", 2)]


def test_what_is_wrong_once_is_not_repeated(batch: BatchOf) -> None:
    assert repeated(an_import(batch, rows_with(Column.HAS_SI, ["有", "无"]))) == []


def test_white_space_makes_no_other_value_and_an_empty_cell_is_one_too(batch: BatchOf) -> None:
    done = an_import(batch, rows_with(Column.ID_TYPE, ["居民身份证", " 居民身份证", "", " "]))
    assert [(mistake.typed, mistake.rows) for mistake in repeated(done)] == [("居民身份证", 2), ("", 2)]


@pytest.mark.parametrize(
    ("column", "value", "code"),
    [
        (Column.ID_TYPE, "居民身份证", "ROW-002"),
        (Column.BIRTH, "90.3.7", "ROW-007"),
        (Column.SEX, "M", "ROW-019"),
        (Column.HAS_SI, True, "ROW-004"),
    ],
)
def test_each_column_of_few_values_is_looked_at(batch: BatchOf, column: Column, value: Value, code: str) -> None:
    (mistake,) = repeated(an_import(batch, rows_with(column, [value, value])))
    assert (mistake.column, mistake.code, mistake.first_rows) == (column, code, [2, 3])


@pytest.mark.parametrize(
    ("column", "value"),
    [(Column.NAME, "7"), (Column.ID_NO, "123"), (Column.MOBILE, "139")],
    ids=["name", "number", "mobile"],
)
def test_what_is_a_person_s_own_is_never_mended_in_several_rows(batch: BatchOf, column: Column, value: str) -> None:
    assert repeated(an_import(batch, rows_with(column, [value, value]))) == []


def test_a_value_that_only_contradicts_its_own_row_is_not_wrong_in_others(batch: BatchOf) -> None:
    """女 beside the number of a man: another row with 女 may be right (ROW-012)."""
    assert repeated(an_import(batch, rows_with(Column.SEX, ["女", "女"]))) == []


def test_a_number_that_slipped_into_another_column_is_not_shown(batch: BatchOf) -> None:
    number = PEOPLE[0].id_no
    assert repeated(an_import(batch, rows_with(Column.BIRTH, [number, number]))) == []


def test_mended_rows_are_counted_no_longer(batch: BatchOf) -> None:
    done = an_import(batch, rows_with(Column.HAS_SI, ["有", "有", "有"]))
    corrected(batch, done, {2: ROWS[0]})
    assert [(mistake.rows, mistake.first_rows) for mistake in repeated(done)] == [(2, [3, 4])]


@pytest.mark.parametrize("people", [2, 9])
def test_a_page_of_refused_rows_and_the_repeated_mistakes_take_a_fixed_number_of_statements(
    batch: BatchOf, people: int
) -> None:
    done = an_import(batch, rows_with(Column.HAS_SI, ["有"] * people))
    with statements() as asked, reading() as session:
        assert refused_page(session, done.upload.id, code="ROW-004").total == people
    assert len(asked) == 3
    with reading() as session:
        upload = session.get_one(RosterImport, done.upload.id)
        with statements() as asked:
            assert len(repeated_mistakes(session, upload)) == 1
    assert len(asked) == 1
