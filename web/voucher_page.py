"""One voucher as it is read: what it pays, with what, whose turn it is, and what may be pressed."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime

from flask import request

from config.messages import text
from models.actions.batch_change import actions_now
from models.actions.voucher_change import voucher_actions
from models.queries.plan_years import current_plan, published_plans
from models.queries.vouchers import VoucherSeen, find_voucher, refunds_of, voucher_seen
from models.records.business_clock import business_now
from models.records.database import reading
from models.records.viewer import Viewer
from models.rules.attachment import FileKind
from models.rules.lifecycle import BatchAction
from models.rules.money import yuan
from models.rules.permissions import Action
from models.rules.plan import PlanYear
from models.rules.refusal import Refused
from models.rules.voucher import EDITABLE, REASON_LENGTH, REFERENCE_LENGTH, RefundState, VoucherState
from web.access import may
from web.badges import REFUND, VOUCHER
from web.batch_term import NONE, term_of
from web.page import render
from web.sign_in import viewer

Fact = tuple[str, str]
_LOCKED = {VoucherState.SUBMITTED, VoucherState.APPROVED}


def details_page(voucher_id: int, refused: Refused | None = None) -> str:
    """The page; `refused`: what was pressed on it was not done, and what was typed stays."""
    with reading() as records:
        now, who = business_now(records), viewer()
        seen = voucher_seen(records, find_voucher(records, who, voucher_id))
        voucher, state = seen.voucher, VoucherState(seen.voucher.state)
        refunds = refunds_of(records, voucher.id)
        paid_back = sum(task.amount_fen for task in refunds if task.state == RefundState.PAID)
        plans = {plan.plan_year: plan for plan in published_plans(records)}
        plan = plans.get(voucher.plan_year)
        actions = voucher_actions(who, seen, plan, now)
        return render(
            "vouchers/details.html",
            now=now,
            plan=current_plan(records, now),
            seen=seen,
            voucher=voucher,
            badge=VOUCHER[voucher.state],
            turn=turn_of(state, own=may(Action.WORK_ON_VOUCHER)),
            actions=actions,
            edits=may(Action.WORK_ON_VOUCHER) and state in EDITABLE,
            decides=BatchAction.APPROVE_VOUCHER in actions,
            corrects=may(Action.CORRECT_RECEIPT) and state in _LOCKED,
            issues=may(Action.CORRECT_RECEIPT) and state is VoucherState.APPROVED,
            payment=list(payment_facts(seen)),
            refund=list(refund_facts(seen)),
            batches=[(batch, term_of(batch, plan, now) if plan else NONE) for batch in seen.batches],
            leaving=leaving(who, seen, plans, now),
            receipts_fen=sum(receipt.amount_fen for receipt in voucher.receipts),
            tasks=[(task, REFUND[task.state]) for task in refunds],
            to_refund=max(seen.refund_fen - paid_back, 0),
            settles=may(Action.DECIDE_VOUCHER),
            open_refund=RefundState.OPEN,
            rejected_words=text("PAY-010", reason=voucher.reason) if state is VoucherState.REJECTED else "",
            locked_words=text("RCP-004"),
            image=FileKind.JPEG,
            longest=REASON_LENGTH,
            longest_reference=REFERENCE_LENGTH,
            typed=request.form,
            refused=refused,
            message=text(refused.code, **refused.values) if refused else "",
        )


def turn_of(state: VoucherState, *, own: bool) -> tuple[str, str]:
    """Whose turn it is, as the tone of a badge and in words; `own`: the reader is the unit's handler."""
    match state:
        case VoucherState.DRAFT:
            return "todo", "等您提交审核" if own else "等单位提交审核"
        case VoucherState.SUBMITTED:
            return "wait", "等市职保会审核"
        case VoucherState.REJECTED:
            return "todo", "等您修改后重新提交" if own else "等单位修改后重新提交"
        case VoucherState.APPROVED:
            return "good", "审核通过，参保成功"
        case VoucherState.VOID:
            return "off", "已作废"


def leaving(who: Viewer, seen: VoucherSeen, plans: Mapping[str, PlanYear], now: datetime) -> Collection[str]:
    """The numbers of the batches that may be taken out (T27): of several in a rejected voucher."""
    if seen.voucher.state != VoucherState.REJECTED or len(seen.batches) == 1:
        return ()
    return {
        batch.batch_no
        for batch in seen.batches
        if BatchAction.LEAVE_VOUCHER in actions_now(who, batch, plans.get(batch.plan_year), now)
    }


def payment_facts(seen: VoucherSeen) -> Iterator[Fact]:
    """凭证信息 in the handbook's words, with what it is held against."""
    voucher = seen.voucher
    yield "付款单位", voucher.payer
    yield "缴费方式", voucher.method
    yield "收款账户类别", voucher.account_kind
    yield "缴费金额", f"{yuan(voucher.amount_fen)} 元"
    yield "应缴保费合计", f"{yuan(seen.due_fen)} 元"
    if seen.batches:
        yield _difference(voucher.amount_fen - seen.due_fen)


def refund_facts(seen: VoucherSeen) -> Iterator[Fact]:
    """退款信息, where there is any or some is needed."""
    refund = seen.voucher.refund()
    typed = (refund.account_kind, refund.account_no, refund.account_name, refund.bank)
    if not any(typed) and not seen.refund_fen:
        return
    labels = ("退款账户类别", "退款账号", "退款账户名称", "退款银行")
    yield from ((label, str(value) if value else "–") for label, value in zip(labels, typed, strict=True))
    yield "退款方式", refund.method
    yield "退款金额", f"{yuan(seen.refund_fen)} 元"


def _difference(fen: int) -> Fact:
    if fen < 0:
        return "还差", f"{yuan(-fen)} 元"
    return ("超出", f"{yuan(fen)} 元") if fen else ("差额", "0.00 元")
