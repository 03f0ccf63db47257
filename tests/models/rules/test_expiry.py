"""失效: which batch ends by what, in which words (DOMAIN T21 to T24)."""

from dataclasses import replace
from datetime import date, datetime

import pytest

from config.clock import SHANGHAI
from config.messages import text
from models.rules.deadlines import Deadlines, end_of
from models.rules.expiry import EXPIRIES, Ending, ending_of
from models.rules.lifecycle import BatchAction, BatchState
from models.rules.plan import EnrolmentType
from tests.models.rules.plan_years import PLAN_2020

A, S = BatchAction, BatchState
UNTIL = datetime(2020, 7, 1, 12, 0, tzinfo=SHANGHAI)
CENTRAL = Deadlines(
    PLAN_2020,
    EnrolmentType.CENTRAL,
    confirm_since=date(2020, 5, 1),
    cutoff_on=date(2020, 5, 26),
    resubmit_by=date(2020, 6, 2),
)
INSTANT = replace(CENTRAL, enrolment_type=EnrolmentType.INSTANT)
CENTRAL_CLOSE, INSTANT_CLOSE = PLAN_2020.central_close_at, PLAN_2020.instant_close_at
PAID, PAID_AGAIN, CONFIRMED = (end_of(day) for day in (date(2020, 5, 26), date(2020, 6, 2), date(2020, 5, 16)))


@pytest.mark.parametrize(
    ("deadlines", "state", "action", "at"),
    [
        (CENTRAL, S.ROSTER_DRAFT, A.EXPIRE_CENTRAL, CENTRAL_CLOSE),
        (CENTRAL, S.ROSTER_FAILED, A.EXPIRE_CENTRAL, CENTRAL_CLOSE),
        (CENTRAL, S.ROSTER_SUBMITTED, A.EXPIRE_CENTRAL, CENTRAL_CLOSE),
        (INSTANT, S.ROSTER_DRAFT, A.EXPIRE_INSTANT, INSTANT_CLOSE),
        (INSTANT, S.ROSTER_FAILED, A.EXPIRE_INSTANT, INSTANT_CLOSE),
        (INSTANT, S.ROSTER_SUBMITTED, A.EXPIRE_UNCONFIRMED, CONFIRMED),
        (CENTRAL, S.AWAITING_PAYMENT, A.EXPIRE_UNPAID, PAID),
        (INSTANT, S.AWAITING_PAYMENT, A.EXPIRE_UNPAID, PAID),
        (CENTRAL, S.PAYMENT_REJECTED, A.EXPIRE_REJECTED, PAID_AGAIN),
        (INSTANT, S.PAYMENT_REJECTED, A.EXPIRE_REJECTED, PAID_AGAIN),
    ],
)
def test_a_batch_ends_by_the_deadline_of_its_state_or_by_the_one_that_it_was_reinstated_until(
    deadlines, state, action, at
):
    assert ending_of(state, deadlines) == Ending(action, at)
    assert ending_of(state, replace(deadlines, reinstated_until=UNTIL)) == Ending(action, UNTIL)


@pytest.mark.parametrize("state", [S.PAYMENT_REVIEW, S.ENROLLED, S.EXPIRED, S.DELETED])
@pytest.mark.parametrize("deadlines", [CENTRAL, INSTANT])
def test_what_is_under_review_or_over_does_not_expire(deadlines, state):
    assert ending_of(state, replace(deadlines, reinstated_until=UNTIL)) is None


def test_a_cut_off_that_was_kept_lets_no_unconfirmed_batch_expire():
    kept = replace(INSTANT, cutoff_on=date(2020, 5, 10))
    assert ending_of(S.ROSTER_SUBMITTED, kept) == Ending(A.EXPIRE_UNCONFIRMED, CONFIRMED)


def test_a_batch_without_the_date_does_not_expire_by_it():
    assert ending_of(S.AWAITING_PAYMENT, replace(CENTRAL, cutoff_on=None)) is None


def test_each_is_told_in_a_whole_sentence():
    told = [text(expiry.notice, batch="B", reason=expiry.reason) for expiry in EXPIRIES.values()]
    assert told == [
        "集中参保已截止，批次B因未完成已失效。",
        "批次B因未在即时参保截止前提交清册已失效，参保人员占用已解除。",
        "批次B因未在规定期限内提交确认保费已失效，参保人员占用已解除。",
        "批次B因逾期未缴费已失效，参保人员占用已解除。",
        "批次B因未在规定期限内重新提交缴费凭证已失效，参保人员占用已解除。",
    ]
