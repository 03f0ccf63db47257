"""专用收据 in the association's hands: corrections after 提交审核, and the numbers of the electronic ones."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from models.actions.receipts import (
    Issued,
    correct_receipts,
    fill_receipt_numbers,
    refuse_unless_correctable,
    refuse_unless_issuable,
)
from models.queries.plan_years import current_plan
from models.queries.vouchers import VoucherSeen, find_voucher, voucher_seen
from models.records.business_clock import business_now
from models.records.database import reading, writing
from models.rules.permissions import Action
from models.rules.receipt import MAX_RECEIPTS, NUMBER_LENGTH, TypedLine, read_lines
from models.rules.refusal import Refused
from models.rules.voucher import REASON_LENGTH
from web.access import asks
from web.error_pages import has_its_own_page, refused_with
from web.moments import day_or_none
from web.page import REQUEST_WAIT_SECONDS, go_to, render, say, version_in_form
from web.sign_in import viewer
from web.typed_form import TypedForm
from web.voucher_form import COUNTING, counted, focus_after, say_no, sent_lines, stored_lines, sum_of

pages = Blueprint("voucher_receipts", __name__, url_prefix="/vouchers/<int:voucher_id>/receipts")


@pages.get("/correction")
@asks(Action.CORRECT_RECEIPT)
def ask_for_correction(voucher_id: int) -> ResponseReturnValue:
    """更正专用收据: the receipts as they are."""
    with reading() as records:
        seen = _correctable(records, voucher_id)
        return _correction_page(records, seen, TypedForm({}), stored_lines(seen.voucher.receipts))


@pages.post("/correction")
@asks(Action.CORRECT_RECEIPT)
def correct(voucher_id: int) -> ResponseReturnValue:
    """更正, with its reason; else the form again with what was typed."""
    form, lines = TypedForm(request.form), sent_lines(request.form)
    with reading() as records:
        seen = _correctable(records, voucher_id)
        if any(name in request.form for name in COUNTING):
            lines = counted(lines, request.form, seen.due_fen)
            form.focus = focus_after(request.form, lines)
            return _correction_page(records, seen, form, lines)
    try:
        wanted = read_lines(lines)
        with writing(REQUEST_WAIT_SECONDS) as records:
            reason, now = request.form.get("reason", ""), business_now(records)
            correct_receipts(records, viewer(), voucher_id, wanted, reason, now, version=version_in_form())
    except Refused as refused:
        if has_its_own_page(refused):
            raise
        say_no(form, refused)
        with reading() as records:
            page = _correction_page(records, _correctable(records, voucher_id), form, lines)
            return refused_with(page, refused)
    say("专用收据已更正，更正原因已记录。", tone="good")
    return go_to(url_for("vouchers.show_voucher", voucher_id=voucher_id))


@pages.get("/numbers")
@asks(Action.CORRECT_RECEIPT)
def ask_for_numbers(voucher_id: int) -> ResponseReturnValue:
    """电子收据号 and 开具日期 of each receipt."""
    with reading() as records:
        seen = _issuable(records, voucher_id)
        typed = {
            f"{name}-{receipt.id}": value
            for receipt in seen.voucher.receipts
            for name, value in (("number", receipt.e_receipt_no or ""), ("issued_on", receipt.issued_on or ""))
        }
        return _numbers_page(records, seen, TypedForm(typed))


@pages.post("/numbers")
@asks(Action.CORRECT_RECEIPT)
def fill_numbers(voucher_id: int) -> ResponseReturnValue:
    """保存 what is filled in; lines left empty stay as they are."""
    with reading() as records:
        receipt_ids = [receipt.id for receipt in _issuable(records, voucher_id).voucher.receipts]
    form = TypedForm(request.form)
    issued = _issued(receipt_ids)
    try:
        if not issued:
            raise Refused("SYS-002", field="电子收据号")
        with writing(REQUEST_WAIT_SECONDS) as records:
            fill_receipt_numbers(records, viewer(), voucher_id, issued, business_now(records))
    except Refused as refused:
        if has_its_own_page(refused):
            raise
        form.refuse(refused)
        with reading() as records:
            return refused_with(_numbers_page(records, _issuable(records, voucher_id), form), refused)
    say("电子收据号已保存。", tone="good")
    return go_to(url_for("vouchers.show_voucher", voucher_id=voucher_id))


def _issued(receipt_ids: Sequence[int]) -> list[Issued]:
    found = []
    for receipt_id in receipt_ids:
        number, day = (request.form.get(f"{name}-{receipt_id}", "").strip() for name in ("number", "issued_on"))
        if number or day:
            found.append(Issued(receipt_id, number, day_or_none(day)))
    return found


def _correctable(records: Session, voucher_id: int) -> VoucherSeen:
    voucher = find_voucher(records, viewer(), voucher_id, Action.CORRECT_RECEIPT)
    refuse_unless_correctable(voucher)
    return voucher_seen(records, voucher)


def _issuable(records: Session, voucher_id: int) -> VoucherSeen:
    voucher = find_voucher(records, viewer(), voucher_id, Action.CORRECT_RECEIPT)
    refuse_unless_issuable(voucher)
    return voucher_seen(records, voucher)


def _correction_page(records: Session, seen: VoucherSeen, form: TypedForm, lines: Sequence[TypedLine]) -> str:
    now = business_now(records)
    return render(
        "vouchers/correction.html",
        now=now,
        plan=current_plan(records, now),
        seen=seen,
        voucher=seen.voucher,
        form=form,
        lines=lines,
        receipts_fen=sum_of(lines),
        due_fen=seen.due_fen,
        most_receipts=MAX_RECEIPTS,
        longest=REASON_LENGTH,
        action=url_for("voucher_receipts.correct", voucher_id=seen.voucher.id),
    )


def _numbers_page(records: Session, seen: VoucherSeen, form: TypedForm) -> str:
    now = business_now(records)
    return render(
        "vouchers/numbers.html",
        now=now,
        plan=current_plan(records, now),
        seen=seen,
        voucher=seen.voucher,
        form=form,
        longest=NUMBER_LENGTH,
        action=url_for("voucher_receipts.fill_numbers", voucher_id=seen.voucher.id),
    )
