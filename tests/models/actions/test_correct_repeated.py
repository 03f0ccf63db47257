"""One wrong value mended in all rows where it stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest

from models.actions.correct_rows import Corrected, correct_repeated
from models.records.database import writing
from models.rules.findings import Column, Outcome
from tests.builders import a_person, resident_id
from tests.corrections import BING, JIA, YI, counts, wrong
from tests.imports import (
    Imported,
    an_import,
    corrected,
    roster_of,
    typed,
)
from tests.records import BatchOf, a_batch_to_fill
from tests.refusals import refused
from tests.workbooks import Value


@pytest.fixture
def batch(database: str) -> BatchOf:
    """An empty central batch in its window."""
    return a_batch_to_fill()


def mend(batch: BatchOf, done: Imported, column: Column, value: str, instead: str) -> Corrected:
    with writing() as session:
        return correct_repeated(session, batch.viewer, done.upload.id, column, value, instead, batch.now)


def test_one_value_is_mended_in_all_rows_where_it_stands(batch: BatchOf) -> None:
    rows: list[Sequence[Value]] = [
        (*typed(person)[:6], value) for person, value in zip([JIA, YI, BING], ["有", " 有", "无"], strict=True)
    ]
    done = an_import(batch, rows)
    assert mend(batch, done, Column.HAS_SI, "有", "是").outcomes == {2: Outcome.ADDED, 3: Outcome.ADDED}
    assert (counts(done), roster_of(batch)) == ({"added": 2, "invalid": 1}, [JIA, YI])


def test_other_mistakes_of_such_a_row_stay(batch: BatchOf) -> None:
    done = an_import(batch, [(*wrong(JIA)[:6], "有"), (*typed(YI)[:6], "有")])
    result = mend(batch, done, Column.HAS_SI, "有", "是")
    assert result.outcomes == {2: Outcome.INVALID, 3: Outcome.ADDED}
    assert [finding.code for finding in result.findings[2]] == ["IDN-005"]


def test_a_cell_that_is_no_text_stays_what_it_is(batch: BatchOf) -> None:
    """A number in the column of 证件号码 has lost its digits, also after another column was mended."""
    done = an_import(batch, [("甲", "身份证", 310000199003070016, "", "", 13912345678, "有"), (*typed(YI)[:6], "有")])
    result = mend(batch, done, Column.HAS_SI, "有", "是")
    assert [finding.code for finding in result.findings[2]] == ["ROW-013"]


def test_accepted_rows_with_the_same_value_are_not_touched(batch: BatchOf) -> None:
    done = an_import(batch, [typed(JIA), (*typed(YI)[:2], "1", *typed(YI)[3:])])
    assert mend(batch, done, Column.HAS_SI, "是", "否").outcomes == {3: Outcome.INVALID}
    assert roster_of(batch) == [JIA]


def test_where_nothing_reads_so_any_more_the_page_is_out_of_date(batch: BatchOf) -> None:
    done = an_import(batch, [(*typed(JIA)[:6], "有")])
    mend(batch, done, Column.HAS_SI, "有", "是")
    with refused("BAT-004"):
        mend(batch, done, Column.HAS_SI, "有", "是")


def test_a_hundred_wrong_rows_of_a_large_file_are_mended_in_one_go(batch: BatchOf) -> None:
    people = [a_person(name="某", id_no=resident_id(sequence=number)) for number in range(300)]
    done = an_import(
        batch, [wrong(person) if number % 3 == 0 else typed(person) for number, person in enumerate(people)]
    )
    corrections: Mapping[int, tuple[str, ...]] = {
        number + 2: typed(person) for number, person in enumerate(people) if number % 3 == 0
    }
    result = corrected(batch, done, corrections)
    assert (set(result.outcomes.values()), counts(done)) == ({Outcome.ADDED}, {"added": 300})
    assert {person.id_no for person in roster_of(batch)} == {person.id_no for person in people}


def test_one_request_mends_so_many_rows_and_says_that_more_are_left(
    batch: BatchOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("models.actions.correct_rows.ROWS_AT_ONCE", 2)
    done = an_import(batch, [(*typed(person)[:6], "有") for person in (JIA, YI, BING)])
    first = mend(batch, done, Column.HAS_SI, "有", "是")
    assert (first.outcomes, first.more, roster_of(batch)) == ({2: Outcome.ADDED, 3: Outcome.ADDED}, True, [JIA, YI])
    second = mend(batch, done, Column.HAS_SI, "有", "是")
    assert (second.outcomes, second.more, counts(done)) == ({4: Outcome.ADDED}, False, {"added": 3})
