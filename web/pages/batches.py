"""参保批次: the list, and opening a central or an instant batch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, abort, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from config.messages import text
from models.actions.batch_change import actions_now
from models.actions.open_batch import extensions_for, open_batch, own_code
from models.actions.permit import refuse_without_profile
from models.queries.accounts import codes_to_choose
from models.queries.batches import BatchFilters, BatchLine, list_batches
from models.queries.exceptions import extensions_of
from models.queries.plan_years import current_plan, open_plan, plans_now, published_plans
from models.records.business_clock import business_now
from models.records.database import reading, writing
from models.rules.lifecycle import STATE_TEXTS, BatchState
from models.rules.permissions import Action, Scope, scope
from models.rules.plan import EnrolmentType, PlanYear, window_refusal
from models.rules.refusal import Refused
from web.access import asks, may
from web.batch_steps import Step, next_step, other_steps
from web.batch_term import NONE, Term, term_of
from web.deadline import deadline_strip
from web.error_pages import has_its_own_page, refused_with
from web.page import REQUEST_WAIT_SECONDS, go_to, render, say
from web.paging import SIZES, Pages, page_number
from web.sign_in import viewer

pages = Blueprint("batches", __name__)

LISTED_STATES = {state.value: words for state, words in STATE_TEXTS.items() if state is not BatchState.DELETED}


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the list, with what may be pressed there."""

    line: BatchLine
    term: Term
    next_step: Step | None
    others: Sequence[Step]
    waits: bool
    """Whether the association has to act, and the unit can only wait."""


@pages.get("/batches")
@asks(Action.READ_BATCH)
def show_batches() -> ResponseReturnValue:
    """The batches that this account may see, latest change first."""
    state = request.args.get("status", "")
    filters = BatchFilters(
        batch_no=request.args.get("batch_no", "").strip(),
        unit_name=request.args.get("unit", "").strip(),
        state=state if state in LISTED_STATES else "",
        code=request.args.get("code", "").strip().upper()[:20],
    )
    page = page_number(request.args.get("page"))
    with reading() as records:
        now, who = business_now(records), viewer()
        found = list_batches(records, who, filters, page, SIZES[0])
        plans = published_plans(records)
        in_season = plans_now(plans, now)
        rows = [_row(line, plans, now) for line in found.lines]
        return render(
            "batches/list.html",
            now=now,
            plan=in_season[0] if in_season else None,
            years=[(plan, deadline_strip(plan, now)) for plan in in_season],
            rows=rows,
            pages=Pages(page, SIZES[0], found.total),
            filters=filters,
            states=LISTED_STATES,
            opens=may(Action.WORK_ON_BATCH),
            reads_vouchers=may(Action.READ_VOUCHER),
            by_code=scope(who.role, Action.READ_BATCH) is Scope.BY_CODE_NO_NUMBERS,
            filtered=filters != BatchFilters(),
            closed=_closed(records, now),
        )


@pages.get("/batches/open/<kind>")
@asks(Action.WORK_ON_BATCH)
def ask_for_code(kind: str) -> ResponseReturnValue:
    """集中参保办理 or 即时参保办理: under which code? Whoever has no 经办人填报 yet is led there first (HDL-001)."""
    enrolment_type = _enrolment_type(kind)
    with reading() as records:
        refuse_without_profile(records, viewer())
    return _sheet(enrolment_type)


@pages.post("/batches/open/<kind>")
@asks(Action.WORK_ON_BATCH)
def open_new_batch(kind: str) -> ResponseReturnValue:
    """First the code, answered by the unit's name; then, that confirmed, the batch."""
    enrolment_type = _enrolment_type(kind)
    code = request.form.get("code", "").strip() or request.form.get("chosen", "")
    try:
        if not request.form.get("confirmed"):
            return _sheet(enrolment_type, code, confirm=True)
        with writing(REQUEST_WAIT_SECONDS) as records:
            now = business_now(records)
            batch = open_batch(records, viewer(), code=code, enrolment_type=enrolment_type, now=now)
            batch_no = batch.batch_no
    except Refused as refused:
        if has_its_own_page(refused):
            raise
        return refused_with(_sheet(enrolment_type, code, refused=refused), refused)
    say(f"批次 {batch_no} 已建立，请导入参保人员。", tone="good")
    return go_to(url_for("roster.show_roster", batch_no=batch_no))


def _row(line: BatchLine, plans: Sequence[PlanYear], now: datetime) -> Row:
    plan = next((plan for plan in plans if plan.plan_year == line.batch.plan_year), None)
    actions = actions_now(viewer(), line.batch, plan, now)
    term = term_of(line.batch, plan, now) if plan else NONE
    waits = line.batch.state == BatchState.PAYMENT_REVIEW
    return Row(line, term, next_step(line, actions), list(other_steps(line, actions)), waits)


def _closed(records: Session, now: datetime) -> dict[str, str]:
    """Why this account can't enrol, by enrolment type: no year's window is open, as the latest says, nor is one longer
    for some code of its own.
    """
    plans, extensions = plans_now(published_plans(records), now), extensions_of(records, viewer().account_id)
    closed, codes = {}, {}
    for kind in EnrolmentType:
        refusals = [window_refusal(plan, kind, now, extensions.get(plan.plan_year)) for plan in plans]
        if refusals and None not in refusals and (latest := refusals[0]):
            closed[kind.value] = text(latest.code, **latest.values).rstrip("。")
            codes[kind.value] = latest.code
    if EnrolmentType.CENTRAL in closed and EnrolmentType.INSTANT not in closed:
        closed[EnrolmentType.CENTRAL] += "；即时参保现已开放"
    if codes.get(EnrolmentType.INSTANT) == "WIN-004" and codes.get(EnrolmentType.CENTRAL) == "WIN-002":
        closed[EnrolmentType.CENTRAL] = closed[EnrolmentType.INSTANT]  # nothing is left to wait for
    return closed


def _enrolment_type(kind: str) -> EnrolmentType:
    if kind not in list(EnrolmentType):
        abort(404)
    return EnrolmentType(kind)


def _sheet(
    enrolment_type: EnrolmentType, code: str = "", *, confirm: bool = False, refused: Refused | None = None
) -> str:
    with reading() as records:
        now = business_now(records)
        plan = current_plan(records, now)
        if confirm:
            extensions = extensions_for(records, viewer(), code)
            plan = open_plan(records, enrolment_type, now, extensions=extensions)
        unit = own_code(records, viewer(), code) if confirm else None
        return render(
            "batches/open.html",
            now=now,
            plan=plan,
            action=url_for("batches.open_new_batch", kind=enrolment_type.value),
            enrolment_type=enrolment_type,
            typed=code.strip()[:20],
            choices=codes_to_choose(records, viewer().account_id),
            unit=unit,
            unit_message=text("COD-005", unit=unit.unit.name) if unit else "",
            refused=refused,
            message=text(refused.code, **refused.values) if refused else "",
            closed="" if refused or confirm else _closed(records, now).get(enrolment_type, ""),
        )
