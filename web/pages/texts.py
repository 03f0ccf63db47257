"""承诺文本: the texts that units agree to, by versions. Messages are no such texts: they are config/messages.toml."""

from __future__ import annotations

from datetime import datetime

from flask import Blueprint, make_response, request, url_for
from flask.typing import ResponseReturnValue

from config.clock import local_text
from models.actions.write_text import MAX_CHARACTERS, write_text
from models.queries.plan_years import current_plan
from models.queries.texts import wording_now, wordings
from models.records.business_clock import business_now
from models.records.database import reading, writing
from models.records.text_version import TextKind
from models.rules.form_fields import FormRefused
from models.rules.permissions import Action
from models.rules.refusal import Refused
from web.access import asks
from web.check_page import paragraphs
from web.moments import required_moment
from web.page import REQUEST_WAIT_SECONDS, go_to, render, say
from web.sign_in import viewer
from web.typed_form import TypedForm

pages = Blueprint("texts", __name__, url_prefix="/desk/texts")

KINDS = {TextKind.PLEDGE: "承诺书（清册提交）", TextKind.PROMISE: "医保享受在职待遇（超龄人员）"}


@pages.get("")
@asks(Action.WRITE_PLAN)
def show_texts() -> ResponseReturnValue:
    """Every version of one text, which of them holds, and the form for the next."""
    return _page(_kind(request.args.get("kind", "")), TypedForm({}))


@pages.post("")
@asks(Action.WRITE_PLAN)
def write() -> ResponseReturnValue:
    """A new version; else the form again with what was typed."""
    kind, form = _kind(request.form.get("kind", "")), TypedForm(request.form)
    try:
        valid_from = _moment(request.form.get("valid_from", ""))
        with writing(REQUEST_WAIT_SECONDS) as records:
            typed = request.form.get("text", "")
            written = write_text(records, viewer(), kind, typed, valid_from, business_now(records))
    except FormRefused as wrong:
        form.refuse(wrong)
        return make_response(_page(kind, form), 422)
    say(f"{KINDS[kind]}的版本 {written.version} 已保存，自 {local_text(valid_from)} 起使用。", tone="good")
    return go_to(url_for("texts.show_texts", kind=kind.value))


def _kind(named: str) -> TextKind:
    return TextKind(named) if named in set(TextKind) else TextKind.PLEDGE


def _moment(typed: str) -> datetime:
    try:
        return required_moment(typed, "生效时间")
    except Refused as refused:
        raise FormRefused({"valid_from": refused}) from None


def _page(kind: TextKind, form: TypedForm) -> str:
    with reading() as records:
        now = business_now(records)
        in_force = wording_now(records, kind, now)
        versions = wordings(records, kind)
        return render(
            "texts/texts.html",
            now=now,
            plan=current_plan(records, now),
            kinds=KINDS,
            kind=kind,
            form=form,
            versions=versions,
            in_force=in_force,
            paragraphs=paragraphs,
            max_characters=MAX_CHARACTERS,
        )
