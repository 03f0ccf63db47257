"""What the association does with vouchers: the queue, its decisions, and refunds."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from config.messages import text
from models.actions.decide_voucher import approve_voucher, reject_voucher, reverse_approval, void_voucher
from models.actions.settle_refund import settle_refund
from models.actions.voucher_change import refuse_in_other_state
from models.queries.plan_years import current_plan
from models.queries.vouchers import VoucherSeen, find_voucher, refund_page, review_queue, voucher_seen
from models.records.business_clock import business_now
from models.records.database import reading, writing
from models.rules.lifecycle import BatchAction
from models.rules.permissions import Action
from models.rules.refusal import Refused
from models.rules.voucher import REASON_LENGTH, RefundState
from web.access import asks
from web.badges import REFUND
from web.error_pages import has_its_own_page, refused_with
from web.formats import remaining
from web.moments import day_or_none
from web.page import REQUEST_WAIT_SECONDS, go_to, render, say, version_in_form
from web.paging import SIZES, Pages, page_number
from web.sign_in import viewer
from web.voucher_page import details_page

pages = Blueprint("voucher_review", __name__, url_prefix="/vouchers")

_ALL = "all"
_MEANING = {
    BatchAction.VOID_VOUCHER: (
        "凭证中的批次变回“缴费凭证待上传”，缴费期限从今天重新计算；单位须另行上传缴费凭证。",
        "作废原因",
    ),
    BatchAction.REVERSE_APPROVAL: (
        "凭证中的批次变回“缴费凭证审核中”，保障单收回；参保人员不变，尚未退的退款取消。",
        "撤销原因",
    ),
}


@pages.get("/queue")
@asks(Action.DECIDE_VOUCHER)
def show_queue() -> ResponseReturnValue:
    """What waits for a decision, the longest waiting first, and how long it has waited."""
    page = page_number(request.args.get("page"))
    with reading() as records:
        now = business_now(records)
        found = review_queue(records, viewer(), page, SIZES[0])
        waited = [remaining(now, seen.voucher.submitted_at or now) for seen in found.vouchers]
        return render(
            "vouchers/queue.html",
            now=now,
            plan=current_plan(records, now),
            rows=list(zip(found.vouchers, waited, strict=True)),
            pages=Pages(page, SIZES[0], found.total),
        )


@pages.post("/<int:voucher_id>/approve")
@asks(Action.DECIDE_VOUCHER)
def approve(voucher_id: int) -> ResponseReturnValue:
    """审核通过: all its batches are enrolled."""

    def done(records: Session) -> None:
        approve_voucher(records, viewer(), voucher_id, business_now(records), version=version_in_form())

    return _decided(voucher_id, done, "审核通过，凭证中的批次已参保成功。")


@pages.post("/<int:voucher_id>/reject")
@asks(Action.DECIDE_VOUCHER)
def reject(voucher_id: int) -> ResponseReturnValue:
    """审核不通过, with the reason that the unit reads."""

    def done(records: Session) -> None:
        reason = request.form.get("reason", "")
        reject_voucher(records, viewer(), voucher_id, reason, business_now(records), version=version_in_form())

    return _decided(voucher_id, done, "已退回，单位可以看到原因并修改后重新提交。")


@pages.get("/<int:voucher_id>/void")
@asks(Action.OVERRIDE)
def ask_to_void(voucher_id: int) -> ResponseReturnValue:
    """作废凭证: what it means, and why it is done."""
    return _ask(voucher_id, BatchAction.VOID_VOUCHER)


@pages.post("/<int:voucher_id>/void")
@asks(Action.OVERRIDE)
def void(voucher_id: int) -> ResponseReturnValue:
    """作废凭证, with its reason."""

    def done(records: Session) -> None:
        reason = request.form.get("reason", "")
        void_voucher(records, viewer(), voucher_id, reason, business_now(records), version=version_in_form())

    return _overridden(voucher_id, BatchAction.VOID_VOUCHER, done, "缴费凭证已作废，单位已收到通知。")


@pages.get("/<int:voucher_id>/reverse")
@asks(Action.OVERRIDE)
def ask_to_reverse(voucher_id: int) -> ResponseReturnValue:
    """撤销审核通过: what it means, and why it is done."""
    return _ask(voucher_id, BatchAction.REVERSE_APPROVAL)


@pages.post("/<int:voucher_id>/reverse")
@asks(Action.OVERRIDE)
def reverse(voucher_id: int) -> ResponseReturnValue:
    """撤销审核通过, with its reason."""

    def done(records: Session) -> None:
        batch = _possible(records, voucher_id, BatchAction.REVERSE_APPROVAL).batches[0]
        now, reason = business_now(records), request.form.get("reason", "")
        reverse_approval(records, viewer(), batch.batch_no, reason, now, version=version_in_form())

    return _overridden(voucher_id, BatchAction.REVERSE_APPROVAL, done, "已撤销审核通过，凭证重新等候审核。")


@pages.get("/refunds")
@asks(Action.DECIDE_VOUCHER)
def show_refunds() -> ResponseReturnValue:
    """What is to be paid back, and what was; the oldest first."""
    asked = request.args.get("status", RefundState.OPEN)
    state = RefundState(asked) if asked in list(RefundState) else None
    page = page_number(request.args.get("page"))
    with reading() as records:
        now = business_now(records)
        found = refund_page(records, viewer(), state, page, SIZES[0])
        return render(
            "vouchers/refunds.html",
            now=now,
            plan=current_plan(records, now),
            refunds=found.refunds,
            pages=Pages(page, SIZES[0], found.total),
            state=state or _ALL,
            states={one.value: one.text for one in RefundState},
            badges=REFUND,
        )


@pages.post("/<int:voucher_id>/refund")
@asks(Action.DECIDE_VOUCHER)
def settle(voucher_id: int) -> ResponseReturnValue:
    """登记退款: 待退款 becomes 已退款."""

    def done(records: Session) -> None:
        paid_on, reference = day_or_none(request.form.get("paid_on", "")), request.form.get("reference", "")
        settle_refund(records, viewer(), voucher_id, paid_on, reference, business_now(records))

    return _decided(voucher_id, done, "退款已登记为已退款。", stay=True)


def _decided(
    voucher_id: int, done: Callable[[Session], None], words: str, *, stay: bool = False
) -> ResponseReturnValue:
    """To the queue, or back to the voucher; to the same page with what was typed, if it is refused."""
    try:
        with writing(REQUEST_WAIT_SECONDS) as records:
            done(records)
    except Refused as refused:
        if has_its_own_page(refused):
            raise
        return refused_with(details_page(voucher_id, refused), refused)
    say(words, tone="good")
    return go_to(
        url_for("vouchers.show_voucher", voucher_id=voucher_id) if stay else url_for("voucher_review.show_queue")
    )


def _overridden(
    voucher_id: int, action: BatchAction, done: Callable[[Session], None], words: str
) -> ResponseReturnValue:
    """Back to the voucher; to the question with what was typed, if it is refused."""
    try:
        with writing(REQUEST_WAIT_SECONDS) as records:
            done(records)
    except Refused as refused:
        if has_its_own_page(refused) or refused.code == "BAT-002":
            raise
        return refused_with(_ask(voucher_id, action, refused), refused)
    say(words, tone="good")
    return go_to(url_for("vouchers.show_voucher", voucher_id=voucher_id))


def _possible(records: Session, voucher_id: int, action: BatchAction) -> VoucherSeen:
    """Refused BAT-005; BAT-002 in another state."""
    seen = voucher_seen(records, find_voucher(records, viewer(), voucher_id, Action.OVERRIDE))
    refuse_in_other_state(records, seen, action, business_now(records))
    return seen


def _ask(voucher_id: int, action: BatchAction, refused: Refused | None = None) -> str:
    words, label = _MEANING[action]
    endpoint = "void" if action is BatchAction.VOID_VOUCHER else "reverse"
    with reading() as records:
        now, seen = business_now(records), _possible(records, voucher_id, action)
        return render(
            "vouchers/reason.html",
            now=now,
            plan=current_plan(records, now),
            seen=seen,
            voucher=seen.voucher,
            version=(seen.batches[0] if action is BatchAction.REVERSE_APPROVAL else seen.voucher).version,
            doing=action.text,
            words=words,
            label=label,
            typed=request.form.get("reason", ""),
            longest=REASON_LENGTH,
            action=url_for(f"voucher_review.{endpoint}", voucher_id=voucher_id),
            refused=refused,
            message=text(refused.code, **refused.values) if refused else "",
        )
