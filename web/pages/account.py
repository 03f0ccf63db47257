"""Log-in and log-out, a forgotten password, a new one."""

from __future__ import annotations

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from config.messages import text, text_at
from config.settings import settings
from models.actions.change_password import change_password
from models.actions.log_in import check_password, viewer_for
from models.actions.log_in import log_in as begin_log_in
from models.actions.log_in import log_out as end_log_in
from models.actions.slow_log_in import (
    Attempt,
    attempt_of,
    count_failure,
    forgive,
    picture_needed,
    picture_needed_from,
    refuse_while_slowed,
)
from models.queries.accounts import has_tokens
from models.queries.plan_years import current_plan
from models.records.account import Account
from models.records.business_clock import business_now
from models.records.database import reading, writing
from models.rules.password import MIN_LENGTH
from models.rules.permissions import Action
from models.rules.refusal import Refused
from web import second_check, sign_in
from web.access import asks, before_new_password, open_to_all
from web.deadline import schedule
from web.error_pages import refused_with
from web.known_browser import known_browser, remember
from web.page import REQUEST_WAIT_SECONDS, go_to, render, say

pages = Blueprint("account", __name__)

_CODE_SENT = "如该账号存在，验证码已发送到其邮箱，5 分钟内有效。"


@pages.get("/log-in")
@open_to_all
def show_log_in() -> ResponseReturnValue:
    """The form; who is logged in already goes on."""
    who = sign_in.viewer_or_nobody()
    if who is not None:
        return redirect(sign_in.safe_next(request.args.get("next"), sign_in.home_of(who)))
    return _form(next_page=request.args.get("next", ""))


@pages.post("/log-in")
@open_to_all
def log_in() -> ResponseReturnValue:
    """Begin a session, or say no without saying why."""
    email, next_page = request.form.get("email", ""), request.form.get("next", "")
    if "another" in request.form:
        return _form(email=email, next_page=next_page)
    try:
        account, token = _let_in(email, request.form.get("password", ""))
    except Refused as refused:
        return _not_let_in(email, next_page, refused)
    who = viewer_for(account, request.remote_addr)
    sign_in.begin(who, token)
    answer = go_to(sign_in.safe_next(next_page, sign_in.home_of(who)))
    remember(answer, email)
    return answer


@pages.post("/log-in/code")
@open_to_all
def send_email_code() -> ResponseReturnValue:
    """改用邮件验证码: answered alike for every address."""
    email, next_page = request.form.get("email", ""), request.form.get("next", "")
    if not second_check.email_offered():
        return _form(email=email, next_page=next_page)
    try:
        second_check.send_code(email)
    except Refused as refused:
        return refused_with(_form(email=email, next_page=next_page, refused=refused, by_email=True), refused)
    return _form(email=email, next_page=next_page, by_email=True, said=_CODE_SENT)


@pages.get("/log-in/forgotten")
@open_to_all
def show_forgotten() -> ResponseReturnValue:
    """忘记密码: who gives a new one (AUTH-004)."""
    phone = settings().technical_phone
    return _form("account/forgotten.html", advice=text("AUTH-004", phone=phone), phone=phone)


@pages.post("/log-out")
@asks(Action.USE_OWN_ACCOUNT)
@before_new_password
def log_out() -> ResponseReturnValue:
    """End the log-in, on the server first: where that fails the browser must not believe that it is over."""
    token = sign_in.token()
    if token is not None:
        with writing(REQUEST_WAIT_SECONDS) as records:
            end_log_in(records, token)
    sign_in.end()
    return go_to(url_for("account.show_log_in"))


@pages.get("/account/password")
@asks(Action.USE_OWN_ACCOUNT)
@before_new_password
def ask_for_new_password() -> ResponseReturnValue:
    """修改密码; who comes with one that somebody else has set can go nowhere else."""
    return _password_page()


