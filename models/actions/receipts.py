"""专用收据: the handler's lines, the association's corrections, numbers of the electronic ones (DOMAIN 11.5)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from config.clock import local_date
from models.actions.permit import permit
from models.actions.voucher_change import (
    locked_voucher,
    not_in_this_state,
    refuse_if_stale,
    required_reason,
    write_down,
)
from models.records.viewer import Viewer
from models.records.voucher import Receipt, Voucher
from models.rules.payment import check_receipts
from models.rules.permissions import Action
from models.rules.receipt import NUMBER_LENGTH, ReceiptLine, checked_lines
from models.rules.refusal import Refused
from models.rules.voucher import EDITABLE, VoucherState

_LOCKED = frozenset({VoucherState.SUBMITTED, VoucherState.APPROVED})
"""States in which receipts are the association's."""


@dataclass(frozen=True, slots=True)
class Issued:
    """The electronic receipt that was issued for one of ours."""

    receipt_id: int
    e_receipt_no: str
    issued_on: date | None


def set_receipts(
    session: Session,
    viewer: Viewer,
    voucher_id: int,
    lines: Sequence[ReceiptLine],
    now: datetime,
    *,
    version: int | None = None,
) -> Voucher:
    """The unit's receipts, all at once. Their sum is judged by 提交审核, as long as they are still being typed.

    Refused: AUTH-006, BAT-005; RCP-004 once they are submitted, BAT-002 of a void voucher; BAT-004 for a stale
    `version`; RCP-003, RCP-002, SYS-003 for a line.
    """
    permit(viewer, Action.WORK_ON_VOUCHER)
    seen = locked_voucher(session, viewer, voucher_id, Action.WORK_ON_VOUCHER)
    refuse_locked_receipts(seen.voucher)
    refuse_if_stale(seen.voucher, version)
    before = _told(seen.voucher)
    _replace(session, seen.voucher, [ReceiptLine(line.title, line.amount_fen, line.remark) for line in lines])
    write_down(session, viewer, "set_receipts", now, seen, before=before, after=_told(seen.voucher))
    return seen.voucher


def refuse_locked_receipts(voucher: Voucher) -> None:
    """Refused RCP-004 or BAT-002: the unit can't change these receipts any more."""
    if VoucherState(voucher.state) in _LOCKED:
        raise Refused("RCP-004")
    if VoucherState(voucher.state) not in EDITABLE:
        raise not_in_this_state(voucher, "修改专用收据")


def correct_receipts(  # noqa: PLR0917 - as above
    session: Session,
    viewer: Viewer,
    voucher_id: int,
    lines: Sequence[ReceiptLine],
    reason: str,
    now: datetime,
    *,
    version: int | None = None,
) -> Voucher:
    """The association's correction after 提交审核; a line with `id` changes that receipt, one that is missing goes.

    A receipt that changes loses its 电子收据号, since that one was issued for what it said before.
    Refused: AUTH-006, BAT-005 (also a receipt of another voucher); BAT-002 while they are the unit's; BAT-004; SYS-002
    without a reason; RCP-003, RCP-002, SYS-003 for a line; RCP-001 for their sum.
    """
    permit(viewer, Action.CORRECT_RECEIPT)
    seen = locked_voucher(session, viewer, voucher_id, Action.CORRECT_RECEIPT)
    refuse_unless_correctable(seen.voucher)
    refuse_if_stale(seen.voucher, version)
    reason = required_reason(reason, Refused("SYS-002", field="更正原因"))
    before = _told(seen.voucher)
    check_receipts([line.amount_fen for line in checked_lines(lines)], seen.due_fen)
    _replace(session, seen.voucher, lines)
    write_down(session, viewer, "correct_receipts", now, seen, reason=reason, before=before, after=_told(seen.voucher))
    return seen.voucher


def refuse_unless_correctable(voucher: Voucher) -> None:
    """Refused BAT-002: the receipts are the unit's, or nobody's any more."""
    if VoucherState(voucher.state) not in _LOCKED:
        raise not_in_this_state(voucher, "更正专用收据")


def fill_receipt_numbers(
    session: Session, viewer: Viewer, voucher_id: int, issued: Sequence[Issued], now: datetime
) -> Voucher:
    """Write down which electronic receipts were issued, and when; again, if it was written down wrongly.

    Refused: AUTH-006, BAT-005 (also a receipt of another voucher); BAT-002 before the approval; SYS-002 without number
    or date, SYS-003 for a number too long or a day to come.
    """
    permit(viewer, Action.CORRECT_RECEIPT)
    seen = locked_voucher(session, viewer, voucher_id, Action.CORRECT_RECEIPT)
    refuse_unless_issuable(seen.voucher)
    before = _told(seen.voucher)
    for one in issued:
        receipt = _receipt(seen.voucher, one.receipt_id)
        receipt.e_receipt_no, receipt.issued_on = _number(one.e_receipt_no), _day(one.issued_on, now)
    seen.voucher.version += 1
    write_down(session, viewer, "fill_receipt_numbers", now, seen, before=before, after=_told(seen.voucher))
    return seen.voucher


def refuse_unless_issuable(voucher: Voucher) -> None:
    """Refused BAT-002: nothing was approved, so nothing is issued."""
    if voucher.state != VoucherState.APPROVED:
        raise not_in_this_state(voucher, "填写电子收据号")


def _replace(session: Session, voucher: Voucher, lines: Sequence[ReceiptLine]) -> None:
    kept = []
    for place, line in enumerate(checked_lines(lines), start=1):
        if line.id is None:
            receipt = Receipt(voucher_id=voucher.id)
        else:
            receipt = _receipt(voucher, line.id)
            if (receipt.title, receipt.amount_fen, receipt.remark) != (line.title, line.amount_fen, line.remark):
                receipt.e_receipt_no = receipt.issued_on = None
        receipt.place = place
        receipt.title, receipt.amount_fen, receipt.remark = line.title, line.amount_fen, line.remark
        kept.append(receipt)
    if len(set(map(id, kept))) < len(kept):
        raise Refused("SYS-003", field="专用收据")
    voucher.receipts[:] = kept
    voucher.version += 1
    session.flush()


def _receipt(voucher: Voucher, receipt_id: int) -> Receipt:
    for receipt in voucher.receipts:
        if receipt.id == receipt_id:
            return receipt
    raise Refused("BAT-005")


def _number(typed: str) -> str:
    number = typed.strip()
    if not number:
        raise Refused("SYS-002", field="电子收据号")
    if len(number) > NUMBER_LENGTH:
        raise Refused("SYS-003", field="电子收据号")
    return number


def _day(day: date | None, now: datetime) -> date:
    if day is None:
        raise Refused("SYS-002", field="开具日期")
    if day > local_date(now):
        raise Refused("SYS-003", field="开具日期")
    return day


def _told(voucher: Voucher) -> list[list[object]]:
    return [
        [receipt.title, receipt.amount_fen, receipt.remark, receipt.e_receipt_no,
         receipt.issued_on.isoformat() if receipt.issued_on else None]
        for receipt in voucher.receipts
    ]  # fmt: skip
