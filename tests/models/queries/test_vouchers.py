"""Lists of vouchers: what can be paid, what waits for a decision, what is to be paid back."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import update

from models.actions.draft_voucher import leave_draft_voucher
from models.queries.vouchers import (
    VoucherFilters,
    file_of,
    list_vouchers,
    payable_batches,
    refund_page,
    refunds_after,
    refunds_of,
    review_queue,
)
from models.records.batch import Batch
from models.records.database import reading, writing
from models.records.viewer import Viewer
from models.rules.lifecycle import BatchState
from models.rules.permissions import Role
from models.rules.voucher import RefundState
from tests.people import somebody_of
from tests.refusals import refused
from tests.statements import statements
from tests.vouchers import (
    ONE_PERSON_FEN,
    REFUND,
    Paying,
    a_batch_to_pay,
    a_paying_unit,
    another_to_pay,
    approve,
    drafted,
    reject,
    submit,
    with_receipts,
)


def a_second_voucher(paying: Paying, code: str = "0088D7", first: int = 100) -> Paying:
    """Another one of the same account, which can be submitted."""
    batch = another_to_pay(paying.batch, code, first=first)
    second = replace(paying, batch=batch, voucher_id=drafted(batch))
    with_receipts(second, [ONE_PERSON_FEN])
    return second


def queue(viewer: Viewer, **page: int) -> list[int]:
    with reading() as session:
        return [seen.voucher.id for seen in review_queue(session, viewer, **page).vouchers]


def payable(paying: Paying, voucher_id: int | None = None, days: int = 0) -> list[int]:
    with reading() as session:
        now = paying.now + timedelta(days=days)
        return [batch.id for batch in payable_batches(session, paying.viewer, now, voucher_id)]


def test_the_longest_waiting_is_decided_first(database: str) -> None:
    first = a_paying_unit()
    second = a_second_voucher(first)
    submit(second)
    submit(first, first.now + timedelta(minutes=1))
    assert queue(first.reviewer) == [second.voucher_id, first.voucher_id]
    assert queue(first.reviewer, page=2, size=1) == [first.voucher_id]
    approve(second)
    assert queue(first.reviewer) == [first.voucher_id]


def test_a_voucher_that_was_rejected_waits_from_its_last_submission_on(sqlite: None) -> None:
    first = a_paying_unit()
    second = a_second_voucher(first)
    for paying in (first, second):
        submit(paying)
    reject(first)
    submit(first, first.now + timedelta(minutes=1))
    assert queue(first.reviewer) == [second.voucher_id, first.voucher_id]


@pytest.mark.parametrize("role", [role for role in Role if role not in {Role.REVIEWER, Role.ADMIN}])
def test_the_queue_and_the_refunds_are_the_associations(sqlite: None, role: Role) -> None:
    viewer = somebody_of(role, a_batch_to_pay())
    with refused("AUTH-006"):
        queue(viewer)
    with refused("AUTH-006"), reading() as session:
        refunds_after(session, viewer, None, None, 10)
    with refused("AUTH-006"), reading() as session:
        refund_page(session, viewer, None)


def test_refunds_are_listed_oldest_first_and_by_their_state(sqlite: None) -> None:
    first = a_paying_unit(amount_fen=2 * ONE_PERSON_FEN + 100, **REFUND)
    batch = another_to_pay(first.batch)
    second = replace(first, batch=batch, voucher_id=drafted(batch, amount_fen=ONE_PERSON_FEN + 200, **REFUND))
    with_receipts(second, [ONE_PERSON_FEN])
    for paying in (second, first):
        submit(paying)
        approve(paying)

    def amounts(state: RefundState | None, after: int | None = None, limit: int = 10) -> list[int]:
        with reading() as session:
            return [task.amount_fen for task in refunds_after(session, first.reviewer, state, after, limit)]

    assert amounts(RefundState.OPEN) == amounts(None) == [200, 100]
    assert amounts(RefundState.PAID) == []
    assert amounts(None, limit=1) == [200, 100]  # one more says that there is a next page
    assert amounts(None, after=1) == [100]


def test_what_is_in_no_voucher_can_be_paid_until_its_cut_off(database: str) -> None:
    paying = a_paying_unit()
    other = another_to_pay(paying.batch)
    assert payable(paying) == [other.batch_id]
    assert set(payable(paying, paying.voucher_id)) == {paying.batch.batch_id, other.batch_id}
    assert payable(paying, days=60) == []


def test_a_batch_whose_voucher_is_gone_can_be_paid_again(sqlite: None) -> None:
    paying = a_paying_unit()
    submit(paying)
    reject(paying)
    assert payable(paying) == []
    with writing() as session:
        leave_draft_voucher(session, session.get_one(Batch, paying.batch.batch_id))
    assert payable(paying) == [paying.batch.batch_id]
    again = drafted(paying.batch)
    assert again != paying.voucher_id


def test_another_account_has_nothing_to_pay_here(sqlite: None) -> None:
    paying = a_paying_unit()
    stranger = replace(paying, batch=replace(paying.batch, viewer=Viewer(paying.reviewer.account_id, Role.HANDLER)))
    another_to_pay(paying.batch)
    assert payable(stranger) == []


def test_a_batch_that_is_not_confirmed_is_not_offered(sqlite: None) -> None:
    paying = a_paying_unit()
    other = another_to_pay(paying.batch)
    with writing() as session:
        session.execute(update(Batch).where(Batch.id == other.batch_id).values(state=BatchState.ROSTER_SUBMITTED))
    assert payable(paying) == []


def test_a_page_of_the_list_costs_the_same_for_three_as_for_one(database: str) -> None:
    paying = a_paying_unit()

    def listed() -> int:
        with reading() as session:
            return list_vouchers(session, paying.viewer, VoucherFilters()).total

    with statements() as for_one:
        assert listed() == 1
    for number in (1, 2):
        a_second_voucher(paying, f"0088F{number}", 100 * number)
    with statements() as for_three:
        assert listed() == 3
    assert len(for_three) == len(for_one)


def test_a_file_that_is_not_there_is_unknown(sqlite: None) -> None:
    paying = a_paying_unit()
    with refused("BAT-005"), reading() as session:
        file_of(session, paying.viewer, paying.voucher_id, 2)


def test_a_page_of_refunds_has_what_each_voucher_paid(sqlite: None) -> None:
    paying = a_paying_unit(amount_fen=2 * ONE_PERSON_FEN + 100, **REFUND)
    submit(paying)
    approve(paying)
    with reading() as session:
        page = refund_page(session, paying.reviewer, RefundState.OPEN)
        [(task, seen)] = page.refunds
        assert (page.total, task.amount_fen, seen.due_fen) == (1, 100, 2 * ONE_PERSON_FEN)
        assert [one.id for one in refunds_of(session, paying.voucher_id)] == [task.id]
        assert refund_page(session, paying.reviewer, RefundState.PAID).total == 0
        assert not refund_page(session, paying.reviewer, None, page=2).refunds
