"""A voucher as the interface tells it, and what programs send."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, WithJsonSchema
from werkzeug.datastructures import FileStorage

from config.messages import text
from models.actions.draft_voucher import Typed
from models.queries.vouchers import VoucherSeen
from models.rules.attachment import MAX_FILES, FileKind
from models.rules.lifecycle import BatchAction, BatchState
from models.rules.voucher import (
    AccountKind,
    PaymentMethod,
    RefundAccountKind,
    RefundMethod,
    VoucherState,
)
from web.api.fields import Asked, Listed, Moment, Shape, Text
from web.api.receipt import LONG, ReceiptShape, receipt_shape

_MOST_BATCHES = 100


class PaidBatch(Shape):
    """A batch that the voucher pays."""

    batch_no: str = Field(title="参保批次")
    unit_name: str = Field(title="单位名称")
    plan_year: str = Field(title="保障年度")
    total_fen: int | None = Field(title="保费（分）")
    state: BatchState = Field(title="批次状态")


class FileShape(Shape):
    """A proof of payment."""

    n: int = Field(title="序号")
    name: str = Field(title="附件名称")
    media_type: FileKind = Field(title="类型", description="图片一律重新编码为 JPEG")
    size: int = Field(title="字节数")


class VoucherShape(Shape):
    """One voucher. What does not exist yet is null."""

    id: int = Field(title="编号")
    plan_year: str = Field(title="保障年度")
    state: VoucherState = Field(title="状态")
    state_text: str = Field(title="状态名称")
    actions: list[BatchAction] = Field(title="当前可进行的操作")
    payer: str = Field(title="付款单位")
    method: PaymentMethod = Field(title="缴费方式")
    amount_fen: int = Field(title="缴费金额（分）")
    account_kind: AccountKind = Field(title="收款账户类别")
    due_fen: int = Field(title="应缴保费合计（分）")
    refund_fen: int = Field(title="退款金额（分）")
    refund_account_kind: RefundAccountKind | None = Field(title="退款账户类别")
    refund_account_no: str | None = Field(title="退款账号")
    refund_account_name: str | None = Field(title="退款账户名称")
    refund_bank: str | None = Field(title="退款银行")
    refund_method: RefundMethod = Field(title="退款方式")
    batches: list[PaidBatch] = Field(title="选择批次")
    files: list[FileShape] = Field(title="缴费凭证")
    receipts: list[ReceiptShape] = Field(title="专用收据")
    created_at: Moment = Field(title="新增时间")
    submitted_at: Moment | None = Field(title="提交时间")
    decided_at: Moment | None = Field(title="审核时间")
    reason: str | None = Field(title="审核不通过或作废的原因")
    version: int = Field(title="版本", description="可作为 If-Match 送回；凭证已有变动时得到 BAT-004")
    code: str | None = Field(title="代码")
    message: str | None = Field(title="说明")


class VoucherList(Shape):
    """A page of vouchers, the latest first."""

    items: list[VoucherShape]
    next: str | None = Field(title="下一页的游标")


class VoucherQuery(Listed):
    """Filters of the list."""

    submitted_from: date | None = Field(default=None, title="提交时间起")
    submitted_to: date | None = Field(default=None, title="提交时间止")
    payer: Annotated[Text, Field(max_length=100, title="付款单位")] = ""
    state: VoucherState | None = Field(default=None, title="状态")


def _split(sent: object) -> object:
    if not isinstance(sent, str):
        return sent
    return [part for piece in sent.replace("，", ",").split(",") if (part := piece.strip())]


def _no_blank(sent: object) -> object:
    return None if sent == "" else sent


def _sent(files: list[FileStorage]) -> list[FileStorage]:
    return [file for file in files if file.filename]  # a field without a file is sent as one without a name


_Files = Annotated[
    list[FileStorage],
    AfterValidator(_sent),
    WithJsonSchema({"type": "array", "items": {"type": "string", "format": "binary"}, "maxItems": MAX_FILES}),
]
_Typed = Annotated[Text, Field(max_length=LONG)]
_Batches = Annotated[
    list[Annotated[Text, Field(max_length=40)]], BeforeValidator(_split), Field(max_length=_MOST_BATCHES)
]


class VoucherForm(Asked):
    """缴费信息 as it is filled in. A field that is not sent stays as it is, where a voucher is changed."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    payer: _Typed | None = Field(default=None, title="付款单位")
    method: Annotated[PaymentMethod | None, BeforeValidator(_no_blank)] = Field(default=None, title="缴费方式")
    amount_fen: Annotated[int | None, BeforeValidator(_no_blank)] = Field(default=None, title="缴费金额（分）")
    account_kind: Annotated[AccountKind | None, BeforeValidator(_no_blank)] = Field(
        default=None, title="收款账户类别", description="固定为在职"
    )
    batches: _Batches | None = Field(default=None, title="选择批次", description="可重复；送出时取代原来的批次")
    refund_account_kind: RefundAccountKind | Literal[""] | None = Field(default=None, title="退款账户类别")
    refund_account_no: _Typed | None = Field(default=None, title="退款账号")
    refund_account_name: _Typed | None = Field(default=None, title="退款账户名称")
    refund_bank: _Typed | None = Field(default=None, title="退款银行")
    refund_method: Annotated[RefundMethod | None, BeforeValidator(_no_blank)] = Field(default=None, title="退款方式")
    file: _Files = Field(
        default=[], max_length=MAX_FILES, title="缴费凭证", description="JPG、PNG、PDF，可重复，每个不超过10MB"
    )

    def typed(self) -> Typed:
        """The fields without batches and files."""
        return Typed(**{name: getattr(self, name) for name in Typed.__slots__})


