"""失效: which batch ends by what, in which words (DOMAIN T21 to T24)."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from config.clock import SHANGHAI
from config.messages import text
from models.rules.deadlines import Deadlines, end_of
from models.rules.expiry import EXPIRIES, Ending, NotEnrolled, ending_of, left_after, why_not_enrolled
from models.rules.lifecycle import BatchAction, BatchState
from models.rules.plan import EnrolmentType
from tests.models.rules.plan_years import PLAN_2020

A, S = BatchAction, BatchState
SECOND = timedelta(seconds=1)
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


EXPIRED = datetime(2020, 5, 11, 17, 0, tzinfo=SHANGHAI)
LAST_KEPT_DAY = datetime(2020, 8, 8, 23, 59, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("before", "freed"),
    [(None, False), (S.ROSTER_DRAFT, False), (S.ROSTER_SUBMITTED, True), (S.AWAITING_PAYMENT, True)],
)
def test_only_people_who_were_claimed_are_free_again(before: BatchState | None, freed: bool) -> None:
    assert left_after(PLAN_2020, before, EXPIRED, False, EXPIRED).freed is freed


@pytest.mark.parametrize(
    ("now", "opens"),
    [
        (EXPIRED, PLAN_2020.instant_open_at),
        (INSTANT_CLOSE - SECOND, PLAN_2020.instant_open_at),
        (INSTANT_CLOSE, None),
    ],
)
def test_instant_enrolment_is_left_until_it_closes(now: datetime, opens: datetime | None) -> None:
    assert left_after(PLAN_2020, None, EXPIRED, False, now).instant_from == opens


@pytest.mark.parametrize(
    ("now", "erased", "kept_until"),
    [
        (LAST_KEPT_DAY, False, date(2020, 8, 9)),
        (LAST_KEPT_DAY, True, None),
        (LAST_KEPT_DAY + timedelta(minutes=1), False, None),
    ],
)
def test_the_roster_is_kept_until_the_day_that_erases_it(now: datetime, erased: bool, kept_until: date | None) -> None:
    assert left_after(PLAN_2020, None, EXPIRED, erased, now).kept_until == kept_until


@pytest.mark.parametrize(
    ("state", "deadlines", "now", "why"),
    [
        (S.ROSTER_DRAFT, CENTRAL, CENTRAL_CLOSE - SECOND, None),
        (S.ROSTER_DRAFT, CENTRAL, CENTRAL_CLOSE, NotEnrolled.NOT_SUBMITTED),
        (S.ROSTER_FAILED, CENTRAL, PLAN_2020.instant_open_at, NotEnrolled.NOT_SUBMITTED),
        (S.ROSTER_DRAFT, INSTANT, CENTRAL_CLOSE, None),
        (S.ROSTER_DRAFT, INSTANT, INSTANT_CLOSE, NotEnrolled.NOT_SUBMITTED),
        (S.ROSTER_SUBMITTED, CENTRAL, CENTRAL_CLOSE, NotEnrolled.NOT_CONFIRMED),
        (S.ROSTER_SUBMITTED, INSTANT, INSTANT_CLOSE, None),
        (S.AWAITING_PAYMENT, CENTRAL, CENTRAL_CLOSE, None),
        (S.ENROLLED, CENTRAL, INSTANT_CLOSE, None),
        (S.EXPIRED, INSTANT, PLAN_2020.instant_open_at, NotEnrolled.EXPIRED),
    ],
)
def test_people_of_a_batch_that_was_late_are_not_enrolled(
    state: S, deadlines: Deadlines, now: datetime, why: NotEnrolled | None
) -> None:
    assert why_not_enrolled(state, deadlines.enrolment_type, deadlines.window_closes_at, now) is why


@pytest.mark.parametrize("deadlines", [CENTRAL, INSTANT])
def test_the_window_of_a_batch_is_its_own_where_it_closes_otherwise_than_the_years(deadlines: Deadlines) -> None:
    assert not deadlines.is_its_own
    assert replace(deadlines, reinstated_until=UNTIL).is_its_own
    assert not replace(deadlines, central_extension_until=CENTRAL_CLOSE - SECOND).is_its_own
