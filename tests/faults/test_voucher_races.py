"""Submitting a voucher while one of its batches is withdrawn: one of the two happens, and nobody waits in a circle."""

from __future__ import annotations

import threading
from collections.abc import Callable

from models.actions.submit_voucher import submit_voucher
from models.actions.withdraw_batch import withdraw_batch
from models.records.database import writing
from models.rules.lifecycle import BatchAction, BatchState
from models.rules.permissions import Role
from models.rules.refusal import Refused
from models.rules.voucher import VoucherState
from tests.imports import the_batch
from tests.quick_passwords import quick_passwords
from tests.vouchers import (
    ONE_PERSON_FEN,
    Paying,
    a_batch_to_pay,
    another_to_pay,
    drafted,
    staff,
    the_voucher,
    with_receipts,
)

__all__ = ["quick_passwords"]


def test_a_voucher_is_submitted_whole_or_without_the_batch_that_left(database: str) -> None:
    batch = a_batch_to_pay()
    other = another_to_pay(batch)
    paying = Paying(batch, drafted(batch, other), staff(Role.REVIEWER, batch.now), staff(Role.ADMIN, batch.now))
    with_receipts(paying, [3 * ONE_PERSON_FEN])
    ended: dict[str, str] = {}
    together = threading.Barrier(2)

    def attempt(name: str, act: Callable[[], object]) -> None:
        together.wait()
        try:
            act()
            ended[name] = "done"
        except Refused as no:
            ended[name] = no.code

    def submit() -> None:
        with writing() as session:
            submit_voucher(session, paying.viewer, paying.voucher_id, paying.now)

    def withdraw() -> None:
        with writing() as session:
            to = BatchAction.WITHDRAW_TO_PROJECTS
            withdraw_batch(session, other.viewer, other.batch_no, to, "名单有误", other.now)

    both = [threading.Thread(target=attempt, args=(act.__name__, act)) for act in (submit, withdraw)]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join(timeout=60)
    seen = the_voucher(paying.voucher_id)
    if ended["submit"] == "done":
        assert ended == {"submit": "done", "withdraw": "WDR-002"}
        assert (seen.voucher.state, the_batch(other).state) == (VoucherState.SUBMITTED, BatchState.PAYMENT_REVIEW)
    else:
        assert ended["withdraw"] == "done"
        assert ended["submit"] in {"BAT-004", "BAT-002", "RCP-001", "PAY-003"}
        assert [one.id for one in seen.batches] == [batch.batch_id]
        assert the_batch(other).state == BatchState.ROSTER_SUBMITTED
