"""演示时钟: an administrator moves the business clock of a demonstration, and a window closes before one's eyes."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Blueprint, abort, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from config.clock import local_text
from config.messages import text
from config.settings import settings
from models.actions.move_clock import move_clock
from models.queries.dashboard_schedule import latest_runs, scheduled_lines
from models.queries.plan_years import current_plan
from models.records.business_clock import business_now
from models.records.database import reading, writing
from models.rules.permissions import Action
from models.rules.refusal import Refused
from tasks.doorbell import ring_calendar
from web.access import asks
from web.badges import JOB_STATES
from web.deadline import turning_points
from web.error_pages import has_its_own_page, refused_with
from web.moments import required_moment
from web.page import REQUEST_WAIT_SECONDS, go_to, render, say
from web.sign_in import viewer

pages = Blueprint("clock", __name__)

RUNS = 20
"""How many runs of scheduled jobs the page shows."""


@pages.before_request
def demonstration_only() -> None:
    """The page does not exist in production."""
    if not settings().demonstration:
        abort(404)


@pages.get("/clock")
@asks(Action.OVERRIDE)
def show_clock() -> ResponseReturnValue:
    """What the business clock shows, and moments worth going to."""
    return _page()


@pages.post("/clock")
@asks(Action.OVERRIDE)
def set_clock() -> ResponseReturnValue:
    """Move it to a moment in Shanghai's time; it runs on from there."""
    try:
        to = required_moment(request.form.get("now", ""), "业务时间")
        with writing(REQUEST_WAIT_SECONDS) as records:
            move_clock(records, to, viewer())
        ring_calendar()
    except Refused as refused:
        if has_its_own_page(refused):
            raise
        return refused_with(_page(refused), refused)
    say(f"业务时间已改为 {local_text(to)}。", tone="good")
    return go_to(url_for("clock.show_clock"))


@pages.get("/clock/runs")
@asks(Action.OVERRIDE)
def show_runs() -> ResponseReturnValue:
    """What the calendar did and does, once more; the page asks for it every second."""
    with reading() as records:
        now = business_now(records)
        return render_template("clock/runs.html", now=now, **_runs(records, now))


def _page(refused: Refused | None = None) -> str:
    with reading() as records:
        now = business_now(records)
        plan = current_plan(records, now)
        return render(
            "clock/clock.html",
            now=now,
            plan=plan,
            moments=turning_points(plan) if plan else (),
            refused=refused,
            message=text(refused.code, **refused.values) if refused else "",
            **_runs(records, now),
        )


def _runs(records: Session, now: datetime) -> dict[str, Any]:
    return {"lines": scheduled_lines(records, now), "runs": latest_runs(records, RUNS), "states": JOB_STATES}
