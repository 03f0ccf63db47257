"""One batch: 查看详情, 批次撤回 and 批次删除, each of the two asked about before it is done."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from config.messages import text
from models.actions.batch_change import actions_now, refuse_if_stale, refuse_unless_possible
from models.actions.delete_batch import delete_batch
from models.actions.withdraw_batch import (
    REASON_LENGTH,
    refuse_unless_withdrawable,
    required_reason,
    ways_back,
    withdraw_batch,
)
from models.queries.batches import batch_lines, find_batch
from models.queries.deletion import erased_with
from models.queries.history import history_of
from models.queries.unions import contacts_of_batch
from models.queries.withdrawal import withdrawn_with
from models.records.batch import Batch
from models.records.business_clock import business_now
from models.records.database import reading, writing
from models.records.plan_year import plan_of
from models.rules.lifecycle import WITHDRAWALS, BatchAction, BatchState
from models.rules.permissions import Action
from models.rules.refusal import Refused
from web.access import asks, may
from web.batch_facts import facts_of, history_lines, instant_is_left, left_words, turn_of
from web.batch_steps import next_step, steps_beside
from web.batch_term import term_of
from web.error_pages import has_its_own_page, refused_with
from web.formats import people as figure
from web.page import REQUEST_WAIT_SECONDS, go_to, render, say, version_in_form
from web.sign_in import viewer

pages = Blueprint("batch", __name__, url_prefix="/batches/<batch_no>")

_WAY_TEXTS = {
    BatchAction.WITHDRAW_TO_ROSTER: ("重新整理清册", "状态将变回“清册待校验”，清册可以再修改。"),
    BatchAction.WITHDRAW_TO_PROJECTS: ("重新选择保障项目", "状态将变回“清册校验通过”，人员、起保日和缴费期限不变。"),
}
_STEPS = {
    BatchState.ROSTER_DRAFT: 1,
    BatchState.ROSTER_FAILED: 2,
    BatchState.ROSTER_SUBMITTED: 3,
    BatchState.AWAITING_PAYMENT: 4,
    BatchState.PAYMENT_REVIEW: 4,
    BatchState.PAYMENT_REJECTED: 4,
    BatchState.ENROLLED: 5,
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """批次撤回 as it was typed."""

    to: BatchAction | None = None
    reason: str = ""


@pages.get("")
@asks(Action.READ_BATCH)
def show_batch(batch_no: str) -> ResponseReturnValue:
    """查看详情: totals and dates, without anybody's name or number."""
    with reading() as records:
        now, who = business_now(records), viewer()
        batch = find_batch(records, who, batch_no)
        plan = plan_of(records, batch.plan_year)
        line = batch_lines(records, [batch])[0]
        actions = actions_now(who, batch, plan, now)
        union, contacts = contacts_of_batch(records, batch)
        return render(
            "batches/details.html",
            now=now,
            plan=plan,
            batch=batch,
            line=line,
            facts=facts_of(line, plan),
            turn=turn_of(batch, may(Action.WORK_ON_BATCH)),
            term=term_of(batch, plan, now),
            step=_STEPS.get(BatchState(batch.state), 0),
            next_step=next_step(line, actions),
            others=list(steps_beside(line, actions)),
            no_way_back=_no_way_back(records, batch, actions),
            left=list(left_words(batch, plan, now)) if may(Action.WORK_ON_BATCH) else [],
            instant_left=may(Action.WORK_ON_BATCH) and instant_is_left(batch, plan, now),
            history=history_lines(history_of(records, batch), who.role),
            union=union,
            contacts=contacts,
            reads_people=may(Action.READ_PEOPLE),
        )


@pages.get("/withdraw")
@asks(Action.WITHDRAW_BATCH)
def ask_to_withdraw(batch_no: str) -> ResponseReturnValue:
    """批次撤回: whereto, and why. What can't be withdrawn is refused here already."""
    with reading() as records:
        batch = find_batch(records, viewer(), batch_no, Action.WITHDRAW_BATCH)
        refuse_unless_withdrawable(records, batch, business_now(records))
        return _withdrawal_sheet(records, batch, Wanted())


@pages.post("/withdraw")
@asks(Action.WITHDRAW_BATCH)
def withdraw(batch_no: str) -> ResponseReturnValue:
    """确认操作, answered by what it means; then, with 确定, done. What was typed survives every refusal."""
    asked = request.form.get("to", "")
    wanted = Wanted(BatchAction(asked) if asked in WITHDRAWALS else None, request.form.get("reason", ""))
    try:
        if not request.form.get("confirmed"):
            return _question(batch_no, wanted)
        with writing(REQUEST_WAIT_SECONDS) as records:
            now, version = business_now(records), version_in_form()
            chosen = find_batch(records, viewer(), batch_no, Action.WITHDRAW_BATCH).projects or []
            batch = withdraw_batch(records, viewer(), batch_no, wanted.to, wanted.reason, now, version=version)
            state = BatchState(batch.state)
    except Refused as refused:
        if has_its_own_page(refused):
            raise
        with reading() as records:
            batch = find_batch(records, viewer(), batch_no, Action.WITHDRAW_BATCH)
            return refused_with(_withdrawal_sheet(records, batch, wanted, refused), refused)
    say(f"批次 {batch_no} 已撤回，状态变回“{state.text}”。", tone="good")
    if wanted.to is BatchAction.WITHDRAW_TO_ROSTER:
        return go_to(url_for("roster.show_roster", batch_no=batch_no))
    # What was chosen before is ticked: mostly one project is changed.
    return go_to(url_for("projects.choose", batch_no=batch_no, chosen=",".join(chosen) or None))


