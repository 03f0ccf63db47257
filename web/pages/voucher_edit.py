"""新增缴费信息 and its change: the form, 保存 and 提交审核."""

from __future__ import annotations

from flask import Blueprint, make_response, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from config.messages import text
from models.actions.draft_voucher import change_voucher, create_voucher, refuse_uneditable
from models.actions.receipts import set_receipts
from models.actions.submit_voucher import refuse_incomplete, submit_voucher
from models.queries.plan_years import current_plan
from models.queries.vouchers import VoucherSeen, find_voucher, payable_batches, voucher_seen
from models.records.business_clock import business_now
from models.records.database import reading, writing
from models.records.plan_year import plan_of
from models.rules.attachment import Attachment, FileKind
from models.rules.permissions import Action
from models.rules.receipt import MAX_RECEIPTS
from models.rules.refusal import Refused
from models.rules.voucher import EDITABLE, AccountKind, PaymentMethod, RefundAccountKind, RefundMethod, VoucherState
from web.access import asks
from web.attachment import received, takes_files
from web.batch_term import term_of
from web.error_pages import has_its_own_page
from web.page import REQUEST_WAIT_SECONDS, go_to, render, say, version_in_form
from web.sign_in import viewer
from web.voucher_form import (
    COUNTING,
    VoucherForm,
    Wanted,
    counted,
    focus_after,
    new_form,
    read,
    same_lines,
    say_no,
    sent_form,
    stored_form,
    sums_of,
)

pages = Blueprint("voucher_edit", __name__, url_prefix="/vouchers")


@pages.get("/new")
@asks(Action.WORK_ON_VOUCHER)
def ask_for_voucher() -> ResponseReturnValue:
    """新增缴费信息; `batch` is ticked, if it can be paid."""
    with reading() as records:
        payable = payable_batches(records, viewer(), business_now(records))
        wanted = request.args.get("batch", "")
        return _form_page(records, new_form(next((batch for batch in payable if batch.batch_no == wanted), None)))


@pages.post("/new")
@asks(Action.WORK_ON_VOUCHER)
@takes_files
def create() -> ResponseReturnValue:
    """保存 or 提交审核; else the form again with what was typed."""
    return _pressed(None)


@pages.get("/<int:voucher_id>/edit")
@asks(Action.WORK_ON_VOUCHER)
def ask_to_edit(voucher_id: int) -> ResponseReturnValue:
    """修改 of a draft, or of what was rejected; `tried`: it was not whole when it was to be submitted."""
    with reading() as records:
        seen = _to_edit(records, voucher_id)
        form = stored_form(seen)
        if request.args.get("tried"):
            try:
                refuse_incomplete(seen)
            except Refused as refused:
                say_no(form.fields, refused)
        return _form_page(records, form, seen)


@pages.post("/<int:voucher_id>/edit")
@asks(Action.WORK_ON_VOUCHER)
@takes_files
def edit(voucher_id: int) -> ResponseReturnValue:
    """保存 or 提交审核; else the form again with what was typed."""
    with reading() as records:
        _to_edit(records, voucher_id)
    return _pressed(voucher_id)


@pages.post("/<int:voucher_id>/submit")
@asks(Action.WORK_ON_VOUCHER)
def submit(voucher_id: int) -> ResponseReturnValue:
    """提交审核 of a voucher as it is stored."""
    return _submitted(voucher_id, version_in_form())


def _to_edit(records: Session, voucher_id: int) -> VoucherSeen:
    """Refused BAT-005; BAT-002 once it is submitted."""
    voucher = find_voucher(records, viewer(), voucher_id, Action.WORK_ON_VOUCHER)
    refuse_uneditable(voucher)
    return voucher_seen(records, voucher)


def _pressed(voucher_id: int | None) -> ResponseReturnValue:
    """What a button of the form does. What was typed is stored before 提交审核 is judged, files and all."""
    form = sent_form(request.form)
    if any(name in request.form for name in COUNTING):
        return _page_of(form, voucher_id)
    try:
        wanted = read(form)
        files = received([file for file in request.files.getlist("file") if file.filename])
        saved, version = _saved(voucher_id, form, wanted, files)
    except Refused as refused:
        if has_its_own_page(refused):
            raise
        say_no(form.fields, refused)
        return make_response(_page_of(form, voucher_id), 422)
    if "submit" in request.form:
        return _submitted(saved, version)
    say("缴费信息已保存，尚未提交审核。", tone="good")
    return go_to(url_for("vouchers.show_voucher", voucher_id=saved))


