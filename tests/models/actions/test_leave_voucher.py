"""Batches that leave a voucher, and 取消上传 (T15, T23, T24, T27)."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from sqlalchemy import func, select

from config.clock import SHANGHAI
from models.actions.draft_voucher import Typed, cancel_voucher, leave_draft_voucher
from models.actions.withdraw_batch import withdraw_batch
from models.queries.vouchers import live_voucher_of, payable_batches
from models.records.batch import Batch
from models.records.database import reading, writing
from models.records.voucher import Receipt, Voucher, VoucherBatch, VoucherFile
from models.rules.lifecycle import BatchAction, BatchState
from models.rules.voucher import VoucherState
from tests.imports import the_batch
from tests.people import audited
from tests.refusals import refused
from tests.vouchers import (
    ONE_PERSON_FEN,
    a_paying_unit,
    another_to_pay,
    change,
    drafted,
    reject,
    submit,
    the_voucher,
    two_batches,
    with_receipts,
)

TOO_LATE = datetime(2020, 5, 27, tzinfo=SHANGHAI)


def rows(table: type) -> int:
    with reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def test_a_batch_leaves_a_draft_and_can_be_paid_otherwise(sqlite: None) -> None:
    paying, other = two_batches()
    change(paying, batch_nos=[paying.batch.batch_no])
    with reading() as session:
        assert live_voucher_of(session, other.batch_id) is None
        assert [batch.id for batch in payable_batches(session, paying.viewer, paying.now)] == [other.batch_id]
    assert the_batch(other).state == BatchState.AWAITING_PAYMENT


def test_a_batch_taken_out_of_a_rejected_voucher_has_a_week_at_least(database: str) -> None:
    paying, other = two_batches(rejected=True)
    change(paying, datetime(2020, 5, 25, 9, tzinfo=SHANGHAI), batch_nos=[paying.batch.batch_no])
    left = the_batch(other)
    assert (left.state, left.payment_cutoff_on, left.resubmit_by) == (
        BatchState.AWAITING_PAYMENT,
        date(2020, 6, 1),
        None,
    )
    assert the_batch(paying.batch).state == BatchState.PAYMENT_REJECTED
    assert [entry.batch_id for entry in audited("leave_voucher")] == [other.batch_id]


def test_a_batch_taken_out_early_keeps_its_later_cut_off(sqlite: None) -> None:
    paying, other = two_batches(rejected=True)
    change(paying, batch_nos=[paying.batch.batch_no])
    assert the_batch(other).payment_cutoff_on == date(2020, 5, 26)


def test_the_last_batch_does_not_leave_a_rejected_voucher(sqlite: None) -> None:
    paying, _ = two_batches(rejected=True)
    third = another_to_pay(paying.batch, "0088D6", first=200)
    with refused("BAT-002", action="移出缴费凭证"):
        change(paying, batch_nos=[third.batch_no])


def test_a_batch_joins_a_rejected_voucher(sqlite: None) -> None:
    paying = a_paying_unit()
    submit(paying)
    reject(paying)
    other = another_to_pay(paying.batch)
    change(paying, batch_nos=[paying.batch.batch_no, other.batch_no], typed=Typed(amount_fen=3 * ONE_PERSON_FEN))
    with_receipts(paying, [3 * ONE_PERSON_FEN])
    submit(paying)
    assert [batch.state for batch in the_voucher(paying.voucher_id).batches] == [BatchState.PAYMENT_REVIEW] * 2


def test_cancelling_leaves_nothing_of_a_draft(database: str) -> None:
    paying = a_paying_unit()
    with writing() as session:
        cancel_voucher(session, paying.viewer, paying.voucher_id, TOO_LATE)
    assert [rows(table) for table in (Voucher, VoucherBatch, VoucherFile, Receipt)] == [0, 0, 0, 0]
    assert len(audited("cancel_voucher")) == 1


def test_the_number_of_a_cancelled_voucher_is_not_given_again(database: str) -> None:
    paying = a_paying_unit()
    with writing() as session:
        cancel_voucher(session, paying.viewer, paying.voucher_id, paying.now)
    assert drafted(paying.batch) > paying.voucher_id


def test_what_was_submitted_is_not_cancelled(sqlite: None) -> None:
    paying = a_paying_unit()
    submit(paying)
    with refused("BAT-002", action="取消上传"), writing() as session:
        cancel_voucher(session, paying.viewer, paying.voucher_id, paying.now)


@pytest.mark.parametrize("to", [BatchAction.WITHDRAW_TO_ROSTER, BatchAction.WITHDRAW_TO_PROJECTS])
def test_a_batch_that_is_withdrawn_leaves_its_draft(database: str, to: BatchAction) -> None:
    paying, other = two_batches()
    with writing() as session:
        withdraw_batch(session, other.viewer, other.batch_no, to, "名单有误", other.now)
    assert [batch.id for batch in the_voucher(paying.voucher_id).batches] == [paying.batch.batch_id]


def test_a_draft_without_batches_keeps_its_files_and_asks_for_a_batch(sqlite: None) -> None:
    paying = a_paying_unit()
    with writing() as session:
        leave_draft_voucher(session, session.get_one(Batch, paying.batch.batch_id))
    with refused("PAY-004"):
        submit(paying)
    assert len(the_voucher(paying.voucher_id).voucher.files) == 1


def test_a_rejected_voucher_is_void_when_its_last_batch_has_left(database: str) -> None:
    paying, other = two_batches(rejected=True)
    states = []
    for left in (paying.batch, other):
        with writing() as session:
            leave_draft_voucher(session, session.get_one(Batch, left.batch_id))
        states.append(the_voucher(paying.voucher_id).voucher.state)
    assert states == [VoucherState.REJECTED, VoucherState.VOID]


def test_a_voucher_under_review_is_left_by_nobody(sqlite: None) -> None:
    paying = a_paying_unit()
    submit(paying)
    with writing() as session:
        leave_draft_voucher(session, session.get_one(Batch, paying.batch.batch_id))
    assert len(the_voucher(paying.voucher_id).batches) == 1
