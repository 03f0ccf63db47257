"""经办人填报: who works for the unit, confirmed by a code to the phone."""

from __future__ import annotations

from flask import Blueprint, make_response, request, url_for
from flask.typing import ResponseReturnValue

from config.choices import choices
from models.actions.save_handler import save_handler
from models.actions.sms_code import Purpose, send_sms_code
from models.queries.accounts import profile_of
from models.queries.plan_years import current_plan
from models.queries.unions import open_unions
from models.records.business_clock import business_now
from models.records.database import reading, writing
from models.rules.form_fields import FormRefused
from models.rules.handler_profile import LABELS
from models.rules.mobile import mask_mobile
from models.rules.permissions import Action
from models.rules.refusal import Refused
from tasks.doorbell import ring_delivery
from web import sign_in
from web.access import asks
from web.error_pages import refused_with
from web.page import REQUEST_WAIT_SECONDS, go_to, render, say
from web.sign_in import viewer
from web.typed_form import TypedForm

pages = Blueprint("handler", __name__)


@pages.get("/handler")
@asks(Action.WRITE_HANDLER_PROFILE)
def show_handler() -> ResponseReturnValue:
    """The form with what is on record; for a new account its own address to begin with."""
    with reading() as records:
        profile = profile_of(records, viewer().account_id)
    values = {name: getattr(profile, name) for name in LABELS} if profile else {"email": viewer().email}
    return _page(TypedForm({name: value or "" for name, value in values.items()}))


@pages.post("/handler")
@asks(Action.WRITE_HANDLER_PROFILE)
def save() -> ResponseReturnValue:
    """保存, then back to where the reader came from; or the form again with what was typed and why not."""
    form = TypedForm(request.form)
    try:
        with writing(REQUEST_WAIT_SECONDS) as records:
            now = business_now(records)
            no = save_handler(records, viewer(), request.form, request.form.get("sms_code", ""), now)
    except FormRefused as wrong:
        no = wrong
    if no is not None:
        form.refuse(no)
        return make_response(_page(form), 422)
    say("经办人信息已保存。", tone="good")
    return go_to(sign_in.safe_next(request.form.get("next"), sign_in.home_of(viewer())))


@pages.post("/handler/code")
@asks(Action.WRITE_HANDLER_PROFILE)
def send_code() -> ResponseReturnValue:
    """获取验证码: the form again, with everything that was typed."""
    form = TypedForm(request.form)
    try:
        with writing(REQUEST_WAIT_SECONDS) as records:
            now = business_now(records)
            number = send_sms_code(records, viewer(), request.form.get("phone", ""), Purpose.HANDLER_PROFILE, now=now)
    except Refused as refused:
        form.refuse(FormRefused({"phone" if refused.code == "SMS-001" else "sms_code": refused}))
        return refused_with(_page(form), refused)
    ring_delivery()
    form.tell(f"验证码已发送到 {mask_mobile(number)}，5 分钟内有效。", focus="sms_code")
    return _page(form)


def _page(form: TypedForm) -> str:
    with reading() as records:
        now = business_now(records)
        plan = current_plan(records, now)
        profile = profile_of(records, viewer().account_id)
        unions = open_unions(records)
    return render(
        "handler/handler.html",
        now=now,
        plan=plan,
        form=form,
        choices=choices(),
        unions=unions,
        confirmed=profile.phone_verified_at if profile else None,
        updated=profile.updated_at if profile else None,
        next_page=sign_in.safe_next(request.values.get("next"), url_for("batches.show_batches")),
    )
