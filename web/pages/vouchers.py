"""缴费凭证: the list, one voucher as it is read, 取消上传, and a batch that leaves a rejected one."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from config.messages import text
from models.actions.batch_change import refuse_unless_possible
from models.actions.draft_voucher import Typed, cancel_voucher, change_voucher
from models.actions.voucher_change import not_in_this_state, refuse_in_other_state
from models.queries.batches import find_batch
from models.queries.plan_years import current_plan
from models.queries.vouchers import (
    VoucherFilters,
    VoucherSeen,
    file_of,
    find_voucher,
    list_vouchers,
    live_voucher_of,
    payable_batches,
    voucher_seen,
)
from models.records.batch import Batch
from models.records.business_clock import business_now
from models.records.database import reading, writing
from models.rules.lifecycle import BatchAction, BatchState
from models.rules.permissions import Action
from models.rules.refusal import Refused
from models.rules.voucher import EDITABLE, VoucherState
from web.access import asks, may
from web.attachment import attachment
from web.badges import VOUCHER
from web.error_pages import refused_with
from web.moments import day_or_none
from web.page import REQUEST_WAIT_SECONDS, go_to, render, say, version_in_form
from web.paging import SIZES, Pages, page_number
from web.sign_in import viewer
from web.voucher_page import details_page

pages = Blueprint("vouchers", __name__)

_STATES = {state.value: state.text for state in VoucherState}


@pages.get("/vouchers")
@asks(Action.READ_VOUCHER)
def show_vouchers() -> ResponseReturnValue:
    """The vouchers within the account's reach, the latest first."""
    state = request.args.get("status", "")
    filters = VoucherFilters(
        day_or_none(request.args.get("from", "")),
        day_or_none(request.args.get("to", "")),
        request.args.get("payer", "").strip()[:100],
        state if state in _STATES else "",
    )
    page = page_number(request.args.get("page"))
    with reading() as records:
        now = business_now(records)
        found = list_vouchers(records, viewer(), filters, page, SIZES[0])
        works = may(Action.WORK_ON_VOUCHER)
        return render(
            "vouchers/list.html",
            now=now,
            plan=current_plan(records, now),
            vouchers=found.vouchers,
            pages=Pages(page, SIZES[0], found.total),
            filters=filters,
            filtered=filters != VoucherFilters(),
            states=_STATES,
            badges=VOUCHER,
            editable=EDITABLE,
            works=works,
            decides=may(Action.DECIDE_VOUCHER),
            payable=len(payable_batches(records, viewer(), now)) if works else 0,
        )


@pages.get("/batches/<batch_no>/voucher")
@asks(Action.READ_VOUCHER)
def of_batch(batch_no: str) -> ResponseReturnValue:
    """To the voucher that this batch is in, or to a new one for it."""
    with reading() as records:
        batch = find_batch(records, viewer(), batch_no, Action.READ_VOUCHER)
        voucher_id = live_voucher_of(records, batch.id)
        editable = voucher_id is not None and find_voucher(records, viewer(), voucher_id).state in EDITABLE
    works = may(Action.WORK_ON_VOUCHER)
    if voucher_id is not None:
        page = "voucher_edit.ask_to_edit" if works and editable else "vouchers.show_voucher"
        return redirect(url_for(page, voucher_id=voucher_id), 303)
    if works:
        return redirect(url_for("voucher_edit.ask_for_voucher", batch=batch_no), 303)
    say(f"批次 {batch_no} 还没有缴费凭证。", tone="todo")
    return redirect(url_for("batch.show_batch", batch_no=batch_no), 303)


@pages.get("/vouchers/<int:voucher_id>")
@asks(Action.READ_VOUCHER)
def show_voucher(voucher_id: int) -> ResponseReturnValue:
    """One voucher with batches, receipts and files; whoever decides finds the answers beside it."""
    return details_page(voucher_id)


@pages.get("/vouchers/<int:voucher_id>/files/<int:n>")
@asks(Action.READ_VOUCHER)
def show_file(voucher_id: int, n: int) -> ResponseReturnValue:
    """An attachment, to be saved; the page shows images of it."""
    with reading() as records:
        return attachment(file_of(records, viewer(), voucher_id, n))


@pages.get("/vouchers/<int:voucher_id>/cancel")
@asks(Action.WORK_ON_VOUCHER)
def ask_to_cancel(voucher_id: int) -> ResponseReturnValue:
    """取消上传 names what goes before anything happens."""
    with reading() as records:
        seen = voucher_seen(records, find_voucher(records, viewer(), voucher_id, Action.WORK_ON_VOUCHER))
        refuse_in_other_state(records, seen, BatchAction.CANCEL_VOUCHER, business_now(records))
        return _cancel_sheet(records, seen)


