"""单位名称变更 (DOMAIN 12.4, AC06): registered at a desk, applied by the exchange or by an administrator."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from flask import Blueprint, abort, request, url_for
from flask.typing import ResponseReturnValue

from config.messages import text_at
from config.settings import settings
from models.actions.exchange_names import apply_rename, exchange_names, refuse_rename
from models.actions.register_rename import register_rename, rename_at_counter
from models.queries.plan_years import current_plan
from models.queries.renames import (
    RenameFilters,
    RenamePage,
    code_to_rename,
    find_rename,
    list_renames,
    rename_file,
)
from models.records.business_clock import business_now
from models.records.database import reading, writing
from models.records.rename import PendingNameChange
from models.rules.attachment import FileKind
from models.rules.form_fields import FormRefused
from models.rules.permissions import Action
from models.rules.refusal import Refused
from models.rules.rename import STATUS_TEXTS, RenameStatus
from web.access import asks
from web.attachment import attachment, received, takes_files
from web.badges import Badge
from web.error_pages import has_its_own_page, refused_with
from web.page import REQUEST_WAIT_SECONDS, go_to, render, say
from web.paging import SIZES, Pages, page_number
from web.sign_in import viewer
from web.typed_form import TypedForm

pages = Blueprint("renames", __name__, url_prefix="/renames")

BADGES = {
    RenameStatus.PENDING.value: Badge("wait", "hourglass", RenameStatus.PENDING.text),
    RenameStatus.APPLIED.value: Badge("good", "check", RenameStatus.APPLIED.text),
    RenameStatus.REFUSED.value: Badge("off", "ban", RenameStatus.REFUSED.text),
}
_ALL = "all"


class Place(NamedTuple):
    """Where a change is written down: at a district desk, or at the association's own counter."""

    action: Action
    endpoint: str
    """Of the form, which is also asked for the name that a code has now."""
    send: str
    heading: str
    register: Callable[..., PendingNameChange]


_DESK = Place(
    Action.REGISTER_UNIT_RENAME, "renames.ask_for_rename", "renames.register", "单位名称变更登记", register_rename
)
_COUNTER = Place(
    Action.APPLY_UNIT_RENAME, "renames.ask_at_counter", "renames.rename_now", "窗口变更单位名称", rename_at_counter
)


@pages.get("")
@asks(Action.APPLY_UNIT_RENAME)
def show_renames() -> ResponseReturnValue:
    """First of all what waits, the oldest first."""
    status = request.args.get("status", RenameStatus.PENDING)
    status = status if status in STATUS_TEXTS else _ALL
    filters = RenameFilters(
        request.args.get("code", "").strip()[:20],
        request.args.get("unit", "").strip()[:100],
        "" if status == _ALL else status,
    )
    page = page_number(request.args.get("page"))
    with reading() as records:
        now = business_now(records)
        found = list_renames(records, viewer(), Action.APPLY_UNIT_RENAME, filters, page, SIZES[0])
        return render(
            "renames/list.html",
            now=now,
            plan=current_plan(records, now),
            changes=found.changes,
            pages=Pages(page, SIZES[0], found.total),
            filters=filters,
            status=status,
            statuses=STATUS_TEXTS,
            badges=BADGES,
            may_exchange=settings().demonstration,
        )


@pages.post("/exchange")
@asks(Action.APPLY_UNIT_RENAME)
def exchange() -> ResponseReturnValue:
    """立即交换单位名称: what happens at night, for a demonstration. Elsewhere there is no such page."""
    if not settings().demonstration:
        abort(404)
    with writing(REQUEST_WAIT_SECONDS) as records:
        changes = exchange_names(records, business_now(records), viewer())
    if changes:
        say(f"已交换 {changes} 个单位名称；已有批次保留原名称。", tone="good")
    else:
        say("没有等候交换的单位名称，没有任何变化。", tone="work")
    return go_to(url_for("renames.show_renames"))


@pages.get("/<int:rename_id>")
@asks(Action.APPLY_UNIT_RENAME)
def show_rename(rename_id: int) -> ResponseReturnValue:
    """One change with its evidence; while it waits, with both answers beside it."""
    return _details(rename_id)


@pages.post("/<int:rename_id>/apply")
@asks(Action.APPLY_UNIT_RENAME)
def apply(rename_id: int) -> ResponseReturnValue:
    """立即变更."""
    try:
        with writing(REQUEST_WAIT_SECONDS) as records:
            done = apply_rename(records, viewer(), rename_id, business_now(records))
            before, after = done.former_name, done.new_name
    except Refused as refused:
        return _not_decided(rename_id, refused)
    say(f"{before} 已变更为 {after}；已有批次保留原名称。", tone="good")
    return go_to(url_for("renames.show_renames"))


