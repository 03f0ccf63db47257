"""Log-in and log-out."""

from __future__ import annotations

from flask import Blueprint, make_response, redirect, request
from flask.typing import ResponseReturnValue

from config.messages import text
from models.actions.log_in import begin_session, check_password
from models.actions.log_in import log_out as end_log_in
from models.queries.plan_years import published_plans
from models.records.business_clock import business_now
from models.records.database import reading, writing
from models.records.viewer import Viewer
from models.rules.permissions import Action, Role
from models.rules.refusal import Refused
from web import sign_in
from web.access import asks, open_to_all
from web.deadline import schedule
from web.page import REQUEST_WAIT_SECONDS, current_plan, go_to, render

pages = Blueprint("account", __name__)


@pages.get("/log-in")
@open_to_all
def show_log_in() -> ResponseReturnValue:
    """The form; who is logged in already goes on."""
    if sign_in.viewer_or_nobody() is not None:
        return redirect(sign_in.safe_next(request.args.get("next")))
    return _form(next_page=request.args.get("next", ""))


@pages.post("/log-in")
@open_to_all
def log_in() -> ResponseReturnValue:
    """Begin a session, or say no without saying why."""
    email, next_page = request.form.get("email", ""), request.form.get("next", "")
    try:
        with reading() as records:
            account = check_password(records, email, request.form.get("password", ""))
    except Refused as refused:
        return make_response(_form(email=email[:254], next_page=next_page, refused=refused), 401)
    with writing(REQUEST_WAIT_SECONDS) as records:
        token = begin_session(records, account.id)
    sign_in.begin(Viewer(account.id, Role(account.role), account.email, account.name, request.remote_addr), token)
    return go_to(sign_in.safe_next(next_page))


@pages.post("/log-out")
@asks(Action.USE_OWN_ACCOUNT)
def log_out() -> ResponseReturnValue:
    """End the session in the browser and on the server."""
    token = sign_in.end()
    if token is not None:
        with writing(REQUEST_WAIT_SECONDS) as records:
            end_log_in(records, token)
    return go_to("/log-in")


def _form(*, email: str = "", next_page: str = "", refused: Refused | None = None) -> str:
    with reading() as records:
        now = business_now(records)
        plan = current_plan(published_plans(records), now)
    return render(
        "account/log_in.html",
        now=now,
        plan=plan,
        schedule=schedule(plan, now) if plan else (),
        email=email,
        next_page=next_page,
        code=refused.code if refused else "",
        message=text(refused.code, **refused.values) if refused else "",
    )
