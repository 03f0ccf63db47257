"""What every page has around its answer: navigation, the time left, where things are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Response, flash, make_response, redirect, render_template, request, url_for

from config.settings import settings
from models.records.viewer import Viewer
from models.rules.permissions import Action, scope
from models.rules.plan import PlanYear
from web.deadline import deadline_strip

_OF_BATCHES = frozenset(
    {
        "batches",
        "batch",
        "roster",
        "people",
        "removal",
        "checks",
        "imports",
        "corrections",
        "undo",
        "projects",
        "certificate",
    }
)
"""Families of pages that are about one batch or another."""

REQUEST_WAIT_SECONDS = 4.0
"""How long a request waits for its turn to write: every request is answered within 5 seconds, in any outage."""


@dataclass(frozen=True, slots=True)
class NavigationItem:
    """One entry of the top bar."""

    text: str
    url: str
    current: bool


def render(template: str, *, now: datetime, plan: PlanYear | None, **values: Any) -> str:
    """A page, or its dialog alone where htmx asked for it, with the deadline of the year and the batch it is about."""
    strip = deadline_strip(plan, now, values.get("batch")) if plan else None
    return render_template(template, layout=layout(), now=now, plan=plan, strip=strip, **values)


def layout() -> str:
    """The sheet alone for a dialog, the sheet inside a page for everybody else."""
    return "sheet.html" if in_dialog() else "sheet_page.html"


def in_dialog() -> bool:
    """Whether htmx asked, and so the answer is put into the page that is already there."""
    return request.headers.get("HX-Request") == "true"


def navigation(viewer: Viewer | None) -> list[NavigationItem]:
    """The pages that exist for this viewer."""
    if viewer is None or viewer.must_change_password:
        return []
    here = request.blueprint
    uploads = request.endpoint == "imports.show_uploads"
    of_batches = here in _OF_BATCHES and not uploads
    items = []
    if scope(viewer.role, Action.READ_BATCH):
        items.append(NavigationItem("参保批次", url_for("batches.show_batches"), of_batches))
    if scope(viewer.role, Action.WORK_ON_BATCH):
        items.append(NavigationItem("导入记录", url_for("imports.show_uploads"), uploads))
    if scope(viewer.role, Action.READ_CODE_APPLICATION):
        items.append(NavigationItem("参保编码申请", url_for("codes.show_applications"), here == "codes"))
    elif scope(viewer.role, Action.CREATE_CODE_APPLICATION):
        items.append(NavigationItem("参保编码申请", url_for("codes.ask_for_application"), here == "codes"))
    if scope(viewer.role, Action.WRITE_HANDLER_PROFILE):
        items.append(NavigationItem("经办人填报", url_for("handler.show_handler"), here == "handler"))
    items.append(NavigationItem("帮助", url_for("help.show_help"), here == "help"))
    if settings().demonstration:
        if scope(viewer.role, Action.OVERRIDE):
            items.append(NavigationItem("演示时钟", url_for("clock.show_clock"), here == "clock"))
        if scope(viewer.role, Action.READ_OUTBOX):
            items.append(NavigationItem("发件箱", url_for("outbox.show_outbox"), here == "outbox"))
    return items


def here(**changes: str | int) -> str:
    """This page's address with some of its query changed; empty values are left out."""
    query: Mapping[str, str | int] = {**request.args.to_dict(), **changes}
    kept = {name: value for name, value in query.items() if value not in ("", None)}
    return url_for(request.endpoint or "", **{**(request.view_args or {}), **kept})


def go_to(address: str) -> Response:
    """The next page after a form was done: a redirect, or for a form inside a dialog the header that htmx follows."""
    if in_dialog():
        answer = make_response("", 200)
        answer.headers["HX-Redirect"] = address
        return answer
    return make_response(redirect(address, 303))


def version_in_form() -> int:
    """The version of the batch that the form was made from; what is none never is the batch's."""
    written = request.form.get("version", "")
    return int(written) if written.isascii() and written.isdigit() and len(written) < 10 else -1


def say(message: str, code: str = "", *, tone: str) -> None:
    """A note at the top of the next page."""
    flash(message, f"{tone} {code}")