def _saved(voucher_id: int | None, form: VoucherForm, wanted: Wanted, files: list[Attachment]) -> tuple[int, int]:
    """Store the voucher with its receipts in one transaction; its id and version."""
    with writing(REQUEST_WAIT_SECONDS) as records:
        now = business_now(records)
        if voucher_id is None:
            voucher = create_voucher(records, viewer(), wanted.typed, wanted.batch_nos, files, now)
        else:
            stored = find_voucher(records, viewer(), voucher_id, Action.WORK_ON_VOUCHER)
            voucher = change_voucher(
                records,
                viewer(),
                voucher_id,
                wanted.typed,
                now,
                batch_nos=wanted.batch_nos,
                files=files,
                keep_files=[file.number for file in stored.files if file.number not in form.removed],
                version=version_in_form(),
            )
        if not same_lines(voucher.receipts, wanted.lines):
            set_receipts(records, viewer(), voucher.id, wanted.lines, now)
        return voucher.id, voucher.version


def _submitted(voucher_id: int, version: int) -> ResponseReturnValue:
    try:
        with writing(REQUEST_WAIT_SECONDS) as records:
            submit_voucher(records, viewer(), voucher_id, business_now(records), version=version)
    except Refused as refused:
        if has_its_own_page(refused):
            raise
        return _not_submitted(voucher_id, refused)
    say("已提交审核，请等待市职保会审核。审核通过后参保成功。", tone="good")
    return go_to(url_for("vouchers.show_voucher", voucher_id=voucher_id))


def _not_submitted(voucher_id: int, refused: Refused) -> ResponseReturnValue:
    """To the form, which says what is missing; or to the voucher, if it is too late or another's turn."""
    with reading() as records:
        seen = voucher_seen(records, find_voucher(records, viewer(), voucher_id, Action.WORK_ON_VOUCHER))
        if VoucherState(seen.voucher.state) not in EDITABLE:
            raise refused
        try:
            refuse_incomplete(seen)
        except Refused:
            say("缴费信息已保存，尚未提交审核。", tone="todo")
            return go_to(url_for("voucher_edit.ask_to_edit", voucher_id=voucher_id, tried=1))
    say(f"尚未提交审核。{text(refused.code, **refused.values)}", refused.code, tone="bad")
    return go_to(url_for("vouchers.show_voucher", voucher_id=voucher_id))


def _page_of(form: VoucherForm, voucher_id: int | None) -> str:
    with reading() as records:
        return _form_page(records, form, None if voucher_id is None else _to_edit(records, voucher_id))


def _form_page(records: Session, form: VoucherForm, seen: VoucherSeen | None = None) -> str:
    now, who = business_now(records), viewer()
    voucher = seen.voucher if seen else None
    payable = payable_batches(records, who, now, voucher.id if voucher else None)
    choices = list({batch.id: batch for batch in [*(seen.batches if seen else ()), *payable]}.values())
    plans = {year: plan_of(records, year) for year in sorted({batch.plan_year for batch in choices})}
    form.lines = counted(form.lines, request.form, sums_of(form, choices).due_fen)
    form.fields.focus = form.fields.focus or focus_after(request.form, form.lines)
    return render(
        "vouchers/form.html",
        now=now,
        plan=current_plan(records, now),
        form=form.fields,
        chosen=form.chosen,
        lines=form.lines,
        removed=form.removed,
        sums=sums_of(form, choices),
        choices=[(batch, term_of(batch, plans[batch.plan_year], now)) for batch in choices],
        accounts=[(year, plan.bank_account) for year, plan in plans.items()],
        voucher=voucher,
        files=list(voucher.files) if voucher else [],
        reason=text("PAY-010", reason=voucher.reason) if voucher and voucher.state == VoucherState.REJECTED else "",
        methods=list(PaymentMethod),
        account_kind=AccountKind.IN_SERVICE,
        refund_kinds=list(RefundAccountKind),
        refund_method=RefundMethod.TRANSFER,
        most_receipts=MAX_RECEIPTS,
        image=FileKind.JPEG,
        action=url_for("voucher_edit.edit", voucher_id=voucher.id) if voucher else url_for("voucher_edit.create"),
    )
