"""特殊事项: what a reviewer proposes and an administrator grants, and what a code is before one asks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from flask import Blueprint, abort, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from config.messages import text_at
from models.actions.ask_exception import read_asked
from models.actions.exceptions import changes_of, grant, grant_directly, propose, refuse
from models.queries.exceptions import CodeSeen, ExceptionFilters, find_code, find_exception, list_exceptions
from models.queries.plan_years import current_plan, published_plans
from models.records.business_clock import business_now
from models.records.database import reading, writing
from models.records.exception import ExceptionProposal
from models.rules.exceptions import EXCEPTION_STATE_TEXTS, KIND_TEXTS, ExceptionKind, ExceptionState, required_reason
from models.rules.form_fields import FormRefused
from models.rules.permissions import Action
from models.rules.refusal import Refused
from web.access import asks, may
from web.badges import BATCH, EXCEPTION
from web.error_pages import has_its_own_page, refused_with
from web.exception_forms import FORMS, as_it_is, offered
from web.page import REQUEST_WAIT_SECONDS, go_to, render, say, version_in_form
from web.paging import SIZES, Pages, page_number
from web.sign_in import viewer
from web.typed_form import TypedForm

pages = Blueprint("exceptions", __name__, url_prefix="/exceptions")

_ALL = "all"


@pages.get("")
@asks(Action.READ_EXCEPTION)
def show_exceptions() -> ResponseReturnValue:
    """First of all what waits for a decision, the oldest first."""
    state = request.args.get("state", ExceptionState.OPEN.value)
    state = state if state in EXCEPTION_STATE_TEXTS else _ALL
    kind = request.args.get("kind", "")
    filters = ExceptionFilters(
        kind=kind if kind in KIND_TEXTS else "",
        state="" if state == _ALL else state,
        code=request.args.get("code", "").strip().upper()[:20],
    )
    page = page_number(request.args.get("page"))
    with reading() as records:
        now = business_now(records)
        found = list_exceptions(records, viewer(), filters, page, SIZES[0])
        return render(
            "exceptions/list.html",
            now=now,
            plan=current_plan(records, now),
            proposals=found.proposals,
            pages=Pages(page, SIZES[0], found.total),
            filters=filters,
            state=state,
            kinds=KIND_TEXTS,
            states=EXCEPTION_STATE_TEXTS,
            badges=EXCEPTION,
            decides=may(Action.GRANT_EXCEPTION),
        )


@pages.get("/find")
@asks(Action.READ_EXCEPTION)
def find() -> ResponseReturnValue:
    """A code, by itself or by the number of a batch: whose it is, and what may be asked for."""
    wanted = request.args.get("q", "").strip()[:30]
    with reading() as records:
        now = business_now(records)
        seen = find_code(records, viewer(), wanted) if wanted else None
        years = [plan.plan_year for plan in published_plans(records)]
        return render(
            "exceptions/find.html",
            now=now,
            plan=current_plan(records, now),
            wanted=wanted,
            seen=seen,
            offered=offered(seen, years) if seen else (),
            badges=BATCH,
        )


@pages.get("/new/<exception_kind>")
@asks(Action.READ_EXCEPTION)
def ask(exception_kind: str) -> ResponseReturnValue:
    """The form of one kind, with what is on record."""
    kind = _kind(exception_kind)
    with reading() as records:
        seen = find_code(records, viewer(), request.args.get("code", ""))
        if seen is None:
            return redirect(url_for("exceptions.find", q=request.args.get("code", "")))
        current = current_plan(records, business_now(records))
        year = request.args.get("year", "") or (current.plan_year if current else "")
        return _form_page(records, kind, seen, TypedForm(as_it_is(kind, seen, year)), year)


@pages.post("/new/<exception_kind>/proposal")
@asks(Action.PROPOSE_EXCEPTION)
def propose_one(exception_kind: str) -> ResponseReturnValue:
    """提交申请: nothing is changed before an administrator grants it."""
    return _asked(_kind(exception_kind), propose, "申请已提交，等待管理员批准；目前没有任何变更。")


@pages.post("/new/<exception_kind>/grant")
@asks(Action.GRANT_EXCEPTION)
def grant_at_once(exception_kind: str) -> ResponseReturnValue:
    """直接批准, without anybody's proposal."""
    return _asked(_kind(exception_kind), grant_directly, "已批准并生效。")


@pages.get("/<int:exception_id>")
@asks(Action.READ_EXCEPTION)
def show_exception(exception_id: int) -> ResponseReturnValue:
    """What is asked for, before and after; whoever decides finds both answers beside it."""
    return _details(exception_id)


