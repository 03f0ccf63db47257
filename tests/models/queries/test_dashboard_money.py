"""Money of a plan year: what is due, received and to be refunded, and the lists that come to the same."""

from __future__ import annotations

import pytest

from models.queries.dashboard_money import Money, Sum, due_page, money_of, received_page, refunds_page
from models.records.database import reading
from models.rules.lifecycle import BatchState
from models.rules.voucher import VoucherState
from tests.statements import statements
from tests.vouchers import (
    ONE_PERSON_FEN,
    REFUND,
    Paying,
    a_paying_unit,
    another_to_pay,
    approve,
    reject,
    submit,
)

YEAR, DUE = "2020", 2 * ONE_PERSON_FEN
TOO_MUCH = 5_000


def money() -> Money:
    with reading() as session:
        return money_of(session, YEAR)


@pytest.fixture
def paying(database: str) -> Paying:
    """A voucher, not yet submitted, that pays 50 yuan too much."""
    return a_paying_unit(amount_fen=DUE + TOO_MUCH, **REFUND)


def test_a_confirmed_premium_is_due_before_anybody_paid(paying: Paying) -> None:
    found = money()
    assert found.due_in_all == Sum(1, DUE)
    assert (found.received, found.in_review, found.to_refund) == (Sum(), Sum(), Sum())


def test_every_state_of_payment_is_due(paying: Paying) -> None:
    for act, state in (
        (submit, BatchState.PAYMENT_REVIEW),
        (reject, BatchState.PAYMENT_REJECTED),
        (submit, BatchState.PAYMENT_REVIEW),
        (approve, BatchState.ENROLLED),
    ):
        act(paying)
        assert money().due == {state: Sum(1, DUE)}


def test_a_submitted_voucher_is_in_review_and_not_received(paying: Paying) -> None:
    submit(paying)
    assert (money().in_review, money().received) == (Sum(1, DUE + TOO_MUCH), Sum())


def test_an_approved_voucher_is_received_and_what_is_too_much_is_to_be_refunded(paying: Paying) -> None:
    submit(paying)
    approve(paying)
    found = money()
    assert (found.received, found.to_refund) == (Sum(1, DUE + TOO_MUCH), Sum(1, TOO_MUCH))
    assert found.received.fen == found.due_in_all.fen + found.to_refund.fen


def test_another_years_money_is_not_counted(paying: Paying) -> None:
    with reading() as session:
        found = money_of(session, "2024")
    assert (found.due_in_all, found.received) == (Sum(), Sum())


def test_the_lists_come_to_the_figures(paying: Paying) -> None:
    submit(paying)
    approve(paying)
    another_to_pay(paying.batch)
    found = money()
    with reading() as session:
        due, received = due_page(session, YEAR, ""), received_page(session, YEAR)
        refunds = refunds_page(session, YEAR)
        assert sum(batch.total_fen or 0 for batch in due.lines) == due.together.fen == found.due_in_all.fen
        assert sum(seen.voucher.amount_fen for seen in received.lines) == received.together.fen == found.received.fen
        assert sum(task.amount_fen for task in refunds.lines) == refunds.together.fen == found.to_refund.fen
        assert due_page(session, YEAR, BatchState.ENROLLED).together == Sum(1, DUE)
        assert received_page(session, YEAR, VoucherState.SUBMITTED).together == Sum()


def test_the_figures_take_three_statements(paying: Paying) -> None:
    with statements() as asked:
        money()
    assert len(asked) == 3
