"""What was received in time is done however late it runs, and the calendar waits for it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest

from models.actions.queue_job import queue_job
from models.records.database import writing
from models.records.job import JobState
from models.rules.lifecycle import BatchState
from tasks.roster_check import submit
from tasks.roster_import.job import import_roster
from tests.checks import asked_to_submit, asked_to_validate, clock_shows, the_job
from tests.claims import broken_claims, claims_of
from tests.expiring import (
    CENTRAL_CLOSE,
    HOUR,
    INSTANT_CLOSE,
    MINUTE,
    PEOPLE,
    SECOND,
    WINDOW_CLOSE,
    a_central_batch,
    an_instant_batch,
    ran,
    ran_again,
    state_of,
)
from tests.imports import another_batch, roster_of, submitted, the_batch, typed
from tests.premiums import later
from tests.records import BatchOf, a_batch_to_fill, an_upload
from tests.refusals import refused
from tests.scheduled import calendar_begins_at
from tests.stages import confirmed
from tests.vouchers import told
from tests.workbooks import a_workbook

S = BatchState
IN_TIME = CENTRAL_CLOSE - SECOND


@pytest.fixture
def batch(database: str) -> BatchOf:
    """A central batch of three people; the calendar has begun."""
    batch = a_central_batch()
    calendar_begins_at(CENTRAL_CLOSE - HOUR)
    return batch


def an_upload_at(batch: BatchOf, at: datetime) -> int:
    receipt = an_upload(later(batch, at), a_workbook([typed(person) for person in PEOPLE]))
    return int(receipt.job_id)


ACTS: dict[str, Callable[[BatchOf, datetime], object]] = {
    "upload": an_upload_at,
    "validation": lambda batch, at: asked_to_validate(batch, now=at),
    "submission": lambda batch, at: asked_to_submit(batch, now=at),
    "confirmation": lambda batch, at: confirmed(later(batch, at)),
}


@pytest.mark.parametrize("act", ACTS)
def test_the_last_second_is_in_time_and_the_close_too_late_though_no_calendar_runs(database: str, act: str) -> None:
    batch = a_central_batch()
    if act == "confirmation":
        submitted(batch)
    clock_shows(CENTRAL_CLOSE + MINUTE)
    with refused("WIN-002"):
        ACTS[act](batch, CENTRAL_CLOSE)
    ACTS[act](batch, IN_TIME)


def test_an_import_received_in_time_is_done_after_the_close_and_then_the_batch_expires(database: str) -> None:
    batch = a_batch_to_fill()
    calendar_begins_at(CENTRAL_CLOSE - HOUR)
    job_id = an_upload_at(batch, IN_TIME)
    assert ran(CENTRAL_CLOSE + MINUTE, WINDOW_CLOSE) == []
    assert state_of(batch) == S.ROSTER_DRAFT
    import_roster(job_id)
    assert (the_job(job_id).state, len(roster_of(batch))) == (JobState.DONE, 3)
    assert ran_again(WINDOW_CLOSE) == [CENTRAL_CLOSE]
    assert (state_of(batch), len(roster_of(batch))) == (S.EXPIRED, 3)


def test_a_submission_received_in_time_claims_and_then_expires_since_nobody_confirmed(batch: BatchOf) -> None:
    job_id = asked_to_submit(batch, now=IN_TIME)
    assert ran(CENTRAL_CLOSE + MINUTE, WINDOW_CLOSE) == []
    submit(job_id)
    assert (the_batch(batch).submitted_at, len(claims_of(batch))) == (IN_TIME, 3)
    assert ran_again(WINDOW_CLOSE) == [CENTRAL_CLOSE]
    assert (the_batch(batch).state, the_batch(batch).state_before_expiry) == (S.EXPIRED, S.ROSTER_SUBMITTED)
    assert (claims_of(batch), broken_claims()) == (set(), [])


def test_who_had_to_wait_keeps_nobody_else_waiting_and_is_done_a_while_later(batch: BatchOf) -> None:
    other = another_batch(batch.viewer, "0088D7", now=batch.now)
    job_id = asked_to_submit(batch, now=IN_TIME)
    assert ran(CENTRAL_CLOSE + MINUTE, WINDOW_CLOSE) == [CENTRAL_CLOSE]
    assert [state_of(one) for one in (batch, other)] == [S.ROSTER_DRAFT, S.EXPIRED]
    assert ran_again(WINDOW_CLOSE) == []
    submit(job_id)
    assert len(ran_again(WINDOW_CLOSE)) == 1
    assert [values["batch"] for values in told("NTF-05")] == [other.batch_no, batch.batch_no]


def test_an_instant_submission_of_the_last_second_is_covered_and_stays(database: str) -> None:
    received = INSTANT_CLOSE - SECOND
    batch = an_instant_batch()
    calendar_begins_at(INSTANT_CLOSE - HOUR)
    job_id = asked_to_submit(batch, now=received)
    assert ran(INSTANT_CLOSE + MINUTE, WINDOW_CLOSE) == []
    submit(job_id)
    assert ran_again(WINDOW_CLOSE) == []
    after = the_batch(batch)
    assert (after.state, after.coverage_start, len(claims_of(batch))) == (S.ROSTER_SUBMITTED, INSTANT_CLOSE.date(), 3)


def test_a_submission_that_fails_leaves_a_batch_that_expires_too(batch: BatchOf) -> None:
    rival = a_batch_to_fill("3019BJ")
    import_roster(an_upload_at(rival, rival.now))
    confirmed(submitted(rival))
    job_id = asked_to_submit(batch, now=IN_TIME)
    ran(CENTRAL_CLOSE + MINUTE, WINDOW_CLOSE)
    submit(job_id)
    assert state_of(batch) == S.ROSTER_FAILED
    ran_again(WINDOW_CLOSE)
    assert (the_batch(batch).state, the_batch(batch).state_before_expiry) == (S.EXPIRED, S.ROSTER_FAILED)


def test_work_that_came_after_the_close_is_not_waited_for(batch: BatchOf) -> None:
    with writing() as session:
        queue_job(session, "roster.report", queue="roster.small", batch_id=batch.batch_id, account_id=None,
                  now=CENTRAL_CLOSE)  # fmt: skip
    assert ran(CENTRAL_CLOSE + MINUTE, WINDOW_CLOSE) == [CENTRAL_CLOSE]
    assert state_of(batch) == S.EXPIRED