@pages.post("/<int:exception_id>/grant")
@asks(Action.GRANT_EXCEPTION)
def grant_one(exception_id: int) -> ResponseReturnValue:
    """批准: done at once, or not at all."""
    try:
        with writing(REQUEST_WAIT_SECONDS) as records:
            now, why = business_now(records), request.form.get("note", "")
            done = grant(records, viewer(), exception_id, now, reason=why, version=version_in_form())
            kind = ExceptionKind(done.kind)
    except Refused as refused:
        return _not_decided(exception_id, refused)
    say(f"{kind.text}已批准并生效。", tone="good")
    return go_to(url_for("exceptions.show_exceptions"))


@pages.post("/<int:exception_id>/refuse")
@asks(Action.GRANT_EXCEPTION)
def refuse_one(exception_id: int) -> ResponseReturnValue:
    """不予批准, with the reason that the reviewer reads."""
    try:
        with writing(REQUEST_WAIT_SECONDS) as records:
            now, why = business_now(records), request.form.get("reason", "")
            done = refuse(records, viewer(), exception_id, why, now, version=version_in_form())
            kind = ExceptionKind(done.kind)
    except Refused as refused:
        return _not_decided(exception_id, refused)
    say(f"{kind.text}不予批准，没有任何变更；审核员可以看到原因。", tone="good")
    return go_to(url_for("exceptions.show_exceptions"))


def _kind(word: str) -> ExceptionKind:
    if word not in FORMS:
        abort(404)
    return ExceptionKind(word)


def _asked(kind: ExceptionKind, act: Callable[..., ExceptionProposal], done: str) -> ResponseReturnValue:
    """Do `propose` or `grant_directly` with what was typed; else the form again."""
    try:
        with writing(REQUEST_WAIT_SECONDS) as records:
            subject, values = read_asked(records, kind, request.form)
            reason, now = request.form.get("reason", ""), business_now(records)
            made = act(records, viewer(), kind, subject, values, reason, now)
            exception_id, other = made.id, made.reason != required_reason(reason)
    except Refused as refused:
        if has_its_own_page(refused):
            raise
        return _form_again(kind, refused)
    if other:  # the same was asked for before, for a reason that stays
        say(f"{kind.text}：同样的申请已在等待批准，见下；这次填写的原因没有保存。", tone="todo")
    else:
        say(f"{kind.text}：{done}", tone="good")
    return go_to(url_for("exceptions.show_exception", exception_id=exception_id))


def _form_again(kind: ExceptionKind, refused: Refused) -> ResponseReturnValue:
    form = TypedForm(request.form)
    form.refuse(refused, unsaved="尚未提交")
    if not isinstance(refused, FormRefused):
        form.said = _words(refused)
    with reading() as records:
        seen = find_code(records, viewer(), request.form.get("code", ""))
        if seen is None:
            return go_to(url_for("exceptions.find", q=request.form.get("code", "")))
        page = _form_page(records, kind, seen, form, request.form.get("plan_year", ""))
    return refused_with(page, refused)


def _form_page(records: Session, kind: ExceptionKind, seen: CodeSeen, form: TypedForm, year: str) -> str:
    now = business_now(records)
    grants = may(Action.GRANT_EXCEPTION)
    action = "exceptions.grant_at_once" if grants else "exceptions.propose_one"
    return render(
        "exceptions/form.html",
        now=now,
        plan=current_plan(records, now),
        kind=kind,
        effect=FORMS[kind],
        seen=seen,
        form=form,
        year=year,
        grants=grants,
        action=url_for(action, exception_kind=kind.value),
    )


def _not_decided(exception_id: int, refused: Refused) -> ResponseReturnValue:
    if has_its_own_page(refused):
        raise refused
    return refused_with(make_response(_details(exception_id, refused)), refused)


def _details(exception_id: int, refused: Refused | None = None) -> str:
    with reading() as records:
        now = business_now(records)
        proposal = find_exception(records, viewer(), exception_id)
        is_open = proposal.state == ExceptionState.OPEN
        values: Mapping[str, Any] = {
            "proposal": proposal,
            "kind": ExceptionKind(proposal.kind),
            "badge": EXCEPTION[proposal.state],
            "decides": is_open and may(Action.GRANT_EXCEPTION),
            "hindrance": _hindrance(records, proposal, now) if is_open and refused is None else "",
            "refused": refused,
            "message": _words(refused) if refused else "",
            "typed": request.form,
        }
        return render("exceptions/details.html", now=now, plan=current_plan(records, now), **values)


def _hindrance(records: Session, proposal: ExceptionProposal, now: datetime) -> str:
    """Why it would not be granted now, though it was fit to be proposed; else empty."""
    try:
        changes = changes_of(records, proposal, now)
    except Refused as refused:
        return _words(refused)
    return "" if changes == proposal.in_words() else "提出申请后情况已有变化，不能按原申请批准。"


def _words(refused: Refused) -> str:
    return text_at("exception", refused.code, **refused.values)
