"""提交审核, the first time or after a rejection (DOMAIN 11: T16, T19)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from models.actions.voucher_change import move, voucher_to_change, write_down
from models.queries.vouchers import VoucherSeen
from models.records.viewer import Viewer
from models.records.voucher import Voucher
from models.rules.lifecycle import BatchAction
from models.rules.payment import check_receipts, refund_due_fen
from models.rules.refusal import Refused
from models.rules.voucher import VoucherState, require_refund_data


def submit_voucher(
    session: Session, viewer: Viewer, voucher_id: int, now: datetime, *, version: int | None = None
) -> Voucher:
    """Hand a voucher with all its batches to the association; it and its receipts are locked.

    Refused: as `voucher_to_change` (PAY-009 after the earliest deadline of its batches), then as `refuse_incomplete`.
    """
    seen = voucher_to_change(session, viewer, voucher_id, BatchAction.SUBMIT_VOUCHER, now, version)
    refuse_incomplete(seen)
    voucher = seen.voucher
    before = voucher.state
    move(seen.batches, BatchAction.SUBMIT_VOUCHER, now)
    voucher.state = VoucherState.SUBMITTED
    voucher.submitted_at, voucher.submitted_by = now, viewer.account_id
    voucher.decided_at = voucher.decided_by = None
    voucher.reason = ""
    voucher.version += 1
    write_down(
        session,
        viewer,
        "submit_voucher",
        now,
        seen,
        before={"voucher_state": before},
        after={"voucher_state": voucher.state},
        amount_fen=voucher.amount_fen,
        due_fen=seen.due_fen,
        receipts=[[receipt.title, receipt.amount_fen] for receipt in voucher.receipts],
        files=len(voucher.files),
    )
    return voucher


def refuse_incomplete(seen: VoucherSeen) -> None:
    """Refused PAY-004, PAY-012, PAY-008, PAY-002, PAY-003, RCP-002, RCP-001, PAY-007, in this order."""
    if not seen.batches:
        raise Refused("PAY-004")
    if len({batch.plan_year for batch in seen.batches}) > 1:
        raise Refused("PAY-012")
    refund_fen = refund_due_fen(seen.voucher.amount_fen, seen.due_fen)
    require_refund_data(seen.voucher.refund(), refund_fen)
    check_receipts([receipt.amount_fen for receipt in seen.voucher.receipts], seen.due_fen)
    if not seen.voucher.files:
        raise Refused("PAY-007")
