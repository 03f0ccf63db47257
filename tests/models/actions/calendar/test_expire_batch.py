"""失效: what the calendar does to a batch, once, also where somebody else acts on it at the same moment."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from config.clock import SHANGHAI
from config.pledge import pledge
from models.actions.calendar.expire_batch import expire_if_over
from models.actions.check_roster import submit_at_once
from models.actions.move_deadline import move_deadlines
from models.actions.price_batch import confirm_premium
from models.actions.queue_check import queue_submission
from models.actions.reinstate_batch import reinstate_batch
from models.actions.submit_voucher import submit_voucher
from models.queries.history import history_of
from models.records.batch import Batch
from models.records.database import reading
from models.records.job import Job
from models.rules.deadlines import end_of
from models.rules.expiry import EXPIRIES
from models.rules.lifecycle import BatchAction, BatchState
from models.rules.moved_deadline import MovableDate
from models.rules.permissions import Role
from models.rules.refusal import Refused
from tasks.queues import people_queue
from tests.at_once import at_once
from tests.claims import broken_claims, claims_of
from tests.expiring import CENTRAL_CLOSE, MINUTE, PEOPLE, SECOND, a_central_batch, over, state_of
from tests.imports import submitted, the_batch
from tests.people import audited
from tests.records import BatchOf, a_batch_to_fill, people_on
from tests.refusals import refused
from tests.stages import awaiting_payment, priced
from tests.vouchers import ONE_PERSON_FEN, a_paying_unit, staff, submit, the_voucher, told, two_batches, with_receipts

S = BatchState
CUT_OFF = end_of(datetime(2020, 5, 26, tzinfo=SHANGHAI).date())
JUST_IN_TIME = CENTRAL_CLOSE - SECOND


@pytest.fixture
def batch(database: str) -> BatchOf:
    """A submitted central batch of three people."""
    return submitted(a_central_batch())


def expiry_of(batch: BatchOf, at: datetime) -> Callable[[Session], bool]:
    return lambda session: expire_if_over(session, batch.batch_id, tuple(EXPIRIES), at, at)


def test_it_is_written_down_as_done_by_the_system_with_before_and_after(batch: BatchOf) -> None:
    before = the_batch(batch)
    assert over(batch, CENTRAL_CLOSE)
    [entry] = audited("expire_central")
    assert (entry.account_id, entry.ip, entry.batch_id, entry.at) == (None, None, batch.batch_id, CENTRAL_CLOSE)
    assert entry.details == {
        "reason": "集中参保已截止",
        "people": 3,
        "before": {"state": "roster_submitted", "expired_at": None},
        "after": {"state": "expired", "expired_at": "2020-05-11T17:00:00+08:00"},
    }
    after = the_batch(batch)
    assert (after.version, after.updated_at, after.expired_at) == (before.version + 1, CENTRAL_CLOSE, CENTRAL_CLOSE)


def test_its_history_tells_it_as_an_event_of_the_system(batch: BatchOf) -> None:
    over(batch, CENTRAL_CLOSE)
    with reading() as session:
        event = history_of(session, session.get_one(Batch, batch.batch_id))[0]
    assert (event.action, event.state, event.role) == (BatchAction.EXPIRE_CENTRAL, S.EXPIRED, None)


def test_what_was_fixed_of_it_stays(batch: BatchOf) -> None:
    before = the_batch(batch)
    over(batch, CENTRAL_CLOSE)
    after = the_batch(batch)
    for kept in ("coverage_start", "coverage_end", "half_price", "submitted_at", "confirm_since", "roster_version"):
        assert getattr(after, kept) == getattr(before, kept), kept


def test_done_twice_it_has_one_effect(batch: BatchOf) -> None:
    assert [over(batch, CENTRAL_CLOSE), over(batch, CENTRAL_CLOSE + MINUTE)] == [True, False]
    assert (len(audited("expire_central")), len(told("NTF-05"))) == (1, 1)
    assert the_batch(batch).expired_at == CENTRAL_CLOSE


def test_before_its_time_nothing_becomes_of_it(batch: BatchOf) -> None:
    assert not over(batch, JUST_IN_TIME)
    assert state_of(batch) == S.ROSTER_SUBMITTED


def test_from_then_on_the_clerk_is_told_when_and_why_it_expired(batch: BatchOf) -> None:
    over(batch, CENTRAL_CLOSE)
    with refused("BAT-006", date="2020-05-11", reason="集中参保已截止"):
        submitted(batch)


def confirmation_of(batch: BatchOf, at: datetime = JUST_IN_TIME) -> Callable[[Session], object]:
    token = priced(batch).token
    return lambda session: confirm_premium(session, batch.viewer, batch.batch_no, token, [], at)


def test_who_confirms_first_has_confirmed(batch: BatchOf) -> None:
    assert at_once(confirmation_of(batch), expiry_of(batch, CENTRAL_CLOSE)) is False
    assert (state_of(batch), len(claims_of(batch)), told("NTF-05")) == (S.AWAITING_PAYMENT, 3, [])


def test_who_confirms_while_it_expires_is_told_so_and_nothing_is_half_done(batch: BatchOf) -> None:
    confirmation = confirmation_of(batch)
    with refused("BAT-006"):
        at_once(expiry_of(batch, CENTRAL_CLOSE), confirmation)
    after = the_batch(batch)
    assert (after.state, after.total_fen, after.payment_due_on) == (S.EXPIRED, None, None)
    assert (claims_of(batch), broken_claims()) == (set(), [])


def test_a_voucher_that_is_handed_in_first_keeps_its_batch(database: str) -> None:
    paying = a_paying_unit()
    done = at_once(
        lambda session: submit_voucher(session, paying.viewer, paying.voucher_id, CUT_OFF - SECOND),
        expiry_of(paying.batch, CUT_OFF),
    )
    assert (done, state_of(paying.batch)) == (False, S.PAYMENT_REVIEW)
    assert [batch.id for batch in the_voucher(paying.voucher_id).batches] == [paying.batch.batch_id]


def test_a_voucher_that_is_handed_in_while_its_batch_expires_stays_a_draft(database: str) -> None:
    paying = a_paying_unit()
    with pytest.raises(Refused, match=r"PAY-004|BAT-004"):  # without its batch, or changed while it was waited for
        at_once(
            expiry_of(paying.batch, CUT_OFF),
            lambda session: submit_voucher(session, paying.viewer, paying.voucher_id, CUT_OFF - SECOND),
        )
    assert (state_of(paying.batch), the_voucher(paying.voucher_id).voucher.state) == (S.EXPIRED, "draft")
    assert broken_claims() == []


def test_another_unit_that_submits_them_meanwhile_has_them_all_or_nobody_until_it_asks_again(batch: BatchOf) -> None:
    rival = a_batch_to_fill("3019BJ")
    people_on(rival, PEOPLE)
    done = at_once(
        expiry_of(batch, CENTRAL_CLOSE),
        lambda session: submit_at_once(session, rival.viewer, rival.batch_no, rival.now),
    )
    if not done.passed:  # it was told that they are occupied, as they were when it looked
        assert claims_of(rival) == set()
        submitted(rival)
    assert (len(claims_of(rival)), claims_of(batch), broken_claims()) == (3, set(), [])


def a_submission(batch: BatchOf) -> Callable[[Session], Job]:
    agreed = pledge().version
    return lambda session: queue_submission(session, batch.viewer, batch.batch_no, agreed, JUST_IN_TIME, people_queue)


def test_work_that_is_just_being_queued_is_waited_for(database: str) -> None:
    batch = a_central_batch()
    assert at_once(a_submission(batch), expiry_of(batch, CENTRAL_CLOSE)) is False
    assert state_of(batch) == S.ROSTER_DRAFT


def test_work_that_comes_while_it_expires_is_not_taken_any_more(database: str) -> None:
    batch = a_central_batch()
    with refused("BAT-006"):
        at_once(expiry_of(batch, CENTRAL_CLOSE), a_submission(batch))
    with reading() as session:
        assert session.scalars(select(Job)).all() == []


def test_two_batches_and_their_voucher_at_the_same_moment_end_one_way_or_the_other(database: str) -> None:
    paying, other = two_batches()
    with_receipts(paying, [3 * ONE_PERSON_FEN])
    start = Barrier(3)

    def act(what: Callable[[], object]) -> object:
        start.wait()
        return what()

    acts: list[Callable[[], object]] = [
        lambda: over(other, CUT_OFF),
        lambda: over(paying.batch, CUT_OFF),
        lambda: submit(paying, CUT_OFF - SECOND),
    ]
    with ThreadPoolExecutor(len(acts)) as threads:
        done = [threads.submit(act, what) for what in acts]
        refusals = [one.exception(30) for one in done]
    assert all(refusal is None or isinstance(refusal, Refused) for refusal in refusals), refusals
    assert {state_of(one) for one in (paying.batch, other)} in ({S.EXPIRED}, {S.PAYMENT_REVIEW})
    assert broken_claims() == []


def test_a_close_that_moves_at_this_moment_is_waited_for(batch: BatchOf) -> None:
    admin = staff(Role.ADMIN, batch.now)
    wanted = {MovableDate.CENTRAL_CLOSE_AT: CENTRAL_CLOSE + timedelta(days=9)}
    done = at_once(
        lambda session: move_deadlines(session, admin, "2020", wanted, "上级部署", JUST_IN_TIME),
        expiry_of(batch, CENTRAL_CLOSE),
    )
    assert (done, state_of(batch)) == (False, S.ROSTER_SUBMITTED)


def test_what_expires_is_reinstated_by_whoever_waits_for_it(batch: BatchOf) -> None:
    admin, until = staff(Role.ADMIN, batch.now), CENTRAL_CLOSE + timedelta(days=3)
    at_once(
        expiry_of(batch, CENTRAL_CLOSE),
        lambda session: reinstate_batch(session, admin, batch.batch_no, until, "疫情期间", CENTRAL_CLOSE + SECOND),
    )
    assert (state_of(batch), len(claims_of(batch))) == (S.ROSTER_SUBMITTED, 3)


def test_two_runs_at_once_let_it_expire_once(batch: BatchOf) -> None:
    assert at_once(expiry_of(batch, CENTRAL_CLOSE), expiry_of(batch, CENTRAL_CLOSE)) is False
    assert (len(audited("expire_central")), len(told("NTF-05"))) == (1, 1)


def test_an_unpaid_batch_tells_that_nobody_is_occupied_any_more(database: str) -> None:
    batch = awaiting_payment(a_central_batch())
    assert over(batch, CUT_OFF)
    assert told("NTF-06") == [{"batch": batch.batch_no}]
    assert claims_of(batch) == set()
