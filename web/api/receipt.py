"""Receipts and refunds as the interface tells them, and what programs send."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import Field

from models.actions.receipts import Issued
from models.records.voucher import Receipt, RefundTask, Voucher
from models.rules.receipt import ReceiptLine
from models.rules.voucher import RefundAccountKind, RefundMethod, RefundState
from web.api.fields import Asked, Id, Listed, Shape, Text

LONG = 500
"""Texts are judged by the action, each by its own length; this only bounds what is looked at."""

_Typed = Annotated[Text, Field(max_length=LONG)]


class ReceiptShape(Shape):
    """One receipt."""

    id: int = Field(title="编号")
    title: str = Field(title="专用收据抬头")
    amount_fen: int = Field(title="专用收据金额（分）")
    remark: str = Field(title="备注")
    e_receipt_no: str | None = Field(title="电子收据号")
    issued_on: date | None = Field(title="开具日期")


class ReceiptList(Shape):
    """All receipts of a voucher; their sum must be what is due when it is submitted."""

    items: list[ReceiptShape]
    sum_fen: int = Field(title="专用收据金额合计（分）")
    due_fen: int = Field(title="应缴保费合计（分）")
    next: str | None = Field(default=None, title="下一页的游标", description="总是 null")


class RefundShape(Shape):
    """Money that the association pays back."""

    voucher_id: int = Field(title="缴费凭证编号")
    payer: str = Field(title="付款单位")
    amount_fen: int = Field(title="退款金额（分）")
    state: RefundState = Field(title="状态", description="open 待退款，paid 已退款，cancelled 已取消")
    state_text: str = Field(title="状态名称")
    account_kind: RefundAccountKind | None = Field(title="退款账户类别")
    account_no: str = Field(title="退款账号")
    account_name: str = Field(title="退款账户名称")
    bank: str = Field(title="退款银行")
    method: RefundMethod = Field(title="退款方式")
    paid_on: date | None = Field(title="退款日期")
    reference: str | None = Field(title="退款流水号")


class RefundList(Shape):
    """A page of refunds, the oldest first."""

    items: list[RefundShape]
    next: str | None = Field(title="下一页的游标")


class RefundQuery(Listed):
    """Filters of the refunds."""

    state: RefundState | None = Field(default=None, title="状态")


class ReceiptTyped(Asked):
    """One receipt as it is filled in; `id` where one is corrected."""

    title: _Typed = Field(default="", title="专用收据抬头")
    amount_fen: int = Field(title="专用收据金额（分）")
    remark: _Typed = Field(default="", title="备注")
    id: Id | None = Field(default=None, title="编号", description="更正时：要更正的收据")

    def line(self) -> ReceiptLine:
        """As the actions know it."""
        return ReceiptLine(self.title, self.amount_fen, self.remark, self.id)


class ReceiptsTyped(Asked):
    """All receipts of a voucher."""

    items: list[ReceiptTyped] = Field(title="专用收据")


class ReceiptsCorrected(ReceiptsTyped):
    """All receipts as they are to be, and why."""

    reason: _Typed = Field(default="", title="更正原因")


class NumberTyped(Asked):
    """The electronic receipt that was issued."""

    id: Id = Field(title="编号")
    e_receipt_no: _Typed = Field(default="", title="电子收据号")
    issued_on: date | None = Field(default=None, title="开具日期")

    def issued(self) -> Issued:
        """As the actions know it."""
        return Issued(self.id, self.e_receipt_no, self.issued_on)


class NumbersTyped(Asked):
    """Several of them."""

    items: list[NumberTyped] = Field(title="电子收据", min_length=1)


class RefundPaid(Asked):
    """The transfer back."""

    paid_on: date | None = Field(default=None, title="退款日期")
    reference: _Typed = Field(default="", title="退款流水号")


def receipt_list(voucher: Voucher, due_fen: int) -> ReceiptList:
    """The receipts with their sum beside what is due."""
    return ReceiptList(
        items=[receipt_shape(receipt) for receipt in voucher.receipts],
        sum_fen=sum(receipt.amount_fen for receipt in voucher.receipts),
        due_fen=due_fen,
    )


def refund_shape(task: RefundTask) -> RefundShape:
    """A refund with where it goes to."""
    refund = task.voucher.refund()
    return RefundShape(
        voucher_id=task.voucher_id,
        payer=task.voucher.payer,
        amount_fen=task.amount_fen,
        state=RefundState(task.state),
        state_text=RefundState(task.state).text,
        account_kind=refund.account_kind,
        account_no=refund.account_no,
        account_name=refund.account_name,
        bank=refund.bank,
        method=refund.method,
        paid_on=task.paid_on,
        reference=task.reference,
    )


def receipt_shape(receipt: Receipt) -> ReceiptShape:
    """One receipt."""
    return ReceiptShape.model_validate(receipt, from_attributes=True)