class VoucherChanges(VoucherForm):
    """The fields that change. Sent files take the place of all, but for those in `keep_files`."""

    keep_files: Annotated[list[int] | None, BeforeValidator(_split)] = Field(
        default=None, max_length=MAX_FILES, title="保留的附件序号", description="可重复；不送且不送新附件时全部保留"
    )


class Why(Asked):
    """A reason."""

    reason: _Typed = Field(default="", title="原因")


def voucher_shape(seen: VoucherSeen, actions: list[BatchAction]) -> VoucherShape:
    """A voucher with what the caller may do to it now."""
    voucher, refund = seen.voucher, seen.voucher.refund()
    rejected = voucher.state == VoucherState.REJECTED
    return VoucherShape(
        id=voucher.id,
        plan_year=voucher.plan_year,
        state=VoucherState(voucher.state),
        state_text=VoucherState(voucher.state).text,
        actions=actions,
        payer=voucher.payer,
        method=PaymentMethod(voucher.method),
        amount_fen=voucher.amount_fen,
        account_kind=AccountKind(voucher.account_kind),
        due_fen=seen.due_fen,
        refund_fen=seen.refund_fen,
        refund_account_kind=refund.account_kind,
        refund_account_no=refund.account_no or None,
        refund_account_name=refund.account_name or None,
        refund_bank=refund.bank or None,
        refund_method=refund.method,
        batches=[
            PaidBatch(
                batch_no=batch.batch_no,
                unit_name=batch.unit_name,
                plan_year=batch.plan_year,
                total_fen=batch.total_fen,
                state=BatchState(batch.state),
            )
            for batch in seen.batches
        ],
        files=[
            FileShape(n=file.number, name=file.name, media_type=FileKind(file.kind), size=file.size)
            for file in voucher.files
        ],
        receipts=[receipt_shape(receipt) for receipt in voucher.receipts],
        created_at=voucher.created_at,
        submitted_at=voucher.submitted_at,
        decided_at=voucher.decided_at,
        reason=voucher.reason or None,
        version=voucher.version,
        code="PAY-010" if rejected else None,
        message=text("PAY-010", reason=voucher.reason) if rejected else None,
    )
