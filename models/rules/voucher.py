"""缴费凭证: what one holds, and what its refund data must be (DOMAIN 11.3, 11.4)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from models.rules.form_fields import FormField, line, one_of
from models.rules.money import fen_of, yuan
from models.rules.refusal import Refused

PAYER_LENGTH = 100
REASON_LENGTH = 200
REFERENCE_LENGTH = 100
MAX_FEN = 10**14 - 1
"""What `fen_of` reads at most, and more than anybody pays."""


class VoucherState(StrEnum):
    """Where a voucher is in its life. The states of its batches follow it."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    REJECTED = "rejected"
    VOID = "void"

    @property
    def text(self) -> str:
        """As lists show it."""
        return _STATE_TEXTS[self]


_STATE_TEXTS = {
    VoucherState.DRAFT: "待提交审核",
    VoucherState.SUBMITTED: "审核中",
    VoucherState.APPROVED: "审核通过",
    VoucherState.REJECTED: "审核不通过",
    VoucherState.VOID: "已作废",
}

EDITABLE = frozenset({VoucherState.DRAFT, VoucherState.REJECTED})
"""States in which the handler may change the voucher and its receipts."""


class PaymentMethod(StrEnum):
    """缴费方式; the handbook's words are the values, also in the interface."""

    ONLINE = "网上银行转账"
    CREDIT_SLIP = "贷记凭证"
    CASH_SLIP = "现金解款单"


class AccountKind(StrEnum):
    """收款账户类别: fixed."""

    IN_SERVICE = "在职"


class RefundAccountKind(StrEnum):
    """退款账户类别."""

    UNIT = "单位账户"
    PERSON = "个人账户"


class RefundMethod(StrEnum):
    """退款方式."""

    TRANSFER = "银行转账"


class RefundState(StrEnum):
    """Of a refund task."""

    OPEN = "open"
    PAID = "paid"
    CANCELLED = "cancelled"

    @property
    def text(self) -> str:
        """As the association's list shows it."""
        return {RefundState.OPEN: "待退款", RefundState.PAID: "已退款", RefundState.CANCELLED: "已取消"}[self]


@dataclass(frozen=True, slots=True)
class RefundData:
    """退款信息: where money that was paid too much goes back to."""

    account_kind: RefundAccountKind | None = None
    account_no: str = ""
    """退款账号, as `normal_account` gives it."""
    account_name: str = ""
    bank: str = ""
    method: RefundMethod = RefundMethod.TRANSFER


NAME_LENGTH = 100
"""Of 退款账户名称 and 退款银行."""
_ACCOUNT = re.compile(r"\d{8,30}", re.ASCII)
_BETWEEN_DIGITS = re.compile(r"[\s-]")


def normal_account(typed: str) -> str:
    """A bank account number without blanks and hyphens; "" for none. Refused PAY-011: no 8 to 30 digits."""
    number = _BETWEEN_DIGITS.sub("", typed)
    if number and not _ACCOUNT.fullmatch(number):
        raise Refused("PAY-011")
    return number


def require_refund_data(data: RefundData, refund_fen: int) -> None:
    """Refused PAY-003: something was paid too much, and it is not said where it goes back to."""
    if refund_fen and not (data.account_kind and data.account_no and data.account_name and data.bank):
        raise Refused("PAY-003", refund=yuan(refund_fen))


def _amount(typed: str) -> int | None:
    fen = fen_of(typed)
    return fen if fen and fen <= MAX_FEN else None


def _account_no(typed: str) -> str | None:
    try:
        return normal_account(typed)
    except Refused:
        return None


FORM = (
    FormField("payer", "付款单位", line(PAYER_LENGTH)),
    FormField("method", "缴费方式", one_of(list(PaymentMethod))),
    FormField("amount", "缴费金额", _amount, "PAY-008"),
    FormField("refund_account_kind", "退款账户类别", one_of(list(RefundAccountKind)), required=False),
    FormField("refund_account_no", "退款账号", _account_no, "PAY-011", required=False),
    FormField("refund_account_name", "退款账户名称", line(NAME_LENGTH), required=False),
    FormField("refund_bank", "退款银行", line(NAME_LENGTH), required=False),
)
"""缴费信息 as a clerk fills it in, amounts in yuan. Whether refund data are needed is for 提交审核 to say."""
