"""缴费信息 as a form: what was typed, what it adds up to, and what the actions are given of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from werkzeug.datastructures import MultiDict

from config.messages import text
from models.actions.draft_voucher import Typed
from models.queries.vouchers import VoucherSeen
from models.records.batch import Batch
from models.records.voucher import Receipt
from models.rules.form_fields import FormRefused, Value, read_form
from models.rules.money import fen_of, yuan
from models.rules.receipt import MAX_RECEIPTS, ReceiptLine, TypedLine, read_lines
from models.rules.refusal import Refused
from models.rules.voucher import FORM, AccountKind, PaymentMethod, RefundAccountKind, RefundMethod
from web.typed_form import Problem, TypedForm

COUNTING = ("recount", "add_receipt", "drop_receipt")
"""Buttons that only form the page anew: sums, a receipt more or less."""

_PLACES = {
    **dict.fromkeys(("PAY-002", "PAY-008"), "amount"),
    **dict.fromkeys(("PAY-004", "PAY-005", "PAY-006", "PAY-009", "PAY-012"), "batches"),
    **dict.fromkeys(("PAY-007", "APP-003", "APP-004"), "file"),
    **dict.fromkeys(("RCP-001", "RCP-002", "RCP-003"), "receipts"),
    "PAY-003": "refund",
    "PAY-011": "refund_account_no",
}
_OTHER_LABELS = {"缴费凭证": "file", "专用收据": "receipts", "更正原因": "reason", "原因": "reason"}
_FOCUS = {"receipts": "title-1", "refund": "refund_account_kind"}
"""Where the reader goes on, if the place is none to type in."""


@dataclass(slots=True)
class VoucherForm:
    """What stands in the form."""

    fields: TypedForm
    chosen: set[str]
    """Numbers of batches."""
    lines: list[TypedLine]
    removed: set[int]
    """Numbers of files that are to go."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the actions are given."""

    typed: Typed
    batch_nos: Sequence[str]
    lines: Sequence[ReceiptLine]


@dataclass(frozen=True, slots=True)
class Sums:
    """应缴保费合计, 缴费金额 and 专用收据合计 as they stand in the form; what can't be read is None."""

    due_fen: int
    paid_fen: int | None
    receipts_fen: int
    refund_typed: bool
    """Whether something stands in the fields of the refund."""

    @property
    def refund_fen(self) -> int:
        """退款金额."""
        return max(0, (self.paid_fen or 0) - self.due_fen) if self.due_fen else 0

    @property
    def short_fen(self) -> int:
        """What the amount still lacks."""
        return 0 if self.paid_fen is None else max(0, self.due_fen - self.paid_fen)


def new_form(batch: Batch | None) -> VoucherForm:
    """The empty form; for the batch from which somebody came."""
    payer = batch.unit_name if batch else ""
    return VoucherForm(TypedForm({"payer": payer}), {batch.batch_no} if batch else set(), [TypedLine()], set())


def stored_form(seen: VoucherSeen) -> VoucherForm:
    """A voucher as it is stored."""
    voucher, refund = seen.voucher, seen.voucher.refund()
    values = {
        "payer": voucher.payer,
        "method": voucher.method,
        "amount": plain_yuan(voucher.amount_fen),
        "refund_account_kind": refund.account_kind or "",
        "refund_account_no": refund.account_no,
        "refund_account_name": refund.account_name,
        "refund_bank": refund.bank,
    }
    chosen = {batch.batch_no for batch in seen.batches}
    return VoucherForm(TypedForm(values), chosen, stored_lines(voucher.receipts) or [TypedLine()], set())


def sent_form(sent: MultiDict[str, str]) -> VoucherForm:
    """What a browser sent."""
    removed = {int(number) for number in sent.getlist("remove") if number.isascii() and number.isdigit()}
    return VoucherForm(TypedForm(sent), set(sent.getlist("batches")), sent_lines(sent), removed)


def stored_lines(receipts: Iterable[Receipt]) -> list[TypedLine]:
    """Receipts as they are stored."""
    return [TypedLine(one.title, plain_yuan(one.amount_fen), one.remark, str(one.id)) for one in receipts]


