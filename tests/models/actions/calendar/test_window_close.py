"""J01: a window closes, and what was not brought to its end in it expires (T21, T22)."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from config.clock import SHANGHAI
from models.actions.move_deadline import move_deadlines
from models.records.database import writing
from models.rules.lifecycle import CLAIMING, BatchState
from models.rules.moved_deadline import MovableDate
from models.rules.permissions import Role
from models.rules.refusal import Refused
from tests.checks import batch_has
from tests.claims import broken_claims, claims_of
from tests.expired import reinstated
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
    state_of,
)
from tests.imports import a_rival_with, another_batch, submitted, the_batch
from tests.people import stored_people
from tests.premiums import later
from tests.records import BatchOf, people_on
from tests.scheduled import calendar_begins_at
from tests.stages import awaiting_payment, confirmed, put_into
from tests.vouchers import staff, told

S = BatchState
LATER = datetime(2020, 5, 20, 12, 0, tzinfo=SHANGHAI)


@pytest.fixture
def batch(database: str) -> BatchOf:
    """A central batch of three people; the calendar has begun."""
    batch = a_central_batch()
    calendar_begins_at(CENTRAL_CLOSE - HOUR)
    return batch


@pytest.mark.parametrize("state", [S.ROSTER_DRAFT, S.ROSTER_FAILED, S.ROSTER_SUBMITTED])
def test_what_is_not_confirmed_expires_at_the_close_and_not_before(batch: BatchOf, state: BatchState) -> None:
    if state in CLAIMING:
        submitted(batch)
    put_into(batch, state)
    assert ran(CENTRAL_CLOSE - HOUR, WINDOW_CLOSE) == []
    assert state_of(batch) == state
    assert ran(CENTRAL_CLOSE, WINDOW_CLOSE) == [CENTRAL_CLOSE]
    after = the_batch(batch)
    assert (after.state, after.state_before_expiry) == (S.EXPIRED, state)
    assert (claims_of(batch), broken_claims()) == (set(), [])
    assert told("NTF-05") == [{"batch": batch.batch_no}]


@pytest.mark.parametrize("state", sorted(CLAIMING - {S.ROSTER_SUBMITTED}))
def test_what_is_confirmed_has_nothing_to_do_with_the_window_any_more(batch: BatchOf, state: BatchState) -> None:
    put_into(awaiting_payment(batch), state)
    assert ran(CENTRAL_CLOSE, WINDOW_CLOSE) == []
    assert (state_of(batch), len(claims_of(batch))) == (state, 3)


def test_the_people_stay_to_be_read_and_are_free_for_another_unit_at_once(batch: BatchOf) -> None:
    submitted(batch)
    ran(CENTRAL_CLOSE, WINDOW_CLOSE)
    assert [person.name for person in stored_people(batch)] == [person.name for person in PEOPLE]
    rival = another_batch(batch.viewer, "0088D7", now=CENTRAL_CLOSE - HOUR)
    people_on(rival, PEOPLE)
    batch_has(rival, central_extension_until=LATER)
    submitted(later(rival, CENTRAL_CLOSE + SECOND))
    assert len(claims_of(rival)) == 3


def test_a_unit_with_more_time_has_it_and_expires_at_its_end(batch: BatchOf) -> None:
    batch_has(batch, central_extension_until=LATER)
    assert ran(LATER - HOUR, WINDOW_CLOSE) == []
    assert state_of(batch) == S.ROSTER_DRAFT
    assert ran(LATER, WINDOW_CLOSE) == [LATER]
    assert state_of(batch) == S.EXPIRED


def test_each_close_that_was_missed_is_caught_up_with_as_of_its_own_moment(batch: BatchOf) -> None:
    longer = another_batch(batch.viewer, "0088D7", now=batch.now)
    batch_has(longer, central_extension_until=LATER)
    now = LATER + timedelta(days=3)
    assert ran(now, WINDOW_CLOSE) == [CENTRAL_CLOSE, LATER]
    assert [state_of(one) for one in (batch, longer)] == [S.EXPIRED, S.EXPIRED]
    assert the_batch(batch).expired_at >= now


def test_a_calendar_that_begins_late_finds_all_that_is_over(database: str) -> None:
    batch = a_central_batch()
    longer = another_batch(batch.viewer, "0088D7", now=batch.now)
    batch_has(longer, central_extension_until=LATER)
    ran(LATER + timedelta(days=3), WINDOW_CLOSE)
    assert [state_of(one) for one in (batch, longer)] == [S.EXPIRED, S.EXPIRED]


def test_a_close_that_was_moved_in_time_is_the_one_that_counts(batch: BatchOf) -> None:
    admin = staff(Role.ADMIN, batch.now)
    with writing() as session:
        move_deadlines(session, admin, "2020", {MovableDate.CENTRAL_CLOSE_AT: LATER}, "上级部署", batch.now)
    assert ran(LATER - HOUR, WINDOW_CLOSE) == []
    assert ran(LATER, WINDOW_CLOSE) == [LATER]


def test_it_is_reinstated_confirmed_in_its_new_time_or_expires_again(batch: BatchOf) -> None:
    other = another_batch(batch.viewer, "0088D7", now=batch.now)
    submitted(batch)
    ran(CENTRAL_CLOSE, WINDOW_CLOSE)
    for one in (batch, other):
        reinstated(one, LATER, now=CENTRAL_CLOSE + MINUTE)
    assert (state_of(batch), len(claims_of(batch))) == (S.ROSTER_SUBMITTED, 3)
    confirmed(later(batch, LATER - SECOND))
    assert ran(LATER, WINDOW_CLOSE) == [LATER]
    assert [state_of(one) for one in (batch, other)] == [S.AWAITING_PAYMENT, S.EXPIRED]
    assert len([values for values in told("NTF-05") if values["batch"] == other.batch_no]) == 2


def test_who_was_taken_by_another_unit_meanwhile_is_not_reinstated(batch: BatchOf) -> None:
    submitted(batch)
    ran(CENTRAL_CLOSE, WINDOW_CLOSE)
    a_rival_with(PEOPLE[:1])
    with pytest.raises(Refused) as refusal:
        reinstated(batch, LATER, now=CENTRAL_CLOSE + MINUTE)
    assert (refusal.value.code, state_of(batch)) == ("VAL-006", S.EXPIRED)


@pytest.mark.parametrize("state", [S.ROSTER_DRAFT, S.ROSTER_FAILED])
def test_an_instant_roster_that_was_not_submitted_expires_at_the_end_of_the_year(
    database: str, state: BatchState
) -> None:
    batch = an_instant_batch()
    put_into(batch, state)
    calendar_begins_at(INSTANT_CLOSE - HOUR)
    assert ran(INSTANT_CLOSE - HOUR, WINDOW_CLOSE) == []
    assert ran(INSTANT_CLOSE, WINDOW_CLOSE) == [INSTANT_CLOSE]
    assert state_of(batch) == S.EXPIRED
    assert told("NTF-11") == [{"batch": batch.batch_no, "reason": "未在即时参保截止前提交清册"}]


def test_an_instant_roster_that_was_submitted_has_its_days_to_be_confirmed(database: str) -> None:
    last_day = INSTANT_CLOSE - timedelta(hours=15)
    batch = submitted(an_instant_batch(last_day))
    calendar_begins_at(INSTANT_CLOSE - HOUR)
    assert ran(INSTANT_CLOSE, WINDOW_CLOSE) == []
    assert (state_of(batch), len(claims_of(batch))) == (S.ROSTER_SUBMITTED, 3)
