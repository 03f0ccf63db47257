"""专用收据: the unit's, corrected by the association, and the numbers of the electronic ones."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pytest

from models.actions.receipts import Issued, correct_receipts, fill_receipt_numbers, set_receipts
from models.records.database import writing
from models.records.viewer import Viewer
from models.rules.permissions import Role
from models.rules.receipt import MAX_RECEIPTS, ReceiptLine
from tests.people import audited, somebody_of
from tests.refusals import refused
from tests.vouchers import (
    ONE_PERSON_FEN,
    Paying,
    a_paying_unit,
    approve,
    reject,
    submit,
    the_voucher,
)

DUE = 2 * ONE_PERSON_FEN
LINE = ReceiptLine("上海豆豆集团", DUE, "含税")
NUMBER = "0318200512345678"
TODAY = date(2020, 4, 20)


def put(paying: Paying, lines: Sequence[ReceiptLine], viewer: Viewer | None = None, version: int | None = None) -> None:
    with writing() as session:
        set_receipts(session, viewer or paying.viewer, paying.voucher_id, lines, paying.now, version=version)


def correct(
    paying: Paying, lines: Sequence[ReceiptLine], reason: str = "抬头有误", viewer: Viewer | None = None
) -> None:
    with writing() as session:
        correct_receipts(session, viewer or paying.reviewer, paying.voucher_id, lines, reason, paying.now)


def fill(paying: Paying, number: str = NUMBER, day: date | None = TODAY, receipt_id: int | None = None) -> None:
    issued = Issued(receipt_id or first_id(paying), number, day)
    with writing() as session:
        fill_receipt_numbers(session, paying.reviewer, paying.voucher_id, [issued], paying.now)


def stored(paying: Paying) -> list[tuple[str, int, str]]:
    receipts = the_voucher(paying.voucher_id).voucher.receipts
    return [(receipt.title, receipt.amount_fen, receipt.remark) for receipt in receipts]


def first_id(paying: Paying) -> int:
    return the_voucher(paying.voucher_id).voucher.receipts[0].id


def numbers(paying: Paying) -> list[tuple[str | None, date | None]]:
    return [(one.e_receipt_no, one.issued_on) for one in the_voucher(paying.voucher_id).voucher.receipts]


def test_receipts_are_replaced_all_at_once_and_keep_their_order(database: str) -> None:
    paying = a_paying_unit()
    lines = [ReceiptLine(" 乙公司 ", 100, " 备注 "), ReceiptLine("甲公司", DUE - 100)]
    put(paying, lines)
    assert stored(paying) == [("乙公司", 100, "备注"), ("甲公司", DUE - 100, "")]


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (ReceiptLine("  ", DUE), "RCP-003"),
        (ReceiptLine("甲" * 101, DUE), "SYS-003"),
        (ReceiptLine("甲", 0), "RCP-002"),
        (ReceiptLine("甲", -1), "RCP-002"),
        (ReceiptLine("甲", DUE, "备" * 201), "SYS-003"),
    ],
)
def test_a_line_that_is_wrong_changes_nothing(sqlite: None, line: ReceiptLine, code: str) -> None:
    paying = a_paying_unit()
    before = stored(paying)
    with refused(code):
        put(paying, [LINE, line])
    assert stored(paying) == before


def test_no_more_receipts_than_fifty(sqlite: None) -> None:
    paying = a_paying_unit()
    put(paying, [ReceiptLine("甲", 1)] * MAX_RECEIPTS)
    with refused("SYS-003", field="专用收据"):
        put(paying, [ReceiptLine("甲", 1)] * (MAX_RECEIPTS + 1))


def test_a_sum_may_be_wrong_while_it_is_typed(sqlite: None) -> None:
    paying = a_paying_unit()
    put(paying, [ReceiptLine("甲", 1)])
    assert stored(paying) == [("甲", 1, "")]


def test_receipts_are_locked_after_their_submission_until_a_rejection(sqlite: None) -> None:
    paying = a_paying_unit()
    submit(paying)
    with refused("RCP-004"):
        put(paying, [LINE])
    reject(paying)
    put(paying, [LINE])
    assert stored(paying) == [("上海豆豆集团", DUE, "含税")]


def test_receipts_of_an_enrolled_batch_stay_locked(sqlite: None) -> None:
    paying = a_paying_unit()
    submit(paying)
    approve(paying)
    with refused("RCP-004"):
        put(paying, [LINE])


def test_receipts_seen_in_another_version_are_not_replaced(sqlite: None) -> None:
    paying = a_paying_unit()
    with refused("BAT-004"):
        put(paying, [LINE], version=1)


def test_staff_do_not_type_the_units_receipts(sqlite: None) -> None:
    paying = a_paying_unit()
    with refused("AUTH-006"):
        put(paying, [LINE], paying.reviewer)


def test_the_association_corrects_what_was_submitted_with_a_reason(database: str) -> None:
    paying = a_paying_unit()
    submit(paying)
    correct(paying, [ReceiptLine("上海豆豆集团", DUE, id=first_id(paying))])
    assert stored(paying) == [("上海豆豆集团", DUE, "")]
    (entry,) = audited("correct_receipts")
    assert (entry.details["reason"], entry.account_id) == ("抬头有误", paying.reviewer.account_id)
    assert entry.details["before"] != entry.details["after"]


def test_a_correction_keeps_the_sum_that_is_due(sqlite: None) -> None:
    paying = a_paying_unit()
    submit(paying)
    with refused("RCP-001"):
        correct(paying, [ReceiptLine("甲", DUE - 1)])


def test_a_correction_says_why(sqlite: None) -> None:
    paying = a_paying_unit()
    submit(paying)
    with refused("SYS-002", field="更正原因"):
        correct(paying, [LINE], " ")


def test_what_the_unit_can_still_change_is_not_corrected_for_it(sqlite: None) -> None:
    paying = a_paying_unit()
    with refused("BAT-002", action="更正专用收据"):
        correct(paying, [LINE])


@pytest.mark.parametrize("role", [role for role in Role if role not in {Role.REVIEWER, Role.ADMIN}])
def test_only_the_association_corrects(sqlite: None, role: Role) -> None:
    paying = a_paying_unit()
    submit(paying)
    with refused("AUTH-006"):
        correct(paying, [LINE], viewer=somebody_of(role, paying.batch))


def test_a_receipt_named_twice_or_unknown_is_refused(sqlite: None) -> None:
    paying = a_paying_unit()
    submit(paying)
    twice = ReceiptLine("甲", DUE // 2, id=first_id(paying))
    with refused("SYS-003", field="专用收据"):
        correct(paying, [twice, twice])
    with refused("BAT-005"):
        correct(paying, [ReceiptLine("甲", DUE, id=999)])


def test_numbers_are_filled_in_after_the_approval(database: str) -> None:
    paying = a_paying_unit()
    submit(paying)
    with refused("BAT-002", action="填写电子收据号"):
        fill(paying)
    approve(paying)
    fill(paying)
    assert numbers(paying) == [(NUMBER, TODAY)]
    assert len(audited("fill_receipt_numbers")) == 1


@pytest.mark.parametrize(
    ("number", "day", "code"),
    [
        (" ", TODAY, "SYS-002"),
        (NUMBER, None, "SYS-002"),
        ("0" * 51, TODAY, "SYS-003"),
        (NUMBER, date(2020, 4, 21), "SYS-003"),
    ],
)
def test_a_number_has_its_day(sqlite: None, number: str, day: date | None, code: str) -> None:
    paying = a_paying_unit()
    submit(paying)
    approve(paying)
    with refused(code):
        fill(paying, number, day)


def test_a_receipt_of_nobody_gets_no_number(sqlite: None) -> None:
    paying = a_paying_unit()
    submit(paying)
    approve(paying)
    with refused("BAT-005"):
        fill(paying, receipt_id=999)


def test_a_corrected_receipt_waits_for_another_number_and_the_others_keep_theirs(sqlite: None) -> None:
    paying = a_paying_unit(receipts=[100, DUE - 100])
    submit(paying)
    approve(paying)
    first, second = the_voucher(paying.voucher_id).voucher.receipts
    for receipt in (first, second):
        fill(paying, receipt_id=receipt.id)
    same = ReceiptLine(second.title, second.amount_fen, second.remark, second.id)
    correct(paying, [ReceiptLine("上海豆豆集团", 100, id=first.id), same])
    assert numbers(paying) == [(None, None), (NUMBER, TODAY)]
