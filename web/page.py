"""What every page has around its answer: the time left, where things are, what was done."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask import Response, flash, make_response, redirect, render_template, request, url_for

from models.rules.plan import PlanYear
from web.deadline import deadline_strip

REQUEST_WAIT_SECONDS = 4.0
"""How long a request waits for its turn to write: every request is answered within 5 seconds, in any outage."""


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
