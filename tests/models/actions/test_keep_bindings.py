"""Whose a 参保编码 is: confirmed, released, moved (DOMAIN 12.3)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from models.actions.copy_suggested import queue_suggestion
from models.actions.delete_batch import delete_batch
from models.actions.keep_accounts import disable_account, find_account
from models.actions.open_batch import open_batch, own_code
from models.queries.batches import find_batch
from models.queries.jobs import job_seen
from models.queries.vouchers import find_voucher
from models.records.account import HandlerProfile
from models.records.database import reading, writing
from models.records.job import Job, JobState
from models.records.unit import EnrolmentCode
from models.records.voucher import Voucher, VoucherBatch
from models.rules.exceptions import ExceptionKind
from models.rules.lifecycle import BatchState
from models.rules.plan import EnrolmentType
from tasks.queues import ROSTER_SMALL
from tests.checks import batch_has
from tests.exceptions import CODE, an_account, grant_it, granted, proposed, the_code, the_exception, written_of
from tests.imports import the_batch
from tests.records import IN_THE_CENTRAL_WINDOW as NOW
from tests.records import BatchOf, a_batch_to_fill, an_upload
from tests.refusals import refused
from tests.vouchers import a_paying_unit, approve, submit, the_voucher, told, two_batches

CONFIRM, RELEASE = ExceptionKind.CONFIRM_BINDING, ExceptionKind.RELEASE_BINDING
TRANSFER = ExceptionKind.TRANSFER_BINDING
LATER = NOW + timedelta(days=1)


@pytest.fixture
def batch(database: str) -> BatchOf:
    """A batch under a code that was bound by it, and by nothing else."""
    filled = a_batch_to_fill()
    code_has(bound_by="first_batch")
    return filled


def code_has(**values: Any) -> None:
    with writing() as session:
        session.execute(update(EnrolmentCode).where(EnrolmentCode.code == CODE).values(**values))


def ask_for_suggestions(batch: BatchOf) -> None:
    with writing() as session:
        queue_suggestion(session, batch.viewer, batch.batch_no, NOW, ROSTER_SMALL)


def test_a_confirmed_binding_gives_the_suggested_roster(batch: BatchOf) -> None:
    with refused("COD-006"):
        ask_for_suggestions(batch)
    granted(NOW, CONFIRM)
    with refused("RST-009"):  # nobody was there the year before; the code is no longer in the way
        ask_for_suggestions(batch)


def test_a_confirmed_binding_says_by_whom_and_stays_after_the_last_batch(batch: BatchOf) -> None:
    made = the_exception(granted(NOW, CONFIRM))
    assert made.in_words() == [
        ("参保编码归属", "李小满（0088d2@unit.example），未核实", "李小满（0088d2@unit.example），已核实")
    ]
    with writing() as session:
        delete_batch(session, batch.viewer, batch.batch_no, NOW)
    code = the_code()
    assert (code.account_id, code.bound_by) == (batch.viewer.account_id, "staff")
    assert (code.binding_confirmed_by, code.binding_confirmed_at) == (made.decided_by, NOW)


@pytest.mark.parametrize("bound_by", ["application", "staff"])
def test_what_the_association_has_seen_to_is_not_confirmed_again(batch: BatchOf, bound_by: str) -> None:
    code_has(bound_by=bound_by)
    with refused("BAT-002", status="参保编码0088D2的归属已核实", action="核实参保编码归属"):
        granted(NOW, CONFIRM)


def test_a_confirmation_is_of_the_account_that_was_seen(batch: BatchOf) -> None:
    asked = proposed(NOW, CONFIRM)
    code_has(account_id=an_account(NOW).account_id)
    with refused("BAT-002", status="参保编码0088D2的归属已变更"):
        grant_it(asked, LATER)
    assert (the_exception(asked).state, the_code().bound_by) == ("open", "first_batch")


def test_a_code_of_nobody_has_no_binding(batch: BatchOf) -> None:
    code_has(account_id=None, bound_by=None)
    for kind, typed in ((CONFIRM, {}), (RELEASE, {}), (TRANSFER, {"account_email": batch.viewer.email})):
        with refused("BAT-002", status="参保编码0088D2没有绑定账号"):
            granted(NOW, kind, **typed)


@pytest.mark.parametrize("state", [state for state in BatchState if state not in {"expired", "deleted"}])
def test_a_code_with_a_batch_that_counts_is_not_released(batch: BatchOf, state: BatchState) -> None:
    batch_has(batch, state=state)
    with refused("BAT-002", status=f"该编码下还有批次{batch.batch_no}（{state.text}）"):
        granted(NOW, RELEASE)
    assert the_code().account_id == batch.viewer.account_id


def test_a_released_code_is_free_and_unverified_again(batch: BatchOf) -> None:
    granted(NOW, CONFIRM)
    batch_has(batch, state=BatchState.EXPIRED)
    granted(NOW, RELEASE)
    code = the_code()
    assert (code.account_id, code.bound_by, code.bound_at, code.binding_confirmed_by) == (None, None, None, None)
    stranger = an_account(NOW)
    with writing() as session:
        open_batch(session, stranger, code=CODE, enrolment_type=EnrolmentType.CENTRAL, now=NOW)
    assert (the_code().account_id, the_code().bound_by) == (stranger.account_id, "first_batch")
    assert the_batch(batch).account_id == batch.viewer.account_id


def test_the_expired_batch_of_who_had_the_code_before_reads_nobodys_people(batch: BatchOf) -> None:
    stranger = an_account(NOW)
    code_has(account_id=stranger.account_id, bound_by="staff")
    with refused("COD-006"):
        ask_for_suggestions(batch)


def test_the_batches_follow_a_code_to_its_new_account(batch: BatchOf) -> None:
    taker = an_account(NOW)
    made = the_exception(granted(NOW, TRANSFER, account_email=" ZHOU@unit.example "))
    assert made.in_words() == [("参保编码归属", "李小满（0088d2@unit.example）", "周谷雨（zhou@unit.example），已核实")]
    with reading() as session:
        assert find_batch(session, taker, batch.batch_no).version == 2
        assert own_code(session, taker, CODE).bound_by == "staff"
        with refused("BAT-005"):
            find_batch(session, batch.viewer, batch.batch_no)
        with refused("COD-002"):
            own_code(session, batch.viewer, CODE)


def test_both_accounts_are_told_and_it_is_written_down(batch: BatchOf) -> None:
    an_account(NOW)
    granted(NOW, TRANSFER, account_email="zhou@unit.example")
    assert [notice["what"] for notice in told("NTF-15")] == ["参保编码转移", "参保编码转移"]
    assert written_of(batch)[-1].action == "apply_exception"


def test_expired_batches_follow_too_but_nobody_is_told(batch: BatchOf) -> None:
    taker = an_account(NOW)
    batch_has(batch, state=BatchState.EXPIRED)
    granted(NOW, TRANSFER, account_email=taker.email)
    assert (the_batch(batch).account_id, told("NTF-15")) == (taker.account_id, [])


def test_a_code_is_not_moved_while_a_file_is_worked_on(batch: BatchOf) -> None:
    an_account(NOW)
    an_upload(batch)
    with refused("BAT-002", status=f"批次{batch.batch_no}正在处理清册"):
        granted(NOW, TRANSFER, account_email="zhou@unit.example")


def test_a_code_is_not_moved_while_a_voucher_is_undecided(database: str) -> None:
    paying = a_paying_unit()
    taker = an_account(NOW)
    for step in (lambda: None, lambda: submit(paying)):
        step()
        with refused("BAT-002", status=f"批次{paying.batch.batch_no}的缴费凭证尚未办结"):
            granted(NOW, TRANSFER, account_email=taker.email)
    approve(paying)
    granted(NOW, TRANSFER, account_email=taker.email)
    with reading() as session:
        assert find_voucher(session, taker, paying.voucher_id).account_id == taker.account_id


def test_a_code_is_not_moved_while_an_approved_voucher_is_also_for_another(database: str) -> None:
    paying, other = two_batches()
    taker, giver = an_account(NOW), paying.viewer.account_id
    with writing() as session:
        session.execute(update(Voucher).values(state="approved"))
    with refused("BAT-002", status=f"批次{paying.batch.batch_no}的缴费凭证还包含其他参保编码的批次"):
        granted(NOW, TRANSFER, account_email=taker.email)
    assert (the_batch(paying.batch).account_id, the_batch(other).account_id) == (giver, giver)


def test_a_void_voucher_that_was_also_for_another_code_stays(database: str) -> None:
    paying, _ = two_batches()
    taker = an_account(NOW)
    with writing() as session:
        session.execute(update(Voucher).values(state="void"))
        session.execute(update(VoucherBatch).values(live=False))
    granted(NOW, TRANSFER, account_email=taker.email)
    assert the_batch(paying.batch).account_id == taker.account_id
    assert the_voucher(paying.voucher_id).voucher.account_id == paying.viewer.account_id


def test_jobs_follow_their_batch(batch: BatchOf) -> None:
    taker, job_id = an_account(NOW), an_upload(batch).job_id
    with writing() as session:
        session.get_one(Job, job_id).state = JobState.DONE
    granted(NOW, TRANSFER, account_email=taker.email)
    with reading() as session:
        assert job_seen(session, taker, job_id).id == job_id
        with refused("BAT-005"):
            job_seen(session, batch.viewer, job_id)


def test_a_code_goes_to_a_handler_who_may_log_in_and_has_it_not(batch: BatchOf) -> None:
    gone = an_account(NOW, "gone@unit.example")
    with writing() as session:
        account = find_account(session, gone.email)
        assert account is not None
        disable_account(session, account, NOW)
    with refused("BAT-002", status="周谷雨（gone@unit.example）不是可用的经办人账号"):
        granted(NOW, TRANSFER, account_email=gone.email)
    with refused("BAT-002", status="参保编码0088D2已在该账号中"):
        granted(NOW, TRANSFER, account_email=batch.viewer.email)


def test_a_credit_code_in_common_verifies_a_binding_as_before(batch: BatchOf) -> None:
    with writing() as session:
        session.execute(update(HandlerProfile).values(uscc="91350100M000100Y43"))
        session.get_one(EnrolmentCode, the_code().id).unit.uscc = "91350100M000100Y43"
    with refused("RST-009"):
        ask_for_suggestions(batch)