@pages.post("/<int:rename_id>/refuse")
@asks(Action.APPLY_UNIT_RENAME)
def refuse(rename_id: int) -> ResponseReturnValue:
    """不予变更, with the reason that the desk reads."""
    try:
        with writing(REQUEST_WAIT_SECONDS) as records:
            now, reason = business_now(records), request.form.get("reason", "")
            name = refuse_rename(records, viewer(), rename_id, reason, now).former_name
    except Refused as refused:
        return _not_decided(rename_id, refused)
    say(f"{name} 的名称变更不予办理，单位名称没有变化。", tone="good")
    return go_to(url_for("renames.show_renames"))


@pages.get("/<int:rename_id>/files/<int:n>")
@asks(Action.APPLY_UNIT_RENAME)
def show_file(rename_id: int, n: int) -> ResponseReturnValue:
    """证明材料, to be saved; the page shows images of it."""
    with reading() as records:
        return attachment(rename_file(records, viewer(), rename_id, n))


@pages.get("/register")
@asks(Action.REGISTER_UNIT_RENAME)
def ask_for_rename() -> ResponseReturnValue:
    """The form of a district desk: first the code, then the new name; and what the desk has registered so far."""
    return _asked(_DESK)


@pages.post("/register")
@asks(Action.REGISTER_UNIT_RENAME)
@takes_files
def register() -> ResponseReturnValue:
    """登记: the name changes with the next exchange."""
    return _written_down(_DESK, "已登记，名称在下一次定期交换后更新；在此之前仍显示原名称。")


@pages.get("/at-counter")
@asks(Action.APPLY_UNIT_RENAME)
def ask_at_counter() -> ResponseReturnValue:
    """The same form at the association's own counter."""
    return _asked(_COUNTER)


@pages.post("/at-counter")
@asks(Action.APPLY_UNIT_RENAME)
@takes_files
def rename_now() -> ResponseReturnValue:
    """变更: the name holds at once."""
    return _written_down(_COUNTER, "单位名称已变更；已有批次保留原名称。")


def _asked(place: Place) -> ResponseReturnValue:
    form = TypedForm({"code": request.args.get("code", "").strip()[:20]})
    if not form.value("code"):
        return _form_page(place, form)
    try:
        return _form_page(place, form, look_up=True)
    except Refused as refused:
        form.refuse(FormRefused({"code": refused}))
        return refused_with(_form_page(place, form), refused)


def _written_down(place: Place, sentence: str) -> ResponseReturnValue:
    form = TypedForm(request.form)
    code, new_name = request.form.get("code", ""), request.form.get("new_name", "")
    known = False
    try:
        with reading() as records:
            code_to_rename(records, code)
        known = True
        files = received([file for file in request.files.getlist("file") if file.filename])
        with writing(REQUEST_WAIT_SECONDS) as records:
            place.register(records, viewer(), code, new_name, files, business_now(records))
    except Refused as refused:
        if has_its_own_page(refused):
            raise
        form.refuse(refused if known else FormRefused({"code": refused}), unsaved="尚未登记")
        return refused_with(_form_page(place, form, look_up=known), refused)
    say(f"{new_name.strip()}：{sentence}", tone="good")
    return go_to(url_for(place.endpoint if place is _DESK else "renames.show_renames"))


def _form_page(place: Place, form: TypedForm, *, look_up: bool = False) -> str:
    """The form; with `look_up` the name that the code has now, and the rest of the fields. Refused as a code is."""
    page = page_number(request.args.get("page"))
    with reading() as records:
        now = business_now(records)
        code = code_to_rename(records, str(form.value("code"))) if look_up else None
        mine = RenamePage((), 0)
        if place is _DESK:
            mine = list_renames(records, viewer(), place.action, RenameFilters(), page, SIZES[0])
        return render(
            "renames/form.html",
            now=now,
            plan=current_plan(records, now),
            form=form,
            code=code,
            place=place,
            at_once=place is _COUNTER,
            changes=mine.changes,
            pages=Pages(page, SIZES[0], mine.total),
            badges=BADGES,
        )


def _not_decided(rename_id: int, refused: Refused) -> ResponseReturnValue:
    if has_its_own_page(refused):
        raise refused
    return refused_with(_details(rename_id, refused), refused)


def _details(rename_id: int, refused: Refused | None = None) -> str:
    with reading() as records:
        now = business_now(records)
        change = find_rename(records, viewer(), rename_id, Action.APPLY_UNIT_RENAME)
        return render(
            "renames/details.html",
            now=now,
            plan=current_plan(records, now),
            change=change,
            files=list(change.files),
            image=FileKind.JPEG,
            badge=BADGES[change.status],
            waits=change.status == RenameStatus.PENDING,
            typed=request.form,
            refused=refused,
            message=text_at("application", refused.code, **refused.values) if refused else "",
        )
