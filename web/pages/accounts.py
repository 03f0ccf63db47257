"""账户: whose password one may reset, and for administrators everything else about accounts (DOMAIN 2)."""

from __future__ import annotations

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue

from config.messages import text_at
from models.actions.other_accounts import (
    STAFF_ROLES,
    add_staff,
    disable_other,
    enable_other,
    end_log_ins,
    issue_token,
    reset_other,
    revoke_other,
    set_superior_union,
)
from models.queries.accounts import (
    AccountFilters,
    account_lines,
    codes_of,
    find_account_of,
    last_log_in,
    list_accounts,
    profile_of,
    superior_unions,
    tokens_of,
)
from models.queries.plan_years import current_plan
from models.records.business_clock import business_now
from models.records.database import reading, writing
from models.rules.handler_profile import LABELS
from models.rules.permissions import ROLE_TEXTS, Action, Role, Scope, scope
from models.rules.refusal import Refused
from web.access import asks, may
from web.error_pages import has_its_own_page, refused_with
from web.page import REQUEST_WAIT_SECONDS, go_to, render, say
from web.paging import SIZES, Pages, page_number
from web.sign_in import viewer
from web.typed_form import TypedForm

pages = Blueprint("accounts", __name__, url_prefix="/accounts")

_MAX_FILTER = 254


@pages.get("")
@asks(Action.RESET_PASSWORD)
def show_accounts() -> ResponseReturnValue:
    """Whom the viewer may help: all, those below, or the one whose whole address was typed."""
    who = viewer()
    role = request.args.get("role", "")
    filters = AccountFilters(
        email=_address(),
        role=role if role in list(Role) else "",
        unit=request.args.get("unit", "").strip()[:_MAX_FILTER],
    )
    page = page_number(request.args.get("page"))
    with reading() as records:
        now = business_now(records)
        plan = current_plan(records, now)
        found = list_accounts(records, who, filters, plan.plan_year if plan else "", page, SIZES[0])
        return render(
            "accounts/list.html",
            now=now,
            plan=plan,
            lines=found.lines,
            pages=Pages(page, SIZES[0], found.total),
            filters=filters,
            filtered=filters != AccountFilters(),
            roles=ROLE_TEXTS,
            keeps=may(Action.OVERRIDE),
            by_address=_by_address(),
            totals=not _by_address(),
            said=_said(),
        )


@pages.get("/new")
@asks(Action.OVERRIDE)
def ask_for_staff() -> ResponseReturnValue:
    """新增账户: the empty form."""
    return _staff_form(TypedForm({}))


@pages.post("/new")
@asks(Action.OVERRIDE)
def add() -> ResponseReturnValue:
    """The account and its temporary password, or the form again with what was typed."""
    form = TypedForm(request.form)
    try:
        with writing(REQUEST_WAIT_SECONDS) as records:
            account, password = add_staff(
                records,
                viewer(),
                email=request.form.get("email", ""),
                name=request.form.get("name", ""),
                role=request.form.get("role", ""),
                now=business_now(records),
            )
            account_id, email = account.id, account.email
    except Refused as refused:
        if has_its_own_page(refused):
            raise
        form.refuse(refused, unsaved="账户尚未建立")
        return refused_with(_staff_form(form), refused)
    return _once(account_id, email, "账户已建立", "临时密码", password, is_password=True)


@pages.get("/<int:account_id>")
@asks(Action.RESET_PASSWORD)
def show_account(account_id: int) -> ResponseReturnValue:
    """One account, with what the viewer may do to it; for 技术人员 only with the address that was typed in the list."""
    return _details(account_id)


@pages.post("/<int:account_id>/reset")
@asks(Action.RESET_PASSWORD)
def reset(account_id: int) -> ResponseReturnValue:
    """重置密码: the temporary password is shown in this answer and nowhere else."""
    try:
        with writing(REQUEST_WAIT_SECONDS) as records:
            now = business_now(records)
            account, password = reset_other(records, viewer(), account_id, now, address=_address())
            email = account.email
    except Refused as refused:
        return _not_done(account_id, refused)
    return _once(account_id, email, "密码已重置", "临时密码", password, is_password=True, is_reset=True)


@pages.post("/<int:account_id>/disable")
@asks(Action.OVERRIDE)
def disable(account_id: int) -> ResponseReturnValue:
    """停用."""
    try:
        with writing(REQUEST_WAIT_SECONDS) as records:
            email = disable_other(records, viewer(), account_id, business_now(records)).email
    except Refused as refused:
        return _not_done(account_id, refused)
    return _done(account_id, f"{email} 已停用，登录和访问令牌不再有效；批次和清册没有变化。")


@pages.post("/<int:account_id>/enable")
@asks(Action.OVERRIDE)
def enable(account_id: int) -> ResponseReturnValue:
    """重新启用."""
    with writing(REQUEST_WAIT_SECONDS) as records:
        email = enable_other(records, viewer(), account_id, business_now(records)).email
    return _done(account_id, f"{email} 已重新启用，用原来的密码登录。")


