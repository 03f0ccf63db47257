"""专用收据 of a voucher, and refunds."""

from __future__ import annotations

from flask import Response
from sqlalchemy.orm import Session

from models.actions.permit import refuse_unready_handler
from models.actions.receipts import (
    correct_receipts,
    fill_receipt_numbers,
    refuse_locked_receipts,
    refuse_unless_correctable,
    refuse_unless_issuable,
    set_receipts,
)
from models.actions.settle_refund import open_refund, settle_refund
from models.actions.voucher_change import refuse_if_stale
from models.queries.vouchers import find_voucher, refunds_after, voucher_seen
from models.records.business_clock import business_now
from models.records.database import reading, writing
from models.records.voucher import Voucher
from models.rules.permissions import Action
from web.access import asks
from web.api.calls import Family, answer
from web.api.cursors import after, cut
from web.api.fields import id_in_address
from web.api.incoming import body, query, version_asked
from web.api.receipt import (
    NumbersTyped,
    ReceiptList,
    ReceiptsCorrected,
    ReceiptsTyped,
    RefundList,
    RefundPaid,
    RefundQuery,
    RefundShape,
    receipt_list,
    refund_shape,
)
from web.page import REQUEST_WAIT_SECONDS
from web.sign_in import viewer

family = Family("receipts", "专用收据和退款")

_LINES = ("RCP-002", "RCP-003")


@family.get("/vouchers/{voucher_id}/receipts", "专用收据", {200: ReceiptList}, refuses=("BAT-005",))
@asks(Action.READ_VOUCHER)
def get_receipts(voucher_id: str) -> Response:
    """All of them, with their sum."""
    with reading() as records:
        return answer(_list(records, find_voucher(records, viewer(), id_in_address(voucher_id))))


@family.put(
    "/vouchers/{voucher_id}/receipts",
    "填写专用收据",
    {200: ReceiptList},
    body=ReceiptsTyped,
    refuses=("BAT-005", "RCP-004", "BAT-002", "BAT-004", *_LINES),
    changes_batch=True,
)
@asks(Action.WORK_ON_VOUCHER)
def put_receipts(voucher_id: str) -> Response:
    """All at once, in place of those before. Their sum is judged by 提交审核."""
    number = id_in_address(voucher_id)
    with reading() as records:
        voucher = find_voucher(records, viewer(), number, Action.WORK_ON_VOUCHER)
        refuse_unready_handler(records, viewer())
        refuse_locked_receipts(voucher)
        refuse_if_stale(voucher, version_asked())
    lines = [typed.line() for typed in body(ReceiptsTyped).items]
    with writing(REQUEST_WAIT_SECONDS) as records:
        voucher = set_receipts(records, viewer(), number, lines, business_now(records), version=version_asked())
        shape, version = _list(records, voucher), voucher.version
    return answer(shape, version=version)


@family.post(
    "/vouchers/{voucher_id}/receipts/correction",
    "更正专用收据",
    {200: ReceiptList},
    body=ReceiptsCorrected,
    refuses=("BAT-005", "BAT-002", "BAT-004", *_LINES, "RCP-001"),
    changes_batch=True,
)
@asks(Action.CORRECT_RECEIPT)
def correct_all_receipts(voucher_id: str) -> Response:
    """After 提交审核, by the association: how all receipts are to be, those that stay by their id."""
    number = id_in_address(voucher_id)
    with reading() as records:
        voucher = find_voucher(records, viewer(), number, Action.CORRECT_RECEIPT)
        refuse_unless_correctable(voucher)
        refuse_if_stale(voucher, version_asked())
    asked = body(ReceiptsCorrected)
    lines = [typed.line() for typed in asked.items]
    with writing(REQUEST_WAIT_SECONDS) as records:
        now = business_now(records)
        voucher = correct_receipts(records, viewer(), number, lines, asked.reason, now, version=version_asked())
        shape, version = _list(records, voucher), voucher.version
    return answer(shape, version=version)


@family.put(
    "/vouchers/{voucher_id}/receipts/numbers",
    "填写电子收据号",
    {200: ReceiptList},
    body=NumbersTyped,
    refuses=("BAT-005", "BAT-002"),
)
@asks(Action.CORRECT_RECEIPT)
def put_receipt_numbers(voucher_id: str) -> Response:
    """After the approval, some or all of them."""
    number = id_in_address(voucher_id)
    with reading() as records:
        refuse_unless_issuable(find_voucher(records, viewer(), number, Action.CORRECT_RECEIPT))
    issued = [typed.issued() for typed in body(NumbersTyped).items]
    with writing(REQUEST_WAIT_SECONDS) as records:
        shape = _list(records, fill_receipt_numbers(records, viewer(), number, issued, business_now(records)))
    return answer(shape)


@family.get("/refunds", "退款列表", {200: RefundList}, query=RefundQuery)
@asks(Action.DECIDE_VOUCHER)
def list_refunds() -> Response:
    """What is to be paid back, and what was; the oldest first."""
    asked = query(RefundQuery)
    with reading() as records:
        found = refunds_after(records, viewer(), asked.state, after(asked.cursor), asked.limit)
        page, following = cut(found, asked.limit, lambda task: (task.id,))
        return answer(RefundList(items=[refund_shape(task) for task in page], next=following))


@family.post(
    "/vouchers/{voucher_id}/refund", "登记退款", {200: RefundShape}, body=RefundPaid, refuses=("BAT-005", "BAT-002")
)
@asks(Action.DECIDE_VOUCHER)
def settle_one_refund(voucher_id: str) -> Response:
    """待退款 becomes 已退款."""
    number = id_in_address(voucher_id)
    with reading() as records:
        open_refund(records, find_voucher(records, viewer(), number, Action.DECIDE_VOUCHER))
    asked = body(RefundPaid)
    with writing(REQUEST_WAIT_SECONDS) as records:
        now = business_now(records)
        shape = refund_shape(settle_refund(records, viewer(), number, asked.paid_on, asked.reference, now))
    return answer(shape)


def _list(records: Session, voucher: Voucher) -> ReceiptList:
    return receipt_list(voucher, voucher_seen(records, voucher).due_fen)
