"""审核通过, 审核不通过, 作废凭证, 撤销审核通过: what the association does with a voucher (T17, T18, T20, T26)."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from config.clock import local_date
from models.actions.batch_change import refuse_if_stale, refuse_unless_possible
from models.actions.permit import permit
from models.actions.tell_exception import tell_exception
from models.actions.voucher_change import allow_until, move, required_reason, voucher_to_change, write_down
from models.queries.batches import find_batch
from models.queries.vouchers import VoucherSeen, live_voucher_of
from models.records.notice import tell
from models.records.plan_year import plan_of
from models.records.viewer import Viewer
from models.records.voucher import RefundTask, Voucher, VoucherBatch
from models.rules.lifecycle import BatchAction, BatchState
from models.rules.permissions import Action
from models.rules.refusal import Refused
from models.rules.voucher import RefundState, VoucherState


def approve_voucher(
    session: Session, viewer: Viewer, voucher_id: int, now: datetime, *, version: int | None = None
) -> Voucher:
    """All its batches are enrolled; what was paid too much is listed to be paid back.

    Refused: as `voucher_to_change`; AUTH-006 of whoever submitted it (DOMAIN 2).
    """
    seen = voucher_to_change(session, viewer, voucher_id, BatchAction.APPROVE_VOUCHER, now, version)
    if seen.voucher.submitted_by == viewer.account_id:
        raise Refused("AUTH-006")
    move(seen.batches, BatchAction.APPROVE_VOUCHER, now)
    _decided(seen, viewer, VoucherState.APPROVED, "", now)
    refund_fen = _open_refund(session, seen, now)
    write_down(session, viewer, "approve_voucher", now, seen, refund_fen=refund_fen)
    for batch in seen.batches:
        start, end = batch.coverage_start, batch.coverage_end
        covered = {"start": start.isoformat() if start else "", "end": end.isoformat() if end else ""}
        occasion = f"voucher {seen.voucher.id}.{seen.voucher.version} batch {batch.id}"
        tell(
            session,
            batch.account_id,
            "NTF-09",
            occasion,
            at=now,
            batch_id=batch.id,
            batch=batch.batch_no,
            **covered,
        )
    return seen.voucher


def reject_voucher(
    session: Session, viewer: Viewer, voucher_id: int, reason: str, now: datetime, *, version: int | None = None
) -> Voucher:
    """The unit may change it and submit it again for `resubmit_days`, or until the cut-off if that is later.

    Refused: as `voucher_to_change`; APP-012 without a reason, SYS-003 for one too long.
    """
    seen = voucher_to_change(session, viewer, voucher_id, BatchAction.REJECT_VOUCHER, now, version)
    reason = required_reason(reason, Refused("APP-012"))
    move(seen.batches, BatchAction.REJECT_VOUCHER, now)
    _decided(seen, viewer, VoucherState.REJECTED, reason, now)
    for batch in seen.batches:
        again = local_date(now) + timedelta(days=plan_of(session, batch.plan_year).resubmit_days)
        batch.resubmit_by = max(batch.payment_cutoff_on or again, again)
        allow_until(batch, batch.resubmit_by)
        tell(
            session,
            batch.account_id,
            "NTF-12",
            f"voucher {seen.voucher.id}.{seen.voucher.version} batch {batch.id}",
            at=now,
            batch_id=batch.id,
            batch=batch.batch_no,
            reason=reason,
            date=batch.resubmit_by.isoformat(),
        )
    write_down(session, viewer, "reject_voucher", now, seen, reason=reason)
    return seen.voucher


def void_voucher(
    session: Session, viewer: Viewer, voucher_id: int, reason: str, now: datetime, *, version: int | None = None
) -> Voucher:
    """Its batches wait for another voucher, with the whole time for it again, or what is left of a longer one (T20, and
    DOMAIN 3.2: payment may follow until the end of payment); one that waits already keeps its time.

    Refused: as `voucher_to_change`; SYS-002 without a reason, SYS-003 for one too long.
    """
    seen = voucher_to_change(session, viewer, voucher_id, BatchAction.VOID_VOUCHER, now, version)
    reason = required_reason(reason, Refused("SYS-002", field="作废原因"))
    moved = [batch for batch in seen.batches if batch.state != BatchState.AWAITING_PAYMENT]
    move(moved, BatchAction.VOID_VOUCHER, now)
    _decided(seen, viewer, VoucherState.VOID, reason, now)
    for batch in moved:
        again = local_date(now) + timedelta(days=plan_of(session, batch.plan_year).payment_days)
        batch.payment_cutoff_on = max(batch.payment_cutoff_on or again, again)
        batch.resubmit_by = None
        allow_until(batch, batch.payment_cutoff_on)
    of_it = update(VoucherBatch).where(VoucherBatch.voucher_id == seen.voucher.id)
    session.execute(of_it.values(live=False))
    _tell_exception(session, seen, BatchAction.VOID_VOUCHER, reason, now)
    write_down(session, viewer, "void_voucher", now, seen, reason=reason)
    return seen.voucher


def reverse_approval(
    session: Session, viewer: Viewer, batch_no: str, reason: str, now: datetime, *, version: int | None = None
) -> Voucher:
    """A mistaken approval is taken back: everything that it enrolled is under review again, and claims are kept.

    Refused: AUTH-006, BAT-005; BAT-002 for a batch that is not enrolled; BAT-004 for a stale `version` of it; SYS-002
    without a reason, SYS-003 too long.
    """
    permit(viewer, Action.OVERRIDE)
    batch = find_batch(session, viewer, batch_no, Action.OVERRIDE)
    refuse_unless_possible(session, batch, BatchAction.REVERSE_APPROVAL, now)
    voucher_id = live_voucher_of(session, batch.id)
    if voucher_id is None:
        raise Refused("BAT-002", status=BatchState(batch.state).text, action=BatchAction.REVERSE_APPROVAL.text)
    seen = voucher_to_change(session, viewer, voucher_id, BatchAction.REVERSE_APPROVAL, now)
    refuse_if_stale(batch, version)
    reason = required_reason(reason, Refused("SYS-002", field="撤销原因"))
    move(seen.batches, BatchAction.REVERSE_APPROVAL, now)
    voucher = seen.voucher
    voucher.state = VoucherState.SUBMITTED
    voucher.decided_at = voucher.decided_by = None
    voucher.version += 1
    open_tasks = update(RefundTask).where(RefundTask.voucher_id == voucher_id, RefundTask.state == RefundState.OPEN)
    session.execute(open_tasks.values(state=RefundState.CANCELLED))
    _tell_exception(session, seen, BatchAction.REVERSE_APPROVAL, reason, now)
    write_down(session, viewer, "reverse_approval", now, seen, reason=reason)
    return voucher


def _decided(seen: VoucherSeen, viewer: Viewer, state: VoucherState, reason: str, now: datetime) -> None:
    voucher = seen.voucher
    voucher.state, voucher.reason = state, reason
    voucher.decided_at, voucher.decided_by = now, viewer.account_id
    voucher.version += 1


def _open_refund(session: Session, seen: VoucherSeen, now: datetime) -> int:
    """List what is still to be paid back: after 撤销审核通过 a part may be paid already."""
    paid = select(func.coalesce(func.sum(RefundTask.amount_fen), 0)).where(
        RefundTask.voucher_id == seen.voucher.id, RefundTask.state == RefundState.PAID
    )
    left = seen.refund_fen - int(session.scalar(paid) or 0)
    if left > 0:
        session.add(RefundTask(voucher_id=seen.voucher.id, amount_fen=left, state=RefundState.OPEN, created_at=now))
    return max(left, 0)


def _tell_exception(session: Session, seen: VoucherSeen, what: BatchAction, reason: str, now: datetime) -> None:
    for batch in seen.batches:
        occasion = f"voucher {seen.voucher.id}.{seen.voucher.version}"
        tell_exception(session, batch, what.text, reason, occasion, now)
