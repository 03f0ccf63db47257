"""The same file again: recognised among imports that count, in whichever state they are (IMP-009)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import select, update

from models.records.database import reading, writing
from models.records.job import Job, JobState
from models.records.roster_import import RosterImport
from tests.imports import another_batch
from tests.records import BatchOf, a_batch_to_fill, an_upload

FILE, ANOTHER_FILE = b"PK one", b"PK two"
COUNTS = [JobState.QUEUED, JobState.RUNNING, JobState.DONE]
ENDED_WITHOUT_EFFECT = [JobState.FAILED, JobState.CANCELLED]


@pytest.fixture
def batch(database: str) -> BatchOf:
    """A central batch in its window."""
    return a_batch_to_fill()


def put_into(job_id: int, state: JobState, **changes: bool) -> None:
    with writing() as session:
        session.execute(update(Job).where(Job.id == job_id).values(state=state, **changes))


def jobs() -> int:
    with reading() as session:
        return len(session.scalars(select(Job.id)).all())


@pytest.mark.parametrize("state", COUNTS)
def test_the_same_file_again_gives_the_earlier_import_while_that_counts(batch: BatchOf, state: JobState) -> None:
    first = an_upload(batch, FILE)
    put_into(first.job_id, state)
    again = an_upload(batch, FILE)
    assert (again.import_id, again.job_id, again.seen_before) == (first.import_id, first.job_id, True)


@pytest.mark.parametrize("state", ENDED_WITHOUT_EFFECT)
def test_the_same_file_again_is_a_new_import_where_the_earlier_one_had_no_effect(
    batch: BatchOf, state: JobState
) -> None:
    first = an_upload(batch, FILE)
    put_into(first.job_id, state)
    again = an_upload(batch, FILE)
    assert (again.seen_before, again.import_id != first.import_id) == (False, True)


def test_the_same_file_again_is_a_new_import_once_the_earlier_one_was_undone(batch: BatchOf) -> None:
    first = an_upload(batch, FILE)
    put_into(first.job_id, JobState.DONE)
    with writing() as session:
        session.execute(update(RosterImport).values(undone_at=datetime.now(UTC)))
    assert not an_upload(batch, FILE).seen_before


@pytest.mark.parametrize("state", list(JobState))
def test_an_import_after_a_mere_check_of_the_same_file_is_a_new_one(batch: BatchOf, state: JobState) -> None:
    put_into(an_upload(batch, FILE, check_only=True).job_id, state)
    assert not an_upload(batch, FILE).seen_before


@pytest.mark.parametrize("state", COUNTS)
def test_a_check_of_a_file_that_was_imported_gives_that_import(batch: BatchOf, state: JobState) -> None:
    first = an_upload(batch, FILE)
    put_into(first.job_id, state)
    assert an_upload(batch, FILE, check_only=True).import_id == first.import_id


def test_a_second_check_while_the_first_runs_is_the_double_click_of_one(batch: BatchOf) -> None:
    first = an_upload(batch, FILE, check_only=True)
    assert an_upload(batch, FILE, check_only=True).import_id == first.import_id


def test_a_second_check_after_the_first_is_a_new_one(batch: BatchOf) -> None:
    put_into(an_upload(batch, FILE, check_only=True).job_id, JobState.DONE)
    assert not an_upload(batch, FILE, check_only=True).seen_before


def test_a_deliberate_repeat_of_a_finished_import_is_a_new_one(batch: BatchOf) -> None:
    put_into(an_upload(batch, FILE).job_id, JobState.DONE)
    assert not an_upload(batch, FILE, repeat=True).seen_before


def test_a_double_click_on_repeat_makes_one_import(batch: BatchOf) -> None:
    put_into(an_upload(batch, FILE).job_id, JobState.DONE)
    repeated = an_upload(batch, FILE, repeat=True)
    assert an_upload(batch, FILE, repeat=True) == replace(repeated, seen_before=True)


def test_a_file_whose_import_is_being_cancelled_is_a_new_import(batch: BatchOf) -> None:
    put_into(an_upload(batch, FILE).job_id, JobState.RUNNING, cancel_requested=True)
    assert not an_upload(batch, FILE).seen_before


def test_another_file_is_a_new_import(batch: BatchOf) -> None:
    an_upload(batch, FILE)
    assert not an_upload(batch, ANOTHER_FILE).seen_before


def test_the_same_file_for_another_batch_is_a_new_import(batch: BatchOf) -> None:
    an_upload(batch, FILE)
    other = another_batch(batch.viewer, "0088D3", now=batch.now)
    assert not an_upload(other, FILE).seen_before


def test_of_several_imports_of_the_file_the_latest_is_given(batch: BatchOf) -> None:
    an_upload(batch, FILE)
    latest = an_upload(batch, FILE, repeat=True)
    assert an_upload(batch, FILE).import_id == latest.import_id


@pytest.mark.parametrize("check_only", [False, True], ids=["import", "check"])
def test_eight_clicks_at_once_make_one_job(batch: BatchOf, check_only: bool) -> None:
    with ThreadPoolExecutor(8) as threads:
        clicks = list(threads.map(lambda _: an_upload(batch, FILE, check_only=check_only), range(8)))
    assert jobs() == 1
    assert len({click.import_id for click in clicks}) == 1
    assert sum(not click.seen_before for click in clicks) == 1
