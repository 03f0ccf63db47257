"""提交审核: amount, refund data, receipts, proof and deadlines (T16, T19)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import update

from config.clock import SHANGHAI
from models.actions.draft_voucher import change_voucher
from models.actions.submit_voucher import submit_voucher
from models.records.batch import Batch
from models.records.database import writing
from models.rules.lifecycle import BatchState
from models.rules.permissions import Role
from models.rules.refusal import Refused
from models.rules.voucher import VoucherState
from tests.imports import the_batch
from tests.models.rules.plan_years import EXAMPLES
from tests.people import audited, somebody_of
from tests.records import BatchOf
from tests.refusals import refused
from tests.vouchers import (
    FORM,
    ONE_PERSON_FEN,
    PAYER,
    REFUND,
    Paying,
    a_batch_to_pay,
    a_paying_unit,
    another_to_pay,
    drafted,
    reject,
    staff,
    submit,
    the_voucher,
    with_receipts,
)

DUE = 2 * ONE_PERSON_FEN
LAST_MOMENT = datetime(2020, 5, 26, 23, 59, 59, tzinfo=SHANGHAI)
TOO_LATE = datetime(2020, 5, 27, tzinfo=SHANGHAI)


def set_due(batch: BatchOf, total_fen: int) -> None:
    with writing() as session:
        session.execute(update(Batch).where(Batch.id == batch.batch_id).values(total_fen=total_fen))


@pytest.mark.parametrize("example", EXAMPLES["payment_and_receipts"], ids=lambda each: each["note"])
def test_payments_and_receipts_are_taken_or_refused_as_in_the_examples(sqlite: None, example) -> None:
    given, expected = example["input"], example["expected"]
    batch = a_batch_to_pay()
    others = [another_to_pay(batch) for _ in given["batch_due_fen"][1:]]
    for one, due_fen in zip([batch, *others], given["batch_due_fen"], strict=True):
        set_due(one, due_fen)
    overpaid = REFUND if expected.get("refund_fen") else {}
    voucher_id = drafted(batch, *others, amount_fen=given["paid_fen"], **overpaid)
    paying = Paying(batch, voucher_id, staff(Role.REVIEWER, batch.now), staff(Role.ADMIN, batch.now))
    seen = the_voucher(voucher_id)
    assert (seen.due_fen, seen.refund_fen) == (expected["due_fen"], expected.get("refund_fen", 0))
    try:
        with_receipts(paying, given["receipts_fen"])
        submit(paying)
        found = {"ok": True}
    except Refused as no:
        found = {"ok": False, "code": no.code}
    assert found == {name: expected[name] for name in found}


def test_the_voucher_and_all_its_batches_are_under_review(database: str) -> None:
    batch = a_batch_to_pay()
    other = another_to_pay(batch)
    paying = Paying(batch, drafted(batch, other), staff(Role.REVIEWER, batch.now), staff(Role.ADMIN, batch.now))
    with_receipts(paying, [3 * ONE_PERSON_FEN])
    submit(paying)
    seen = the_voucher(paying.voucher_id)
    assert (seen.voucher.state, seen.voucher.submitted_at, seen.voucher.submitted_by) == (
        VoucherState.SUBMITTED,
        batch.now,
        batch.viewer.account_id,
    )
    assert [one.state for one in seen.batches] == [BatchState.PAYMENT_REVIEW] * 2
    assert sorted(entry.batch_id or 0 for entry in audited("submit_voucher")) == sorted(
        (batch.batch_id, other.batch_id)
    )


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ({"amount_fen": DUE - 1}, "PAY-002"),
        ({"amount_fen": DUE + 5000}, "PAY-003"),
        ({"amount_fen": DUE + 5000, **REFUND, "refund_bank": ""}, "PAY-003"),
        ({"files": ()}, "PAY-007"),
    ],
    ids=["a fen too little", "nobody knows where the rest goes", "no bank for the rest", "no proof"],
)
def test_what_is_not_whole_is_not_submitted(sqlite: None, typed, code: str) -> None:
    paying = a_paying_unit(**typed)
    with refused(code):
        submit(paying)
    assert the_batch(paying.batch).state == BatchState.AWAITING_PAYMENT


def test_fifty_yuan_too_much_are_computed_and_ask_for_refund_data(sqlite: None) -> None:
    paying = a_paying_unit(amount_fen=DUE + 5000)
    with refused("PAY-003", refund="50.00"):
        submit(paying)


def test_money_paid_too_much_is_taken_with_refund_data(sqlite: None) -> None:
    paying = a_paying_unit(amount_fen=DUE + 5000, **REFUND)
    submit(paying)
    assert the_voucher(paying.voucher_id).refund_fen == 5000


def test_two_receipts_of_two_titles_make_up_what_is_due(sqlite: None) -> None:
    paying = a_paying_unit(receipts=[DUE - 450, 450])
    submit(paying)
    assert the_voucher(paying.voucher_id).voucher.state == VoucherState.SUBMITTED


def test_receipts_that_are_a_fen_short_are_refused_with_both_sums(sqlite: None) -> None:
    paying = a_paying_unit(receipts=[DUE - 450, 449])
    with refused("RCP-001", sum="359.99", due="360.00"):
        submit(paying)


def test_it_is_taken_until_the_end_of_the_last_day(sqlite: None) -> None:
    paying = a_paying_unit()
    with refused("PAY-009", batch=paying.batch.batch_no, date="2020-05-26"):
        submit(paying, TOO_LATE)
    submit(paying, LAST_MOMENT)
    assert the_voucher(paying.voucher_id).voucher.submitted_at == LAST_MOMENT


def test_the_earliest_cut_off_of_its_batches_ends_it(sqlite: None) -> None:
    batch = a_batch_to_pay()
    other = another_to_pay(batch)
    paying = Paying(batch, drafted(batch, other), staff(Role.REVIEWER, batch.now), staff(Role.ADMIN, batch.now))
    with_receipts(paying, [3 * ONE_PERSON_FEN])
    with writing() as session:
        session.execute(update(Batch).where(Batch.id == other.batch_id).values(payment_cutoff_on=date(2020, 5, 1)))
    with refused("PAY-009", batch=other.batch_no, date="2020-05-01"):
        submit(paying, datetime(2020, 5, 2, tzinfo=SHANGHAI))


def test_a_rejected_voucher_is_mended_and_submitted_again_in_time(database: str) -> None:
    paying = a_paying_unit()
    submit(paying)
    rejected_at = datetime(2020, 5, 25, 9, tzinfo=SHANGHAI)
    reject(paying, now=rejected_at)
    with writing() as session:
        change_voucher(session, paying.viewer, paying.voucher_id, replace(FORM, payer="上海豆豆集团"), rejected_at)
    last = datetime(2020, 6, 1, 23, 59, 59, tzinfo=SHANGHAI)
    with refused("PAY-009", date="2020-06-01"):
        submit(paying, last + timedelta(seconds=1))
    submit(paying, last)
    seen = the_voucher(paying.voucher_id)
    assert (seen.voucher.payer, seen.voucher.state, seen.voucher.reason, seen.voucher.decided_at) == (
        "上海豆豆集团",
        VoucherState.SUBMITTED,
        "",
        None,
    )


def test_nothing_is_submitted_twice(sqlite: None) -> None:
    paying = a_paying_unit()
    submit(paying)
    with refused("BAT-002", status="缴费凭证审核中", action="提交审核"):
        submit(paying)


def test_a_voucher_that_changed_meanwhile_is_not_submitted(sqlite: None) -> None:
    paying = a_paying_unit()
    version = the_voucher(paying.voucher_id).voucher.version
    with_receipts(paying, [DUE])
    with refused("BAT-004"), writing() as session:
        submit_voucher(session, paying.viewer, paying.voucher_id, paying.now, version=version)


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.HANDLER])
def test_only_the_unit_submits(sqlite: None, role: Role) -> None:
    paying = a_paying_unit()
    with refused("AUTH-006"), writing() as session:
        submit_voucher(session, somebody_of(role, paying.batch), paying.voucher_id, paying.now)


def test_the_audit_log_keeps_what_was_submitted_and_no_account_number(sqlite: None) -> None:
    paying = a_paying_unit(amount_fen=DUE + 5000, **REFUND)
    submit(paying)
    (entry,) = audited("submit_voucher")
    assert (entry.details["amount_fen"], entry.details["due_fen"]) == (DUE + 5000, DUE)
    assert entry.details["receipts"] == [[f"{PAYER}1", DUE]]
    assert not any("31602300" in str(one.details) for one in [entry, *audited("create_voucher")])
