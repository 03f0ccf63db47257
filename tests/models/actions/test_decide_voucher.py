"""What the association does with a voucher: T17, T18, T20, T26, and refunds."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import update

from config.clock import SHANGHAI, local_date
from models.actions.decide_voucher import approve_voucher, reject_voucher, reverse_approval, void_voucher
from models.actions.settle_refund import settle_refund
from models.queries.vouchers import live_voucher_of
from models.records.batch import Batch
from models.records.database import reading, writing
from models.records.viewer import Viewer
from models.records.voucher import Voucher
from models.rules.lifecycle import BatchState
from models.rules.permissions import Role
from models.rules.voucher import RefundState, VoucherState
from tests.claims import broken_claims, claims_of
from tests.imports import the_batch
from tests.people import audited, somebody_of
from tests.refusals import refused
from tests.vouchers import (
    ONE_PERSON_FEN,
    REFUND,
    Paying,
    a_batch_to_pay,
    a_paying_unit,
    another_to_pay,
    approve,
    change,
    drafted,
    refunds_of,
    reject,
    staff,
    submit,
    the_voucher,
    told,
    with_receipts,
)

DUE = 2 * ONE_PERSON_FEN
LATER = datetime(2020, 5, 25, 15, 0, tzinfo=SHANGHAI)


def under_review(**typed: object) -> Paying:
    paying = a_paying_unit(**typed)
    submit(paying)
    return paying


def enrolled(**typed: object) -> Paying:
    paying = under_review(**typed)
    approve(paying)
    return paying


def reverse(paying: Paying, reason: str = "款项未到账", now: datetime | None = None) -> None:
    with writing() as session:
        reverse_approval(session, paying.admin, paying.batch.batch_no, reason, now or paying.now)


def void(paying: Paying, reason: str = "重复提交", now: datetime | None = None) -> None:
    with writing() as session:
        void_voucher(session, paying.admin, paying.voucher_id, reason, now or paying.now)


def settle(paying: Paying, paid_on: date | None = date(2020, 4, 20), reference: str = "FT20200420001") -> None:
    with writing() as session:
        settle_refund(session, paying.reviewer, paying.voucher_id, paid_on, reference, paying.now)


def states(paying: Paying) -> tuple[str, set[str]]:
    seen = the_voucher(paying.voucher_id)
    return seen.voucher.state, {batch.state for batch in seen.batches}


def test_an_approval_enrols_every_batch_and_tells_the_unit(database: str) -> None:
    batch = a_batch_to_pay()
    other = another_to_pay(batch)
    paying = Paying(batch, drafted(batch, other), staff(Role.REVIEWER, batch.now), staff(Role.ADMIN, batch.now))
    with_receipts(paying, [3 * ONE_PERSON_FEN])
    submit(paying)
    approve(paying)
    assert states(paying) == (VoucherState.APPROVED, {BatchState.ENROLLED})
    assert told("NTF-09") == [
        {"batch": one.batch_no, "start": "2020-04-01", "end": "2021-03-31"} for one in (batch, other)
    ]
    assert {entry.batch_id for entry in audited("approve_voucher")} == {batch.batch_id, other.batch_id}
    assert refunds_of(paying.voucher_id) == []


def test_nobody_approves_what_they_submitted(sqlite: None) -> None:
    paying = under_review()
    with writing() as session:
        session.execute(update(Voucher).values(submitted_by=paying.reviewer.account_id))
    with refused("AUTH-006"):
        approve(paying)


@pytest.mark.parametrize("role", [role for role in Role if role not in {Role.REVIEWER, Role.ADMIN}])
def test_only_the_association_decides(sqlite: None, role: Role) -> None:
    paying = under_review()
    who = somebody_of(role, paying.batch)
    for decide in (
        lambda session: approve_voucher(session, who, paying.voucher_id, paying.now),
        lambda session: reject_voucher(session, who, paying.voucher_id, "不清晰", paying.now),
    ):
        with refused("AUTH-006"), writing() as session:
            decide(session)


def test_what_is_not_submitted_is_not_decided(sqlite: None) -> None:
    paying = a_paying_unit()
    with refused("BAT-002", status="缴费凭证待提交审核", action="审核通过"):
        approve(paying)


def test_a_decision_about_another_version_is_not_taken(sqlite: None) -> None:
    paying = under_review()
    with refused("BAT-004"), writing() as session:
        approve_voucher(session, paying.reviewer, paying.voucher_id, paying.now, version=1)


def test_money_paid_too_much_is_listed_after_the_approval_and_settled(database: str) -> None:
    paying = enrolled(amount_fen=DUE + 5000, **REFUND)
    (task,) = refunds_of(paying.voucher_id)
    assert (task.amount_fen, task.state) == (5000, RefundState.OPEN)
    settle(paying)
    (task,) = refunds_of(paying.voucher_id)
    assert (task.state, task.paid_on, task.reference) == (RefundState.PAID, date(2020, 4, 20), "FT20200420001")
    assert len(audited("settle_refund")) == 1
    with refused("BAT-002", status="已退款"):
        settle(paying)


@pytest.mark.parametrize(
    ("paid_on", "reference", "code"),
    [
        (None, "FT1", "SYS-002"),
        (date(2020, 4, 21), "FT1", "SYS-003"),
        (date(2020, 4, 20), " ", "SYS-002"),
        (date(2020, 4, 20), "长" * 101, "SYS-003"),
    ],
)
def test_a_refund_has_its_day_and_its_reference(sqlite: None, paid_on: date | None, reference: str, code: str) -> None:
    paying = enrolled(amount_fen=DUE + 5000, **REFUND)
    with refused(code):
        settle(paying, paid_on, reference)


def test_what_was_paid_exactly_is_not_paid_back(sqlite: None) -> None:
    paying = enrolled()
    with refused("BAT-002", action="登记退款"):
        settle(paying)


@pytest.mark.parametrize(
    ("rejected_at", "until"),
    [(datetime(2020, 4, 21, 9, tzinfo=SHANGHAI), date(2020, 5, 26)), (LATER, date(2020, 6, 1))],
    ids=["the cut-off is later", "a week is later"],
)
def test_a_rejection_gives_a_week_or_until_the_cut_off(sqlite: None, rejected_at: datetime, until: date) -> None:
    paying = under_review()
    reject(paying, "图片不清晰", rejected_at)
    assert states(paying) == (VoucherState.REJECTED, {BatchState.PAYMENT_REJECTED})
    assert the_batch(paying.batch).resubmit_by == until
    assert told("NTF-12") == [{"batch": paying.batch.batch_no, "reason": "图片不清晰", "date": until.isoformat()}]


def test_a_second_rejection_is_told_too(sqlite: None) -> None:
    paying = under_review()
    for reason in ("图片不清晰", "金额不符"):
        reject(paying, reason)
        submit(paying)
    assert [values["reason"] for values in told("NTF-12")] == ["图片不清晰", "金额不符"]


@pytest.mark.parametrize(("reason", "code"), [(" ", "APP-012"), ("长" * 201, "SYS-003")])
def test_a_rejection_says_why(sqlite: None, reason: str, code: str) -> None:
    paying = under_review()
    with refused(code):
        reject(paying, reason)


@pytest.mark.parametrize("rejected_first", [False, True])
def test_a_void_voucher_leaves_its_batches_the_whole_time_again(database: str, rejected_first: bool) -> None:
    paying = under_review()
    if rejected_first:
        reject(paying)
    void(paying, now=LATER)
    assert states(paying) == (VoucherState.VOID, {BatchState.AWAITING_PAYMENT})
    batch = the_batch(paying.batch)
    assert (batch.payment_cutoff_on, batch.resubmit_by) == (date(2020, 6, 9), None)
    with reading() as session:
        assert live_voucher_of(session, paying.batch.batch_id) is None
    assert told("NTF-15")[0]["what"] == "作废凭证"
    drafted(paying.batch)


def test_a_batch_that_waits_for_payment_already_keeps_its_time(sqlite: None) -> None:
    paying = under_review()
    reject(paying)
    other = another_to_pay(paying.batch)
    change(paying, batch_nos=[paying.batch.batch_no, other.batch_no])
    cut_off = the_batch(other).payment_cutoff_on
    void(paying, now=LATER)
    assert cut_off is not None
    assert the_batch(other).payment_cutoff_on == cut_off < (the_batch(paying.batch).payment_cutoff_on or cut_off)


def test_voided_early_a_batch_keeps_the_longer_time_that_it_had(sqlite: None) -> None:
    paying = under_review()
    before = the_batch(paying.batch).payment_cutoff_on
    void(paying, now=paying.now)
    assert before is not None
    assert the_batch(paying.batch).payment_cutoff_on == before > local_date(paying.now) + timedelta(days=15)


def test_a_batch_reinstated_until_earlier_has_the_new_time_as_well(sqlite: None) -> None:
    paying = under_review()
    with writing() as session:
        session.execute(update(Batch).values(reinstated_until=LATER - timedelta(days=1)))
    void(paying, now=LATER)
    drafted_at = datetime(2020, 6, 9, 23, 59, tzinfo=SHANGHAI)
    assert the_batch(paying.batch).reinstated_until == datetime(2020, 6, 10, tzinfo=SHANGHAI) > drafted_at


@pytest.mark.parametrize(("reason", "code"), [("", "SYS-002"), ("长" * 201, "SYS-003")])
def test_making_void_and_reversing_say_why(sqlite: None, reason: str, code: str) -> None:
    paying = under_review()
    with refused(code):
        void(paying, reason)
    approve(paying)
    with refused(code):
        reverse(paying, reason)


def test_only_an_administrator_makes_void_and_reverses(sqlite: None) -> None:
    paying = under_review()

    def as_reviewer() -> Paying:
        return Paying(paying.batch, paying.voucher_id, paying.reviewer, paying.reviewer)

    with refused("AUTH-006"):
        void(as_reviewer())
    approve(paying)
    with refused("AUTH-006"):
        reverse(as_reviewer())


def test_a_reversed_approval_is_under_review_again_and_keeps_its_claims(database: str) -> None:
    paying = enrolled(amount_fen=DUE + 5000, **REFUND)
    reverse(paying)
    assert states(paying) == (VoucherState.SUBMITTED, {BatchState.PAYMENT_REVIEW})
    assert [task.state for task in refunds_of(paying.voucher_id)] == [RefundState.CANCELLED]
    assert len(claims_of(paying.batch)) == 2
    assert broken_claims() == []
    assert told("NTF-15") == [{"batch": paying.batch.batch_no, "what": "撤销审核通过", "reason": "款项未到账"}]


def test_a_batch_that_is_not_enrolled_is_not_reversed(sqlite: None) -> None:
    paying = under_review()
    with refused("BAT-002", action="撤销审核通过"):
        reverse(paying)


def test_an_approval_that_looks_otherwise_by_now_is_not_reversed(sqlite: None) -> None:
    paying = enrolled()
    seen = the_batch(paying.batch).version
    for version, code in ((seen - 1, "BAT-004"), (seen, "SYS-002")):
        with refused(code), writing() as session:
            reverse_approval(session, paying.admin, paying.batch.batch_no, "", paying.now, version=version)


def test_approved_again_only_what_is_left_is_paid_back(sqlite: None) -> None:
    paying = enrolled(amount_fen=DUE + 5000, **REFUND)
    settle(paying)
    reverse(paying)
    approve(paying)
    assert [(task.amount_fen, task.state) for task in refunds_of(paying.voucher_id)] == [(5000, RefundState.PAID)]


def test_another_accounts_voucher_does_not_exist_for_a_handler(sqlite: None) -> None:
    from models.queries.vouchers import find_voucher

    paying = under_review()
    stranger = Viewer(paying.reviewer.account_id, Role.HANDLER)
    with refused("BAT-005"), reading() as session:
        find_voucher(session, stranger, paying.voucher_id)