@pages.post("/<int:account_id>/end-log-ins")
@asks(Action.OVERRIDE)
def end_all_log_ins(account_id: int) -> ResponseReturnValue:
    """结束登录 on every device."""
    with writing(REQUEST_WAIT_SECONDS) as records:
        email = end_log_ins(records, viewer(), account_id, business_now(records)).email
    return _done(account_id, f"{email} 在所有设备上的登录已结束，密码没有变化。")


@pages.post("/<int:account_id>/superior-union")
@asks(Action.OVERRIDE)
def set_union(account_id: int) -> ResponseReturnValue:
    """上级工会 of a handler's account, or none."""
    try:
        with writing(REQUEST_WAIT_SECONDS) as records:
            union = request.form.get("union", "")
            account = set_superior_union(records, viewer(), account_id, union, business_now(records))
            email = account.email
    except Refused as refused:
        return _not_done(account_id, refused)
    return _done(account_id, f"{email} 的上级工会已保存。")


@pages.post("/<int:account_id>/tokens")
@asks(Action.OVERRIDE)
def add_token(account_id: int) -> ResponseReturnValue:
    """发放访问令牌: shown in this answer and nowhere else."""
    try:
        with writing(REQUEST_WAIT_SECONDS) as records:
            account, token = issue_token(records, viewer(), account_id, business_now(records))
            email = account.email
    except Refused as refused:
        return _not_done(account_id, refused)
    return _once(account_id, email, "访问令牌已发放", "访问令牌", token, is_password=False)


@pages.post("/<int:account_id>/tokens/revoke")
@asks(Action.OVERRIDE)
def revoke_token(account_id: int) -> ResponseReturnValue:
    """作废 one of its tokens."""
    typed = request.form.get("token", "")
    number = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 19 else 0
    try:
        with writing(REQUEST_WAIT_SECONDS) as records:
            revoke_other(records, viewer(), account_id, number, business_now(records))
    except Refused as refused:
        return _not_done(account_id, refused)
    return _done(account_id, "访问令牌已作废，使用它的程序不能再访问。")


def _by_address() -> bool:
    return scope(viewer().role, Action.RESET_PASSWORD) is Scope.ACCOUNTS_WITHOUT_UNION


def _address() -> str:
    """Which account is meant, as it was typed in the list; it goes along to the account's page and its form."""
    return request.args.get("email", "").strip()[:_MAX_FILTER]


def _said() -> dict[str, str]:
    """What the addresses of an account's pages carry along."""
    return {"email": _address()} if _by_address() else {}


def _done(account_id: int, sentence: str) -> ResponseReturnValue:
    say(sentence, tone="good")
    return go_to(url_for("accounts.show_account", account_id=account_id))


def _not_done(account_id: int, refused: Refused) -> ResponseReturnValue:
    if has_its_own_page(refused):
        raise refused
    return refused_with(_details(account_id, refused), refused)


def _once(
    account_id: int, email: str, heading: str, what: str, secret: str, *, is_password: bool, is_reset: bool = False
) -> str:
    """What is known to nobody once this page is left."""
    with reading() as records:
        now = business_now(records)
        plan = current_plan(records, now)
    return render(
        "accounts/once.html",
        now=now,
        plan=plan,
        account_id=account_id,
        email=email,
        heading=heading,
        what=what,
        secret=secret,
        said=_said(),
        password=is_password,
        reset=is_reset,
    )


def _staff_form(form: TypedForm) -> str:
    with reading() as records:
        now = business_now(records)
        plan = current_plan(records, now)
    roles = {role.value: role.text for role in STAFF_ROLES}
    return render("accounts/new.html", now=now, plan=plan, form=form, roles=roles)


def _details(account_id: int, refused: Refused | None = None) -> str:
    who, keeps = viewer(), may(Action.OVERRIDE)
    with reading() as records:
        now = business_now(records)
        plan = current_plan(records, now)
        account = find_account_of(records, who, account_id, Action.RESET_PASSWORD, _address())
        line = account_lines(records, [account], plan.plan_year if plan else "")[0]
        profile = profile_of(records, account.id) if may(Action.READ_HANDLER_PROFILE) else None
        return render(
            "accounts/details.html",
            now=now,
            plan=plan,
            line=line,
            account=account,
            oneself=account.id == who.account_id,
            keeps=keeps,
            totals=may(Action.READ_BATCH) and account.role == Role.HANDLER,
            profile=[(label, getattr(profile, name) or "–") for name, label in LABELS.items()] if profile else [],
            verified=profile.phone_verified_at if profile else None,
            codes=codes_of(records, account.id) if keeps else (),
            tokens=tokens_of(records, account.id) if keeps else (),
            last_log_in=last_log_in(records, account.id) if keeps else None,
            unions=superior_unions(records) if keeps and account.role == Role.HANDLER else (),
            chosen=request.form.get("union", str(account.superior_union_id or "")),
            said=_said(),
            refused=refused,
            message=text_at("account", refused.code, **refused.values) if refused else "",
        )
