"""注册: an address, a password and the digits of a picture; then the code that was sent to the address.

Both pages say the same whether the address has an account or not.
"""

from __future__ import annotations

import secrets

from flask import Blueprint, abort, redirect, request, session, url_for
from flask.typing import ResponseReturnValue

from config.messages import text_at
from models.actions.log_in import begin_session, hash_password, viewer_for
from models.actions.register import ask_for_account, confirm_registration
from models.actions.slow_log_in import attempt_of
from models.queries.plan_years import current_plan
from models.records.business_clock import business_now
from models.records.database import reading, writing
from models.rules.email_address import MAX_CHARACTERS, email_address
from models.rules.password import MIN_LENGTH, check_new_password
from models.rules.refusal import Refused
from tasks.doorbell import ring_delivery
from web import second_check, sign_in
from web.access import open_to_all
from web.deadline import schedule
from web.error_pages import refused_with
from web.known_browser import remember
from web.page import REQUEST_WAIT_SECONDS, go_to, render, say

pages = Blueprint("registration", __name__, url_prefix="/register")

_EMAIL, _ASKER = "registering", "registering_asker"


@pages.before_request
def only_where_letters_are_read() -> None:
    """Without e-mail nobody could confirm an address: there is no such page then."""
    if not second_check.email_offered():
        abort(404)


@pages.get("")
@open_to_all
def show_form() -> ResponseReturnValue:
    """The form; who is logged in already has an account."""
    who = sign_in.viewer_or_nobody()
    return redirect(sign_in.home_of(who)) if who else _form()


@pages.post("")
@open_to_all
def ask() -> ResponseReturnValue:
    """Have a code sent to the address; the answer is the same for every address."""
    email = request.form.get("email", "")
    if "another" in request.form:
        return _form(email)
    try:
        _ask(email, request.form.get("password", ""))
    except Refused as refused:
        return refused_with(_form(email, refused), refused)
    return go_to(url_for("registration.show_confirmation"))


@pages.get("/confirm")
@open_to_all
def show_confirmation() -> ResponseReturnValue:
    """Where the code is typed, by the browser that asked for it."""
    return _confirmation() if _EMAIL in session else redirect(url_for("registration.show_form"))


@pages.post("/confirm")
@open_to_all
def confirm() -> ResponseReturnValue:
    """With the right code the account is made and logged in."""
    if _EMAIL not in session:
        return go_to(url_for("registration.show_form"))
    email, typed = session[_EMAIL], request.form.get("code", "")
    try:
        if not typed.strip():
            raise Refused("SYS-002", field="邮件验证码")
        with writing(REQUEST_WAIT_SECONDS) as records:
            now, ip = business_now(records), request.remote_addr
            account = confirm_registration(records, email, session[_ASKER], typed, now=now, ip=ip)
            token = begin_session(records, account.id) if account else ""
        if account is None:  # after the commit: a wrong try is counted
            raise Refused("AUTH-002")
    except Refused as refused:
        return refused_with(_confirmation(refused), refused)
    sign_in.begin(viewer_for(account, request.remote_addr), token)
    say("注册成功，请先完成经办人填报，再办理参保。", tone="good")
    answer = go_to(url_for("handler.show_handler"))
    remember(answer, email)
    return answer


def _ask(email: str, password: str) -> None:
    """Refused SYS-002, APP-007, AUTH-009, AUTH-002, SMS-002: what was typed, and how often; never whose it is."""
    if not email.strip():
        raise Refused("SYS-002", field="账号（电子邮箱）")
    address = email_address(email)
    if address is None:
        raise Refused("APP-007")
    check_new_password(password, email=address)
    second_check.pass_picture()
    password_hash, asker = hash_password(password), secrets.token_urlsafe(32)
    with writing(REQUEST_WAIT_SECONDS) as records:
        ask_for_account(records, attempt_of(address, request.remote_addr), address, password_hash, asker)
    ring_delivery()
    session[_EMAIL], session[_ASKER] = address, asker


def _form(email: str = "", refused: Refused | None = None) -> str:
    return _page("account/register.html", email[:MAX_CHARACTERS], refused, picture=second_check.new_picture_address())


def _confirmation(refused: Refused | None = None) -> str:
    return _page("account/confirm.html", session[_EMAIL], refused)


def _page(template: str, email: str, refused: Refused | None, picture: str = "") -> str:
    with reading() as records:
        now = business_now(records)
        plan = current_plan(records, now)
    place = "picture" if picture else "by_email"
    return render(
        template,
        now=now,
        plan=plan,
        schedule=schedule(plan, now) if plan else (),
        email=email,
        picture=picture,
        min_length=MIN_LENGTH,
        code=refused.code if refused else "",
        message=text_at(place, refused.code, **refused.values) if refused else "",
    )