@pages.post("/vouchers/<int:voucher_id>/cancel")
@asks(Action.WORK_ON_VOUCHER)
def cancel(voucher_id: int) -> ResponseReturnValue:
    """取消上传, confirmed."""
    try:
        with writing(REQUEST_WAIT_SECONDS) as records:
            cancel_voucher(records, viewer(), voucher_id, business_now(records), version=version_in_form())
    except Refused as refused:
        if refused.code != "BAT-004":
            raise
        with reading() as records:
            seen = voucher_seen(records, find_voucher(records, viewer(), voucher_id, Action.WORK_ON_VOUCHER))
            return refused_with(_cancel_sheet(records, seen, refused), refused)
    say("已取消上传，缴费信息和附件已删除。批次没有变化。", tone="good")
    return go_to(url_for("vouchers.show_vouchers"))


@pages.get("/batches/<batch_no>/voucher/leave")
@asks(Action.WORK_ON_VOUCHER)
def ask_to_leave(batch_no: str) -> ResponseReturnValue:
    """移出缴费凭证: what becomes of this batch, and what of the others."""
    with reading() as records:
        batch, seen = _to_leave(records, batch_no)
        return _leave_sheet(records, batch, seen)


@pages.post("/batches/<batch_no>/voucher/leave")
@asks(Action.WORK_ON_VOUCHER)
def leave(batch_no: str) -> ResponseReturnValue:
    """移出缴费凭证, confirmed (T27)."""
    with reading() as records:
        voucher_id = _to_leave(records, batch_no)[1].voucher.id
    try:
        with writing(REQUEST_WAIT_SECONDS) as records:
            batch, seen = _to_leave(records, batch_no)
            others = [one.batch_no for one in seen.batches if one.id != batch.id]
            now, version = business_now(records), version_in_form()
            change_voucher(records, viewer(), seen.voucher.id, Typed(), now, batch_nos=others, version=version)
            until = batch.payment_cutoff_on
    except Refused as refused:
        if refused.code != "BAT-004":
            raise
        with reading() as records:
            return refused_with(_leave_sheet(records, *_to_leave(records, batch_no), refused), refused)
    say(f"批次 {batch_no} 已移出，状态变回“缴费凭证待上传”，请在 {until} 24:00 前另行缴费。", tone="good")
    return go_to(url_for("voucher_edit.ask_to_edit", voucher_id=voucher_id))


def _to_leave(records: Session, batch_no: str) -> tuple[Batch, VoucherSeen]:
    """Refused BAT-005; BAT-002 unless it is in a rejected voucher, and not alone there; PAY-009 too late."""
    batch = find_batch(records, viewer(), batch_no, Action.WORK_ON_VOUCHER)
    refuse_unless_possible(records, batch, BatchAction.LEAVE_VOUCHER, business_now(records))
    voucher_id = live_voucher_of(records, batch.id)
    if voucher_id is None:
        raise Refused("BAT-002", status=BatchState(batch.state).text, action=BatchAction.LEAVE_VOUCHER.text)
    seen = voucher_seen(records, find_voucher(records, viewer(), voucher_id, Action.WORK_ON_VOUCHER))
    if len(seen.batches) == 1:
        raise not_in_this_state(seen.voucher, BatchAction.LEAVE_VOUCHER.text)
    return batch, seen


def _leave_sheet(records: Session, batch: Batch, seen: VoucherSeen, refused: Refused | None = None) -> str:
    action = url_for("vouchers.leave", batch_no=batch.batch_no)
    others = [one for one in seen.batches if one.id != batch.id]
    left_fen = sum(one.total_fen or 0 for one in others)
    return _sheet(records, "leave", seen, action, refused, paid=batch, others=others, left_fen=left_fen)


def _cancel_sheet(records: Session, seen: VoucherSeen, refused: Refused | None = None) -> str:
    return _sheet(records, "cancel", seen, url_for("vouchers.cancel", voucher_id=seen.voucher.id), refused)


def _sheet(records: Session, name: str, seen: VoucherSeen, action: str, refused: Refused | None, **more: Any) -> str:
    now = business_now(records)
    return render(
        f"vouchers/{name}.html",
        now=now,
        plan=current_plan(records, now),
        voucher=seen.voucher,
        seen=seen,
        action=action,
        refused=refused,
        message=text(refused.code, **refused.values) if refused else "",
        **more,
    )
