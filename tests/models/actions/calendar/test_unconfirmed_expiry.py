"""J07: an instant premium that nobody confirms for fifteen days; at a quarter past midnight (T22)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from models.rules.deadlines import end_of
from models.rules.lifecycle import BatchAction, BatchState
from tests.claims import claims_of
from tests.expired import reinstated
from tests.expiring import HOUR, MINUTE, SECOND, UNCONFIRMED, an_instant_batch, ran, state_of
from tests.imports import submitted, the_batch
from tests.premiums import later
from tests.records import BatchOf
from tests.refusals import refused
from tests.scheduled import calendar_begins_at
from tests.stages import confirmed, withdraw
from tests.vouchers import told

S = BatchState
END = end_of(date(2020, 7, 16))
RUNS = END + 15 * MINUTE


@pytest.fixture
def batch(database: str) -> BatchOf:
    """An instant batch that was submitted on 1 July."""
    return submitted(an_instant_batch())


def test_it_expires_in_the_night_after_the_fifteenth_day(batch: BatchOf) -> None:
    calendar_begins_at(END - HOUR)
    assert ran(END, UNCONFIRMED) == []
    assert state_of(batch) == S.ROSTER_SUBMITTED
    assert ran(RUNS, UNCONFIRMED) == [RUNS]
    assert (the_batch(batch).state, the_batch(batch).state_before_expiry) == (S.EXPIRED, S.ROSTER_SUBMITTED)
    assert claims_of(batch) == set()
    assert told("NTF-11") == [{"batch": batch.batch_no, "reason": "未在规定期限内提交确认保费"}]


def test_a_premium_confirmed_in_the_last_second_is_in_time_and_one_at_the_end_is_not(batch: BatchOf) -> None:
    with refused("BAT-006"):
        confirmed(later(batch, END))
    confirmed(later(batch, END - SECOND))
    calendar_begins_at(END - HOUR)
    assert ran(RUNS, UNCONFIRMED) == []
    assert state_of(batch) == S.AWAITING_PAYMENT


def test_projects_that_are_chosen_again_have_their_days_from_then_on(batch: BatchOf) -> None:
    confirmed(batch)
    withdraw(batch, BatchAction.WITHDRAW_TO_PROJECTS, now=batch.now + timedelta(days=3))
    calendar_begins_at(END - HOUR)
    assert ran(END + timedelta(days=3), UNCONFIRMED) == []
    assert ran(RUNS + timedelta(days=3), UNCONFIRMED) == [RUNS + timedelta(days=3)]
    assert state_of(batch) == S.EXPIRED


def test_a_reinstated_batch_expires_in_the_night_after_its_new_time(batch: BatchOf) -> None:
    calendar_begins_at(END - HOUR)
    ran(RUNS, UNCONFIRMED)
    until = END + timedelta(days=5, hours=12)
    reinstated(batch, until, now=RUNS + MINUTE)
    assert len(claims_of(batch)) == 3
    night = RUNS + timedelta(days=6)
    assert ran(night - HOUR, UNCONFIRMED) == []
    assert ran(night, UNCONFIRMED) == [night]
    assert state_of(batch) == S.EXPIRED
