"""J04: at ten past midnight, whoever has not handed in a voucher by the day before is out (T23, T24)."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from config.clock import SHANGHAI
from models.rules.deadlines import end_of
from models.rules.lifecycle import BatchState
from tests.checks import batch_has
from tests.claims import broken_claims, claims_of
from tests.expired import reinstated
from tests.expiring import HOUR, MINUTE, PAYMENT_EXPIRY, SECOND, an_instant_batch, ran, state_of
from tests.imports import submitted, the_batch
from tests.premiums import later
from tests.records import IN_THE_INSTANT_WINDOW
from tests.refusals import refused
from tests.scheduled import calendar_begins_at
from tests.stages import confirmed
from tests.vouchers import (
    Paying,
    a_batch_to_pay,
    a_paying_unit,
    drafted,
    reject,
    submit,
    the_voucher,
    told,
    two_batches,
)

S = BatchState
CUT_OFF = end_of(date(2020, 5, 26))
"""24:00 of the last day."""
RUNS = CUT_OFF + 10 * MINUTE


def a_rejected_voucher() -> Paying:
    paying = a_paying_unit()
    submit(paying)
    reject(paying, now=CUT_OFF - timedelta(hours=9))  # to be handed in again by 2 June
    return paying


def test_what_nobody_paid_for_expires_at_ten_past_midnight(database: str) -> None:
    batch = a_batch_to_pay()
    calendar_begins_at(CUT_OFF - HOUR)
    assert ran(CUT_OFF, PAYMENT_EXPIRY) == []
    assert state_of(batch) == S.AWAITING_PAYMENT
    assert ran(RUNS, PAYMENT_EXPIRY) == [RUNS]
    after = the_batch(batch)
    assert (after.state, after.state_before_expiry, after.expired_reason) == (
        S.EXPIRED, S.AWAITING_PAYMENT, "逾期未缴费",
    )  # fmt: skip
    assert (claims_of(batch), broken_claims()) == (set(), [])
    assert told("NTF-06") == [{"batch": batch.batch_no}]


def test_a_draft_stays_with_its_files_and_without_the_batch(database: str) -> None:
    paying = a_paying_unit()
    calendar_begins_at(CUT_OFF - HOUR)
    ran(RUNS, PAYMENT_EXPIRY)
    left = the_voucher(paying.voucher_id)
    assert (left.voucher.state, left.batches, len(left.voucher.files)) == ("draft", [], 1)


def test_a_voucher_handed_in_a_second_before_the_end_is_in_time_and_one_at_the_end_is_not(database: str) -> None:
    paying = a_paying_unit()
    with refused("PAY-009"):
        submit(paying, CUT_OFF)
    submit(paying, CUT_OFF - SECOND)
    calendar_begins_at(CUT_OFF - HOUR)
    assert ran(RUNS, PAYMENT_EXPIRY) == []
    assert (state_of(paying.batch), len(claims_of(paying.batch))) == (S.PAYMENT_REVIEW, 2)


def test_an_instant_batch_has_the_days_of_grace_as_well(database: str) -> None:
    batch = confirmed(submitted(an_instant_batch()))
    grace = end_of((IN_THE_INSTANT_WINDOW + timedelta(days=15 + 3)).date())
    calendar_begins_at(grace - timedelta(days=2))
    assert ran(grace, PAYMENT_EXPIRY) == []
    assert ran(grace + 10 * MINUTE, PAYMENT_EXPIRY) == [grace + 10 * MINUTE]
    assert state_of(batch) == S.EXPIRED


def test_a_rejected_voucher_that_is_not_handed_in_again_is_left(database: str) -> None:
    paying = a_rejected_voucher()
    again_by = end_of(date(2020, 6, 2))
    calendar_begins_at(CUT_OFF + timedelta(days=1))
    assert ran(again_by, PAYMENT_EXPIRY) == []
    assert state_of(paying.batch) == S.PAYMENT_REJECTED
    assert ran(again_by + 10 * MINUTE, PAYMENT_EXPIRY) == [again_by + 10 * MINUTE]
    assert (state_of(paying.batch), claims_of(paying.batch)) == (S.EXPIRED, set())
    left = the_voucher(paying.voucher_id)
    assert (left.voucher.state, left.batches) == ("void", [])
    assert left.voucher.reason.startswith(
        f"批次{paying.batch.batch_no}已失效：未在规定期限内重新提交缴费凭证。原审核意见："
    )
    assert told("NTF-11") == [{"batch": paying.batch.batch_no, "reason": "未在规定期限内重新提交缴费凭证"}]


def test_of_two_batches_in_one_voucher_each_expires_by_its_own_date(database: str) -> None:
    paying, other = two_batches(rejected=True)
    batch_has(other, resubmit_by=date(2020, 5, 30))
    calendar_begins_at(CUT_OFF - HOUR)
    ran(RUNS, PAYMENT_EXPIRY)
    assert [state_of(one) for one in (paying.batch, other)] == [S.EXPIRED, S.PAYMENT_REJECTED]
    seen = the_voucher(paying.voucher_id)
    assert (seen.voucher.state, [batch.id for batch in seen.batches]) == ("rejected", [other.batch_id])


def test_a_reinstated_batch_is_paid_within_its_new_time_or_expires_in_the_night_after_it(database: str) -> None:
    paying = a_paying_unit()
    calendar_begins_at(CUT_OFF - HOUR)
    ran(RUNS, PAYMENT_EXPIRY)
    until = datetime(2020, 6, 1, 12, 0, tzinfo=SHANGHAI)
    reinstated(paying.batch, until, now=RUNS + MINUTE)
    assert len(claims_of(paying.batch)) == 2
    with refused("PAY-009"):
        drafted(later(paying.batch, until))
    drafted(later(paying.batch, until - SECOND))
    night = end_of(until.date()) + 10 * MINUTE
    assert ran(night - HOUR, PAYMENT_EXPIRY) == []
    assert ran(night, PAYMENT_EXPIRY) == [night]
    assert state_of(paying.batch) == S.EXPIRED


@pytest.mark.parametrize("days", [0, 3])
def test_nights_that_were_missed_are_caught_up_with_once_for_each_that_somebody_was_due_in(
    database: str, days: int
) -> None:
    paying, other = two_batches()
    batch_has(other, payment_cutoff_on=date(2020, 5, 28))
    calendar_begins_at(CUT_OFF - HOUR)
    two_nights_on = RUNS + timedelta(days=2)
    assert ran(two_nights_on + timedelta(days=days), PAYMENT_EXPIRY) == [RUNS, two_nights_on]
    assert [state_of(one) for one in (paying.batch, other)] == [S.EXPIRED, S.EXPIRED]
