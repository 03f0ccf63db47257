"""退款: the association writes down that it has paid money back (DOMAIN 11.4). Paying is outside of the system."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from config.clock import local_date
from models.actions.permit import permit
from models.actions.voucher_change import locked_voucher, not_in_this_state, write_down
from models.records.viewer import Viewer
from models.records.voucher import RefundTask, Voucher
from models.rules.permissions import Action
from models.rules.refusal import Refused
from models.rules.voucher import REFERENCE_LENGTH, RefundState

_SETTLING = "登记退款"


def settle_refund(  # noqa: PLR0917 - who, which, what, when: the order of every action
    session: Session, viewer: Viewer, voucher_id: int, paid_on: date | None, reference: str, now: datetime
) -> RefundTask:
    """待退款 becomes 已退款.

    Refused: AUTH-006, BAT-005; BAT-002 where nothing is to be paid back, or it is done; SYS-002 without day or
    reference, SYS-003 for a day to come or a reference too long.
    """
    permit(viewer, Action.DECIDE_VOUCHER)
    seen = locked_voucher(session, viewer, voucher_id, Action.DECIDE_VOUCHER)
    task = open_refund(session, seen.voucher)
    if paid_on is None:
        raise Refused("SYS-002", field="退款日期")
    if paid_on > local_date(now):
        raise Refused("SYS-003", field="退款日期")
    reference = reference.strip()
    if not reference:
        raise Refused("SYS-002", field="退款流水号")
    if len(reference) > REFERENCE_LENGTH:
        raise Refused("SYS-003", field="退款流水号")
    task.state, task.paid_on, task.reference = RefundState.PAID, paid_on, reference
    write_down(
        session,
        viewer,
        "settle_refund",
        now,
        seen,
        amount_fen=task.amount_fen,
        paid_on=paid_on.isoformat(),
        reference=reference,
    )
    return task


def open_refund(session: Session, voucher: Voucher) -> RefundTask:
    """What is to be paid back for this voucher. Refused BAT-002: nothing, or nothing any more."""
    tasks = select(RefundTask).where(RefundTask.voucher_id == voucher.id).order_by(RefundTask.id.desc())
    task = session.scalars(tasks.limit(1)).one_or_none()
    if task is None:
        raise not_in_this_state(voucher, _SETTLING)
    if task.state != RefundState.OPEN:
        raise Refused("BAT-002", status=RefundState(task.state).text, action=_SETTLING)
    return task
