"""新增缴费信息 and its change (T14)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import func, select, update

from config.clock import SHANGHAI
from models.actions.draft_voucher import Typed, cancel_voucher, create_voucher
from models.queries.vouchers import file_of
from models.records.account import HandlerProfile
from models.records.batch import Batch
from models.records.database import reading, writing
from models.records.voucher import Voucher, VoucherBatch
from models.rules.attachment import MAX_FILES
from models.rules.lifecycle import BatchState
from models.rules.permissions import Role
from models.rules.plan import EnrolmentType
from models.rules.voucher import MAX_FEN, VoucherState
from tests.builders import a_person, resident_id
from tests.imports import a_rival_with, another_batch, the_batch
from tests.people import somebody_of
from tests.records import BatchOf
from tests.refusals import refused
from tests.vouchers import (
    A_FILE,
    FORM,
    PAYER,
    REFUND,
    Paying,
    a_batch_to_pay,
    a_paying_unit,
    another_to_pay,
    change,
    drafted,
    submit,
    the_voucher,
    two_batches,
    with_receipts,
)

TOO_LATE = datetime(2020, 5, 27, tzinfo=SHANGHAI)


def cancel(paying: Paying) -> None:
    with writing() as session:
        cancel_voucher(session, paying.viewer, paying.voucher_id, paying.now)


def rows(table: type) -> int:
    with reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def test_a_draft_holds_what_was_typed_and_moves_no_batch(database: str) -> None:
    batch = a_batch_to_pay()
    voucher_id = drafted(batch, payer="  上海豆豆集团 ", **REFUND)
    seen = the_voucher(voucher_id)
    assert (seen.voucher.state, seen.voucher.payer, seen.voucher.plan_year) == (
        VoucherState.DRAFT,
        "上海豆豆集团",
        "2020",
    )
    assert seen.voucher.refund().account_no == "3160230000802215"
    with reading() as session:
        assert file_of(session, batch.viewer, voucher_id, 1) == A_FILE
    assert the_batch(batch).state == BatchState.AWAITING_PAYMENT


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ({"payer": " "}, "SYS-002"),
        ({"payer": None}, "SYS-002"),
        ({"payer": "长" * 101}, "SYS-003"),
        ({"method": None}, "SYS-002"),
        ({"amount_fen": None}, "SYS-002"),
        ({"amount_fen": 0}, "PAY-008"),
        ({"amount_fen": MAX_FEN + 1}, "PAY-008"),
        ({"refund_account_no": "1234567"}, "PAY-011"),
        ({"refund_account_no": "户名12345678"}, "PAY-011"),
        ({"refund_bank": "长" * 101}, "SYS-003"),
    ],
)
def test_what_was_typed_wrongly_says_so(sqlite: None, typed: dict[str, Any], code: str) -> None:
    batch = a_batch_to_pay()
    with refused(code):
        drafted(batch, **{"amount_fen": 1, **typed})
    assert rows(Voucher) == 0


def test_no_more_files_than_ten(sqlite: None) -> None:
    batch = a_batch_to_pay()
    assert len(the_voucher(drafted(batch, files=[A_FILE] * MAX_FILES)).voucher.files) == MAX_FILES
    other = another_to_pay(batch)
    with refused("SYS-003", field="缴费凭证"):
        drafted(other, files=[A_FILE] * (MAX_FILES + 1))


def test_a_voucher_is_for_a_batch(sqlite: None) -> None:
    batch = a_batch_to_pay()
    with refused("PAY-004"), writing() as session:
        create_voucher(session, batch.viewer, FORM, [], [], batch.now)


def test_a_batch_that_is_not_to_be_paid_says_in_which_state_it_is(sqlite: None) -> None:
    paid = a_batch_to_pay()
    batch = another_batch(paid.viewer, "0088D5", EnrolmentType.CENTRAL, now=paid.now)
    with refused("PAY-005", batch=batch.batch_no, status="清册待校验"):
        drafted(batch, amount_fen=1)


def test_a_batch_is_in_one_voucher_that_counts(database: str) -> None:
    batch = a_batch_to_pay()
    drafted(batch)
    with refused("PAY-006", batch=batch.batch_no):
        drafted(batch)


def test_the_index_decides_a_race_for_a_batch(database: str) -> None:
    from sqlalchemy.exc import IntegrityError

    batch = a_batch_to_pay()
    drafted(batch)
    second = drafted(another_to_pay(batch))
    with pytest.raises(IntegrityError), writing() as session:
        session.add(VoucherBatch(voucher_id=second, batch_id=batch.batch_id))


def test_after_the_cut_off_there_is_nothing_to_pay_any_more(sqlite: None) -> None:
    batch = a_batch_to_pay()
    with refused("PAY-009", date="2020-05-26"), writing() as session:
        create_voucher(session, batch.viewer, FORM, [batch.batch_no], [], TOO_LATE)


def test_another_accounts_batch_does_not_exist(sqlite: None) -> None:
    batch = a_batch_to_pay()
    rival = a_rival_with([a_person(id_no=resident_id(sequence=300))])
    with refused("BAT-005"), writing() as session:
        create_voucher(session, rival.viewer, FORM, [batch.batch_no], [], batch.now)


def test_batches_of_two_plan_years_are_paid_apart(sqlite: None) -> None:
    paying, other = two_batches()
    with writing() as session:
        from config.plans import plan_data
        from models.actions.keep_plans import load_plan

        load_plan(session, plan_data("2020") | {"plan_year": "2021"}, paying.now)
        session.execute(update(Batch).where(Batch.id == other.batch_id).values(plan_year="2021"))
    with refused("PAY-012"):
        change(paying, batch_nos=[paying.batch.batch_no, other.batch_no])


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.HANDLER])
def test_only_the_unit_makes_vouchers(sqlite: None, role: Role) -> None:
    batch = a_batch_to_pay()
    with refused("AUTH-006"), writing() as session:
        create_voucher(session, somebody_of(role, batch), FORM, [batch.batch_no], [], batch.now)


@pytest.mark.parametrize(
    "act",
    [
        lambda _, other: drafted(other),
        lambda paying, _: change(paying),
        lambda paying, _: with_receipts(paying, [1]),
        lambda paying, _: submit(paying),
        lambda paying, _: cancel(paying),
    ],
    ids=["create", "change", "receipts", "submit", "cancel"],
)
def test_who_has_not_confirmed_the_phone_does_nothing_with_vouchers(
    sqlite: None, act: Callable[[Paying, BatchOf], object]
) -> None:
    paying = a_paying_unit()
    other = another_to_pay(paying.batch)
    with writing() as session:
        session.execute(update(HandlerProfile).values(phone_verified_at=None))
    with refused("HDL-001"):
        act(paying, other)


def test_what_is_not_named_stays_as_it_is(sqlite: None) -> None:
    paying = a_paying_unit(**REFUND)
    before = the_voucher(paying.voucher_id)
    change(paying, typed=Typed(payer="上海豆豆集团"))
    after = the_voucher(paying.voucher_id)
    assert after.voucher.payer == "上海豆豆集团"
    assert after.voucher.refund() == before.voucher.refund()
    assert (after.voucher.amount_fen, len(after.voucher.files)) == (before.voucher.amount_fen, 1)
    assert after.voucher.version == before.voucher.version + 1


def test_what_is_emptied_is_empty(sqlite: None) -> None:
    paying = a_paying_unit(**REFUND)
    change(paying, typed=Typed(refund_account_kind="", refund_bank=""))
    refund = the_voucher(paying.voucher_id).voucher.refund()
    assert (refund.account_kind, refund.bank, refund.account_name) == (None, "", PAYER)


def test_a_second_proof_is_added_and_one_removed_by_its_number(database: str) -> None:
    paying = a_paying_unit()
    change(paying, files=[replace(A_FILE, name="补缴.jpg")])
    assert [(file.number, file.name) for file in the_voucher(paying.voucher_id).voucher.files] == [
        (1, "回单.jpg"),
        (2, "补缴.jpg"),
    ]
    change(paying, keep_files=[1])
    change(paying, files=[replace(A_FILE, name="重拍.jpg")])
    files = the_voucher(paying.voucher_id).voucher.files
    assert [(file.number, file.name) for file in files] == [(1, "回单.jpg"), (3, "重拍.jpg")]


def test_what_is_under_review_is_not_changed(sqlite: None) -> None:
    paying = a_paying_unit()
    submit(paying)
    with refused("BAT-002", status="缴费凭证审核中"):
        change(paying, typed=Typed(payer="别人"))


def test_somebody_who_saw_another_version_changes_nothing(sqlite: None) -> None:
    paying = a_paying_unit()
    with refused("BAT-004"):
        change(paying, version=1)
