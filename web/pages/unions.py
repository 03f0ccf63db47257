"""工委与对口联系人: the unions that forms offer, and who of the association looks after their units (Appendix B)."""

from __future__ import annotations

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue

from models.actions.keep_unions import (
    add_contact,
    add_union,
    change_union,
    close_union,
    remove_contact,
    reopen_union,
)
from models.queries.plan_years import current_plan
from models.queries.unions import find_union, group_numbers, liaison_groups
from models.records.business_clock import business_now
from models.records.database import reading, writing
from models.rules.permissions import Action
from models.rules.refusal import Refused
from web.access import asks
from web.error_pages import has_its_own_page, refused_with
from web.page import REQUEST_WAIT_SECONDS, go_to, render, say
from web.sign_in import viewer
from web.typed_form import TypedForm

pages = Blueprint("unions", __name__, url_prefix="/unions")

_UNSAVED = "尚未保存"


@pages.get("")
@asks(Action.WRITE_PLAN)
def show_unions() -> ResponseReturnValue:
    """Every group with its staff and its unions."""
    return _page()


@pages.post("/add")
@asks(Action.WRITE_PLAN)
def add() -> ResponseReturnValue:
    """新增工委."""
    form = TypedForm(request.form)
    try:
        with writing(REQUEST_WAIT_SECONDS) as records:
            name = add_union(records, viewer(), request.form, business_now(records)).name
    except Refused as refused:
        if has_its_own_page(refused):
            raise
        form.refuse(refused, unsaved=_UNSAVED)
        return refused_with(_page(union_form=form), refused)
    say(f"工委 {name} 已新增，申请表中可以选择。", tone="good")
    return go_to(url_for("unions.show_unions"))


@pages.post("/contacts")
@asks(Action.WRITE_PLAN)
def add_to_group() -> ResponseReturnValue:
    """新增联系人 of a group."""
    form = TypedForm(request.form)
    try:
        with writing(REQUEST_WAIT_SECONDS) as records:
            contact = add_contact(records, viewer(), request.form, business_now(records))
            name, group = contact.name, contact.liaison_group
    except Refused as refused:
        if has_its_own_page(refused):
            raise
        form.refuse(refused, unsaved=_UNSAVED)
        return refused_with(_page(contact_form=form), refused)
    say(f"第 {group} 组的联系人 {name} 已保存，所属单位的经办人可以看到。", tone="good")
    return go_to(url_for("unions.show_unions"))


@pages.post("/contacts/remove")
@asks(Action.WRITE_PLAN)
def remove_from_group() -> ResponseReturnValue:
    """移除 one of the staff."""
    typed = request.form.get("contact", "")
    number = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 19 else 0
    with writing(REQUEST_WAIT_SECONDS) as records:
        remove_contact(records, viewer(), number, business_now(records))
    say("联系人已移除，经办人不再看到。", tone="good")
    return go_to(url_for("unions.show_unions"))


@pages.get("/<int:union_id>")
@asks(Action.WRITE_PLAN)
def show_union(union_id: int) -> ResponseReturnValue:
    """One union, to be renamed, put into another group, or closed."""
    with reading() as records:
        union = find_union(records, union_id)
    return _union_page(union_id, TypedForm({"name": union.name, "liaison_group": str(union.liaison_group)}))


@pages.post("/<int:union_id>")
@asks(Action.WRITE_PLAN)
def change(union_id: int) -> ResponseReturnValue:
    """保存, or the form again with what was typed."""
    form = TypedForm(request.form)
    try:
        with writing(REQUEST_WAIT_SECONDS) as records:
            name = change_union(records, viewer(), union_id, request.form, business_now(records)).name
    except Refused as refused:
        if has_its_own_page(refused):
            raise
        form.refuse(refused, unsaved=_UNSAVED)
        return refused_with(_union_page(union_id, form), refused)
    say(f"工委 {name} 已保存，所属单位一并更新。", tone="good")
    return go_to(url_for("unions.show_unions"))


@pages.post("/<int:union_id>/close")
@asks(Action.WRITE_PLAN)
def close(union_id: int) -> ResponseReturnValue:
    """关闭: offered to nobody any more."""
    with writing(REQUEST_WAIT_SECONDS) as records:
        name = close_union(records, viewer(), union_id, business_now(records)).name
    say(f"工委 {name} 已关闭，申请表中不再出现；已有单位不变。", tone="good")
    return go_to(url_for("unions.show_unions"))


@pages.post("/<int:union_id>/reopen")
@asks(Action.WRITE_PLAN)
def reopen(union_id: int) -> ResponseReturnValue:
    """重新开放."""
    with writing(REQUEST_WAIT_SECONDS) as records:
        name = reopen_union(records, viewer(), union_id, business_now(records)).name
    say(f"工委 {name} 已重新开放，申请表中可以选择。", tone="good")
    return go_to(url_for("unions.show_unions"))


def _page(*, union_form: TypedForm | None = None, contact_form: TypedForm | None = None) -> str:
    name = request.args.get("name", "").strip()[:50]
    with reading() as records:
        now = business_now(records)
        return render(
            "unions/list.html",
            now=now,
            plan=current_plan(records, now),
            groups=liaison_groups(records, name),
            numbers=[str(number) for number in group_numbers()],
            name=name,
            union_form=union_form or TypedForm({}),
            contact_form=contact_form or TypedForm({}),
        )


def _union_page(union_id: int, form: TypedForm) -> str:
    with reading() as records:
        now = business_now(records)
        return render(
            "unions/union.html",
            now=now,
            plan=current_plan(records, now),
            union=find_union(records, union_id),
            numbers=[str(number) for number in group_numbers()],
            form=form,
        )