def sent_lines(sent: MultiDict[str, str]) -> list[TypedLine]:
    """The receipts that a browser sent, blank ones too."""
    cells = (sent.getlist(f"receipt_{name}") for name in ("title", "amount", "remark", "id"))
    rows = [TypedLine(*row) for row in zip_longest(*cells, fillvalue="")]
    return rows[: MAX_RECEIPTS + 1]  # one more than allowed, so that it is refused and not lost


def counted(lines: Sequence[TypedLine], pressed: Mapping[str, str], due_fen: int) -> list[TypedLine]:
    """The receipts after 新增专用收据, whose amount is what is missing, or after one was taken out."""
    kept, dropped = list(lines), pressed.get("drop_receipt", "")
    if dropped.isascii() and dropped.isdigit() and 0 < int(dropped[:9]) <= len(kept):
        del kept[int(dropped[:9]) - 1]
    if "add_receipt" in pressed and len(kept) < MAX_RECEIPTS:
        missing = due_fen - sum_of(kept)
        kept.append(TypedLine(amount=plain_yuan(missing) if missing > 0 else ""))
    return kept or [TypedLine()]


def focus_after(pressed: Mapping[str, str], lines: Sequence[TypedLine]) -> str:
    """The receipt at which the reader goes on, once there is one more or less."""
    return f"title-{len(lines)}" if "add_receipt" in pressed or "drop_receipt" in pressed else ""


def sum_of(lines: Iterable[TypedLine]) -> int:
    """专用收据合计, of the amounts that can be read."""
    return sum(fen_of(one.amount) or 0 for one in lines)


def sums_of(form: VoucherForm, choices: Iterable[Batch]) -> Sums:
    """The sums of what stands in the form."""
    due_fen = sum(batch.total_fen or 0 for batch in choices if batch.batch_no in form.chosen)
    refund = ("refund_account_kind", "refund_account_no", "refund_account_name", "refund_bank")
    refund_typed = any(form.fields.value(name) for name in refund)
    return Sums(due_fen, fen_of(str(form.fields.value("amount"))), sum_of(form.lines), refund_typed)


def read(form: VoucherForm) -> Wanted:
    """What was typed, read. Raises FormRefused, field by field."""
    values: Mapping[str, Value] = {}
    lines: Sequence[ReceiptLine] = ()
    problems: dict[str, Refused] = {}
    try:
        values = read_form(FORM, {field.name: str(form.fields.value(field.name)) for field in FORM})
    except FormRefused as refused:
        problems |= refused.problems
    try:
        lines = read_lines(form.lines)
    except FormRefused as refused:
        problems |= refused.problems
    if problems:
        raise FormRefused(problems)
    return Wanted(_typed(values), sorted(form.chosen), lines)


def say_no(form: TypedForm, refused: Refused) -> None:
    """Say it where it is to be mended, else over the form."""
    place = _PLACES.get(refused.code) or _labelled(str(refused.values.get("field", "")))
    if isinstance(refused, FormRefused) or not place:
        form.refuse(refused)
        return
    form.problems[place] = Problem(text(refused.code, **refused.values), refused.code)
    form.focus = _FOCUS.get(place, place)


def same_lines(receipts: Sequence[Receipt], lines: Sequence[ReceiptLine]) -> bool:
    """Whether the receipts say already what was typed."""
    return [(one.title, one.amount_fen, one.remark) for one in receipts] == [
        (one.title, one.amount_fen, one.remark) for one in lines
    ]


def plain_yuan(fen: int) -> str:
    """An amount as it is typed: 9450.00."""
    return yuan(fen).replace(",", "")


def _labelled(label: str) -> str:
    return _OTHER_LABELS.get(label) or next((field.name for field in FORM if field.label == label), "")


def _typed(values: Mapping[str, Value]) -> Typed:
    kind = str(values["refund_account_kind"])
    return Typed(
        payer=str(values["payer"]),
        method=PaymentMethod(str(values["method"])),
        amount_fen=int(values["amount"]),
        account_kind=AccountKind.IN_SERVICE,
        refund_account_kind=RefundAccountKind(kind) if kind else "",
        refund_account_no=str(values["refund_account_no"]),
        refund_account_name=str(values["refund_account_name"]),
        refund_bank=str(values["refund_bank"]),
        refund_method=RefundMethod.TRANSFER,
    )
