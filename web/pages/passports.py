"""护照号码冲突: who is refused because somebody else holds the number, and whether the two are one (DOMAIN 9.5)."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue

from config.messages import text
from models.actions.decide_passport import DIFFERENT, SAME, decide_passport
from models.actions.look_up_passport import look_up_passport
from models.actions.propose_passport import propose_passport
from models.queries.passports import Applicant, Collision, collision_of, collisions, decisions_page
from models.queries.plan_years import current_plan, published_plans
from models.records.business_clock import business_now
from models.records.database import reading, writing
from models.records.passport_decision import REASON_LENGTH
from models.rules.permissions import Action
from models.rules.person import Sex, mask_id_no
from models.rules.refusal import Refused
from web.access import asks, may
from web.error_pages import has_its_own_page, refused_with
from web.page import REQUEST_WAIT_SECONDS, go_to, render, say
from web.paging import SIZES, Pages, page_number
from web.sealed_query import sealed_query, unsealed_query
from web.sign_in import viewer

pages = Blueprint("passports", __name__)

_ANSWERS = {"different": True, "same": False}


@pages.get("/passports")
@asks(Action.READ_EXCEPTION)
def show_collisions() -> ResponseReturnValue:
    """Who waits for a decision, or what was decided."""
    return _list_page()


@pages.post("/passports/search")
@asks(Action.READ_EXCEPTION)
def search() -> ResponseReturnValue:
    """Somebody who left no number behind, by what they typed; the look-up is written down."""
    try:
        with writing(REQUEST_WAIT_SECONDS) as records:
            found = look_up_passport(records, viewer(), request.form, business_now(records))
    except Refused as refused:
        if has_its_own_page(refused):
            raise
        return refused_with(_list_page(refused), refused)
    if found is None:
        say("没有冲突：本保障年度没有其他人以该护照号码参保，或已核实为不同的人。", tone="work")
        return go_to(url_for("passports.show_collisions"))
    return _sheet(found)


@pages.post("/passports/question")
@asks(Action.READ_EXCEPTION)
def ask() -> ResponseReturnValue:
    """核实…: both people, and the question."""
    applicant = _unsealed(request.form.get("who", ""))
    if applicant is None:
        return _too_old()
    with reading() as records:
        found = collision_of(records, applicant)
    return _sheet(found) if found else _gone()


@pages.post("/passports/decision")
@asks(Action.GRANT_EXCEPTION)
def decide() -> ResponseReturnValue:
    """不是同一人 or 是同一人, with the reason."""
    return _answered(grants=True)


@pages.post("/passports/proposal")
@asks(Action.PROPOSE_EXCEPTION)
def propose() -> ResponseReturnValue:
    """The same as a reviewer's proposal: nothing changes before an administrator grants it."""
    return _answered(grants=False)


def _answered(*, grants: bool) -> ResponseReturnValue:
    applicant, answer = _unsealed(request.form.get("who", "")), _ANSWERS.get(request.form.get("answer", ""))
    if applicant is None:
        return _too_old()
    try:
        if answer is None:
            raise Refused("SYS-002", field="核实结果")
        reason = request.form.get("reason", "")
        with writing(REQUEST_WAIT_SECONDS) as records:
            act, now = (decide_passport if grants else propose_passport), business_now(records)
            act(records, viewer(), applicant, answer, reason, now)
    except Refused as refused:
        if has_its_own_page(refused):
            raise
        with reading() as records:
            found = collision_of(records, applicant)
        return refused_with(_sheet(found, refused), refused) if found else _gone()
    words = f"{applicant.name}（{mask_id_no(applicant.id_no)}）{DIFFERENT if answer else SAME}"
    if not grants:
        say(f"申请已提交：{words}。等待管理员批准，目前没有任何变更。", tone="good")
    elif answer:
        say(f"已核实：{words}，可以参保，请单位再次导入或提交清册。", tone="good")
    else:
        say(f"已核实：{words}，仍不能参保。", tone="good")
    return go_to(url_for("passports.show_collisions"))


def _too_old() -> ResponseReturnValue:
    say("核实页面已过期，没有任何变更，请重新核实。", tone="todo")
    return go_to(url_for("passports.show_collisions"))


def _gone() -> ResponseReturnValue:
    say("该冲突已不存在，没有任何变更。", tone="todo")
    return go_to(url_for("passports.show_collisions"))


def _list_page(refused: Refused | None = None) -> str:
    decided, page, size = request.args.get("show") == "decided", page_number(request.args.get("page")), SIZES[0]
    with reading() as records:
        now = business_now(records)
        waiting = [one for one in collisions(records) if not one.known_to_be_the_same]
        decisions, total = decisions_page(records, page, size) if decided else ((), len(waiting))
        return render(
            "passports/list.html",
            now=now,
            plan=current_plan(records, now),
            years=[plan.plan_year for plan in published_plans(records)],
            decided=decided,
            waiting=[(one, _sealed(one.applicant)) for one in waiting[(page - 1) * size : page * size]],
            number=len(waiting),
            decisions=decisions,
            pages=Pages(page, size, total),
            typed=request.form,
            refused=refused,
            message=text(refused.code, **refused.values) if refused else "",
        )


def _sheet(found: Collision, refused: Refused | None = None) -> str:
    with reading() as records:
        now = business_now(records)
        plan = current_plan(records, now)
    grants = may(Action.GRANT_EXCEPTION)
    return render(
        "passports/decide.html",
        now=now,
        plan=plan,
        action=url_for("passports.decide" if grants else "passports.propose"),
        grants=grants,
        found=found,
        who=_sealed(found.applicant),
        answer=request.form.get("answer", ""),
        reason=request.form.get("reason", ""),
        longest=REASON_LENGTH,
        refused=refused,
        message=text(refused.code, **refused.values) if refused else "",
    )


def _sealed(applicant: Applicant) -> str:
    """The applicant as a form can carry them: their number stands on no page."""
    return sealed_query(asdict(applicant) | {"birth": applicant.birth.isoformat()}, _bound_to())


def _unsealed(token: str) -> Applicant | None:
    """The applicant again; None: too old, somebody else's, or never ours."""
    values = unsealed_query(token, _bound_to())
    if values is None:
        return None
    return Applicant(**values | {"birth": date.fromisoformat(values["birth"]), "sex": Sex(values["sex"])})


def _bound_to() -> bytes:
    return b"passport:%d" % viewer().account_id