@pages.post("/account/password")
@asks(Action.USE_OWN_ACCOUNT)
@before_new_password
def set_new_password() -> ResponseReturnValue:
    """The present password and a new one; every other log-in of the account ends."""
    who, present = sign_in.viewer(), request.form.get("present", "")
    attempt = attempt_of(who.email, request.remote_addr, f"of account {who.account_id}")
    try:
        verified = _verify(attempt, who.email, present)
        with writing(REQUEST_WAIT_SECONDS) as records:
            forgive(records, attempt)
            new, now = request.form.get("new", ""), business_now(records)
            token = change_password(records, who, verified, present=present, new=new, now=now)
            account = records.get_one(Account, who.account_id)
            programs = has_tokens(records, account.id)
    except Refused as refused:
        return refused_with(_password_page(refused), refused)
    changed = viewer_for(account, request.remote_addr)
    sign_in.begin(changed, token)
    going_on = "程序使用的访问令牌继续有效。" if programs else ""
    say(f"密码已修改，其他设备上的登录已退出。{going_on}", tone="good")
    return go_to(sign_in.home_of(changed))


def _let_in(email: str, password: str) -> tuple[Account, str]:
    """The account and a fresh log-in of it. Refused AUTH-001, AUTH-002, AUTH-003, SYS-002."""
    attempt = attempt_of(email, request.remote_addr, known_browser(email))
    with reading() as records:
        refuse_while_slowed(records, attempt)
        more = picture_needed(records, attempt)
    if more:
        second_check.pass_second_check(email)
    verified = _verify(attempt, email, password)
    with writing(REQUEST_WAIT_SECONDS) as records:
        forgive(records, attempt)
        return begin_log_in(records, verified)


def _verify(attempt: Attempt, email: str, password: str) -> Account:
    """The account of this password; a wrong one is counted. Refused AUTH-001, AUTH-003."""
    try:
        with reading() as records:
            refuse_while_slowed(records, attempt)
            return check_password(records, email, password)
    except Refused as refused:
        if refused.code == "AUTH-001":
            with writing(REQUEST_WAIT_SECONDS) as records:
                count_failure(records, attempt)
        raise


def _not_let_in(email: str, next_page: str, refused: Refused) -> ResponseReturnValue:
    by_email = second_check.by_email()
    return refused_with(_form(email=email, next_page=next_page, refused=refused, by_email=by_email), refused)


def _form(
    template: str = "account/log_in.html",
    *,
    email: str = "",
    next_page: str = "",
    refused: Refused | None = None,
    by_email: bool = False,
    said: str = "",
    **values: str,
) -> str:
    with reading() as records:
        now = business_now(records)
        plan = current_plan(records, now)
        ip = request.remote_addr
        more = (
            picture_needed(records, attempt_of(email, ip, known_browser(email)))
            if email
            else picture_needed_from(records, ip)
        )
    return render(
        template,
        now=now,
        plan=plan,
        schedule=schedule(plan, now) if plan else (),
        email=email[:254],
        next_page=next_page,
        code=refused.code if refused else "",
        message=_sentence(refused, "by_email" if by_email else "picture") if refused else "",
        by_email=by_email,
        said=said,
        picture=second_check.new_picture_address() if more and not by_email and not values else "",
        email_offered=second_check.email_offered(),
        **values,
    )


def _sentence(refused: Refused, place: str) -> str:
    return text_at(place, refused.code, **refused.values)


def _password_page(refused: Refused | None = None) -> str:
    with reading() as records:
        now = business_now(records)
        plan = current_plan(records, now)
    who = sign_in.viewer()
    return render(
        "account/password.html",
        now=now,
        plan=None if who.must_change_password else plan,
        email=who.email,
        forced=text("AUTH-007") if who.must_change_password else "",
        min_length=MIN_LENGTH,
        code=refused.code if refused else "",
        message=_sentence(refused, "present") if refused else "",
    )
