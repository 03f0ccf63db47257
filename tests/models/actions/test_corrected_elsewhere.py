"""在线修改 of the same rows in two windows: whoever comes second has not seen the rows as they are."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from models.actions.correct_rows import Corrected, correct_rows
from models.queries.corrections import refused_page
from models.records.database import reading, writing
from models.rules.findings import Column, Outcome
from models.rules.roster import TypedRow
from tests.corrections import JIA, YI, audited, counts, row_of, wrong
from tests.imports import Imported, an_import, roster_of, the_batch, typed
from tests.records import BatchOf, a_batch_to_fill

WRONG_MOBILES = {number: (*typed(person)[:5], "1", "是") for number, person in ((2, JIA), (3, YI))}


@pytest.fixture
def batch(request: pytest.FixtureRequest) -> BatchOf:
    """An empty central batch in its window, on the database that the test asks for."""
    request.getfixturevalue("postgresql" if request.node.get_closest_marker("postgresql") else "sqlite")
    return a_batch_to_fill()


def reads(mobile: str) -> Callable[[TypedRow], bool]:
    """The page that was sent showed this mobile in each of its rows."""
    return lambda row: row.text(Column.MOBILE) == mobile


def save(session: Session, batch: BatchOf, done: Imported, rows: Mapping[int, tuple[str, ...]], seen: str) -> Corrected:
    return correct_rows(session, batch.viewer, done.upload.id, rows, batch.now, as_seen=reads(seen))


def test_rows_that_were_changed_elsewhere_are_left_alone_and_the_others_corrected(batch: BatchOf) -> None:
    done = an_import(batch, WRONG_MOBILES.values())
    with writing() as session:
        save(session, batch, done, {2: (*typed(JIA)[:5], "2", "是")}, "1")
    with writing() as session:
        result = save(session, batch, done, {2: typed(JIA), 3: typed(YI)}, "1")
    assert (result.outcomes, set(result.stale)) == ({3: Outcome.ADDED}, {2})
    assert (roster_of(batch), counts(done)) == ([YI], {"added": 1, "invalid": 1})


def test_rows_that_were_mended_elsewhere_are_left_alone_too(batch: BatchOf) -> None:
    done = an_import(batch, WRONG_MOBILES.values())
    with writing() as session:
        save(session, batch, done, {2: typed(JIA)}, "1")
    before = the_batch(batch).roster_version
    with writing() as session:
        result = save(session, batch, done, {2: wrong(JIA)}, "1")
    assert (result.outcomes, set(result.stale), the_batch(batch).roster_version) == ({}, {2}, before)
    assert len(audited("correct_rows")) == 1


@pytest.mark.postgresql
def test_whoever_waits_for_the_other_window_s_transaction_does_not_write_over_it(batch: BatchOf) -> None:
    done = an_import(batch, WRONG_MOBILES.values())

    def second_window() -> Corrected:
        with writing() as session:
            looked_at = refused_page(session, done.upload.id)  # the session holds the rows before it waits
            result = save(session, batch, done, {2: (*typed(JIA)[:5], "3", "是"), 3: typed(YI)}, "1")
            assert [row.sheet_row for row in looked_at.rows] == [2, 3]
            return result

    with ThreadPoolExecutor(1) as threads:
        with writing() as first:
            save(first, batch, done, {2: (*typed(JIA)[:5], "2", "是")}, "1")
            second = threads.submit(second_window)
            wait_until_somebody_waits()
        result = second.result()
    assert (result.outcomes, set(result.stale)) == ({3: Outcome.ADDED}, {2})
    assert (row_of(done, 2).corrected_version, counts(done)) == (0, {"added": 1, "invalid": 1})


def wait_until_somebody_waits() -> None:
    deadline = time.monotonic() + 20
    with reading() as session:
        while not session.scalar(text("SELECT count(*) FROM pg_locks WHERE NOT granted")):
            assert time.monotonic() < deadline, "nobody waits for a lock"
            time.sleep(0.01)
