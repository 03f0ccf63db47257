"""The rows to correct, with their numbers in full: for the unit itself, and written down."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from models.actions.correct_rows import take_rows_to_correct
from models.records.database import writing
from models.rules.findings import Outcome
from tests.corrections import BING, DING, JIA, YI, audited, wrong
from tests.imports import (
    Imported,
    a_rival_with,
    an_import,
    typed,
)
from tests.records import BatchOf, a_batch_to_fill
from tests.refusals import refused


@pytest.fixture
def batch(database: str) -> BatchOf:
    """An empty central batch in its window."""
    return a_batch_to_fill()


def take(batch: BatchOf, done: Imported, *, page: int = 1, size: int = 50, code: str = "") -> tuple[Sequence[int], int]:
    with writing() as session:
        found = take_rows_to_correct(session, batch.viewer, done.upload.id, batch.now, page=page, size=size, code=code)
    return [line.row for line in found.lines], found.total


def test_the_rows_to_correct_are_taken_with_their_numbers_and_that_is_written_down(batch: BatchOf) -> None:
    a_rival_with([YI])
    done = an_import(batch, [wrong(JIA), typed(YI), typed(BING), typed(BING)])
    with writing() as session:
        found = take_rows_to_correct(session, batch.viewer, done.upload.id, batch.now)
    assert [(line.row, line.outcome, line.cells) for line in found.lines] == [
        (2, Outcome.INVALID, wrong(JIA)),
        (3, Outcome.OCCUPIED, typed(YI)),
    ]
    assert [finding.code for line in found.lines for finding in line.findings] == ["IDN-005", "REG-001"]
    (entry,) = audited("view_rows_to_correct")
    assert (entry.details["rows"], entry.details["receipt_no"]) == ([2, 3], done.upload.receipt_no)


def test_rows_are_taken_by_pages_and_by_code(batch: BatchOf) -> None:
    nameless = ("", *typed(DING)[1:])
    done = an_import(batch, [wrong(JIA), nameless, wrong(YI), wrong(BING)])
    assert take(batch, done, size=3) == ([2, 3, 4], 4)
    assert take(batch, done, page=2, size=3) == ([5], 4)
    assert take(batch, done, code="ROW-001") == ([3], 1)
    assert take(batch, done, code="ROW-099") == ([], 0)


def test_where_no_row_is_left_nobody_has_seen_a_number(batch: BatchOf) -> None:
    done = an_import(batch, [typed(JIA)])
    assert take(batch, done) == ([], 0)
    assert audited("view_rows_to_correct") == []


def test_a_check_gives_no_rows_to_correct(batch: BatchOf) -> None:
    done = an_import(batch, [wrong(JIA)], check_only=True)
    with refused("BAT-002"):
        take(batch, done)
