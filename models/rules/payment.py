"""When a premium is to be paid, and whether a payment and its receipts fit it (DOMAIN 11)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from config.clock import local_date
from models.rules.money import yuan
from models.rules.plan import EnrolmentType, PlanYear
from models.rules.refusal import Refused


@dataclass(frozen=True, slots=True)
class DueDates:
    """应缴日, until which to transfer, and 缴费截止日, until which to submit the voucher; both days end at 24:00."""

    due_on: date
    cutoff_on: date


def due_dates(plan: PlanYear, enrolment_type: EnrolmentType, confirmed_on: date) -> DueDates:
    """From the Shanghai day on which 提交确认保费 was received (DOMAIN 11.2). Weekends and holidays move nothing."""
    due_on = confirmed_on + timedelta(days=plan.payment_days)
    if enrolment_type is EnrolmentType.CENTRAL:
        due_on = max(due_on, plan.central_payment_close_on)
        return DueDates(due_on, due_on)
    return DueDates(due_on, due_on + timedelta(days=plan.upload_grace_days))


def days_that_hold(due_on: date, cutoff_on: date, reinstated_until: datetime | None) -> DueDates:
    """The same as they hold now: the deadline of a reinstated batch replaces both (DOMAIN 3.3)."""
    if reinstated_until is None:
        return DueDates(due_on, cutoff_on)
    last = local_date(reinstated_until - timedelta(microseconds=1))
    return DueDates(last, last)


def refund_due_fen(paid_fen: int, due_fen: int) -> int:
    """退款金额: what was paid too much. Refused PAY-008 for nothing, PAY-002 for too little (DOMAIN 11.4)."""
    if paid_fen <= 0:
        raise Refused("PAY-008")
    if paid_fen < due_fen:
        raise Refused("PAY-002", paid=yuan(paid_fen), due=yuan(due_fen), short=yuan(due_fen - paid_fen))
    return paid_fen - due_fen


def check_receipts(amounts_fen: Sequence[int], due_fen: int) -> None:
    """专用收据: each more than nothing (RCP-002), together exactly what is due and not what was paid (RCP-001)."""
    if any(amount <= 0 for amount in amounts_fen):
        raise Refused("RCP-002")
    if sum(amounts_fen) != due_fen:
        raise Refused("RCP-001", sum=yuan(sum(amounts_fen)), due=yuan(due_fen))