@pages.get("/delete")
@asks(Action.DELETE_BATCH)
def ask_to_delete(batch_no: str) -> ResponseReturnValue:
    """批次删除 names what is erased before anything happens."""
    with reading() as records:
        batch = find_batch(records, viewer(), batch_no, Action.DELETE_BATCH)
        refuse_unless_possible(records, batch, BatchAction.DELETE_BATCH, business_now(records))
        return _deletion_sheet(records, batch)


@pages.post("/delete")
@asks(Action.DELETE_BATCH)
def delete(batch_no: str) -> ResponseReturnValue:
    """批次删除, confirmed."""
    try:
        with writing(REQUEST_WAIT_SECONDS) as records:
            erased = delete_batch(records, viewer(), batch_no, business_now(records), version=version_in_form())
    except Refused as refused:
        if has_its_own_page(refused):
            raise
        with reading() as records:
            batch = find_batch(records, viewer(), batch_no, Action.DELETE_BATCH)
            return refused_with(_deletion_sheet(records, batch, refused), refused)
    say(f"批次 {batch_no} 已删除，{figure(erased.people)} 人的信息已清除。", tone="good")
    return go_to(url_for("batches.show_batches"))


def _question(batch_no: str, wanted: Wanted) -> ResponseReturnValue:
    """What the withdrawal means, before 确定. Refused as the withdrawal itself would be."""
    with reading() as records:
        now = business_now(records)
        batch = find_batch(records, viewer(), batch_no, Action.WITHDRAW_BATCH)
        if wanted.to is None:
            refuse_unless_withdrawable(records, batch, now)
            raise Refused("WDR-003")
        refuse_unless_possible(records, batch, wanted.to, now)
        refuse_if_stale(batch, version_in_form())
        reason = required_reason(wanted.reason)
        return render(
            "batches/withdrawal.html",
            **_sheet(records, batch, "batch.withdraw"),
            to=wanted.to,
            reason=reason,
            to_roster=wanted.to is BatchAction.WITHDRAW_TO_ROSTER,
            warning=text("WDR-004"),
            with_it=withdrawn_with(records, batch),
        )


def _withdrawal_sheet(records: Session, batch: Batch, wanted: Wanted, refused: Refused | None = None) -> str:
    """Both ways that the state has; one that time has closed says so. With the batch's version as it is by now."""
    ways = [
        {
            "value": to.value,
            "text": _WAY_TEXTS[to][0],
            "hint": text(refusal.code, **refusal.values) if refusal else _WAY_TEXTS[to][1],
            "code": refusal.code if refusal else "",
        }
        for to, refusal in ways_back(records, batch, business_now(records)).items()
        if refusal is None or refusal.code not in {"BAT-002", "BAT-006", "WDR-002"}
    ]
    possible = [way["value"] for way in ways if not way["code"]]
    return render(
        "batches/withdraw.html",
        **_sheet(records, batch, "batch.withdraw", refused),
        ways=ways,
        possible=possible,
        chosen=wanted.to or (possible[0] if len(possible) == 1 else None),
        reason=wanted.reason,
        longest=REASON_LENGTH,
    )


def _deletion_sheet(records: Session, batch: Batch, refused: Refused | None = None) -> str:
    return render(
        "batches/delete.html",
        **_sheet(records, batch, "batch.delete", refused),
        warning=text("BAT-003"),
        erased=erased_with(records, batch),
    )


def _sheet(records: Session, batch: Batch, endpoint: str, refused: Refused | None = None) -> dict[str, Any]:
    return {
        "now": business_now(records),
        "plan": plan_of(records, batch.plan_year),
        "batch": batch,
        "action": url_for(endpoint, batch_no=batch.batch_no),
        "refused": refused,
        "message": text(refused.code, **refused.values) if refused else "",
    }


def _no_way_back(records: Session, batch: Batch, actions: Collection[BatchAction]) -> tuple[str, str] | None:
    """Code and sentence where a submitted batch can't be withdrawn any more."""
    withdrawable = not set(WITHDRAWALS).isdisjoint(actions)
    if withdrawable or not may(Action.WITHDRAW_BATCH) or BatchState(batch.state) not in _WITHDRAWN_FROM:
        return None
    try:
        refuse_unless_withdrawable(records, batch, business_now(records))
    except Refused as refused:
        return refused.code, text(refused.code, **refused.values)
    return None


_WITHDRAWN_FROM = {
    BatchState.ROSTER_SUBMITTED,
    BatchState.AWAITING_PAYMENT,
    BatchState.PAYMENT_REVIEW,
    BatchState.PAYMENT_REJECTED,
}
