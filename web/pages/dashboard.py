"""工作台: what the association's staff look at first. Every figure leads to the list behind it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from config.clock import SHANGHAI
from config.settings import settings
from models.queries.plan_years import published_plans
from models.records.business_clock import business_now
from models.records.database import reading
from models.rules.permissions import Action
from models.rules.plan import PlanYear
from models.rules.progress import NOT_CONFIRMED
from tasks.job_names import JOB_NAMES, job_name
from web.access import asks, may
from web.badges import of_job
from web.dashboard_alarms import alarms
from web.dashboard_chart import hour_chart, union_chart, union_parts
from web.dashboard_figures import CountedFigures, LiveFigures, counted_figures, live_figures
from web.dashboard_windows import window_lines
from web.dashboard_words import notice_name, reason_of, seconds_of
from web.dashboard_year import chosen_year
from web.formats import time_left
from web.page import render

pages = Blueprint("dashboard", __name__, url_prefix="/dashboard")

OF_STAFF = Action.DECIDE_VOUCHER
"""What reviewers and administrators have, and nobody else: whoever decides reads the figures (DOMAIN 2)."""

_WIDE_STATES = ("queued", "running", "done", "cancelled", "failed")


@pages.get("")
@asks(OF_STAFF)
def show_dashboard() -> ResponseReturnValue:
    """The whole page, about the year that is asked for or is in season."""
    with reading() as records:
        now, plans = business_now(records), published_plans(records)
        plan = chosen_year(plans, now)
        live = _live(records, now, plan)
        if plan is None:
            return render("dashboard/dashboard.html", now=now, plan=None, years=[], flower=_flower(), **live)
        counted = counted_figures(records, plan.plan_year, now)
        return render(
            "dashboard/dashboard.html",
            now=now,
            plan=plan,
            years=[one.plan_year for one in plans],
            counted=counted,
            windows=window_lines(plan, now),
            flower=_flower(),
            demonstration=settings().demonstration,
            **_charts(counted),
            **_jobs_today(counted, live["live"]),
            **live,
        )


@pages.get("/live")
@asks(OF_STAFF)
def show_live() -> ResponseReturnValue:
    """The polled part alone."""
    with reading() as records:
        now, plans = business_now(records), published_plans(records)
        return render_template("dashboard/live.html", now=now, **_live(records, now, chosen_year(plans, now)))


def _live(records: Session, now: datetime, plan: PlanYear | None) -> dict[str, Any]:
    live = live_figures(records)
    counted = counted_figures(records, plan.plan_year, now) if plan else None
    return {
        "live": live,
        "year": plan.plan_year if plan else "",
        "alarms": list(alarms(live)),
        "counted_units": counted,
        "not_confirmed": _not_confirmed(counted) if counted else 0,
        "central_left": time_left(plan.central_close_at, now) if plan and _central(plan, now) else "",
        "jobs": [(found, of_job(found.job), seconds_of(found.job, live.at)) for found in live.under_way],
        "failures": [(found, reason_of(found.job)) for found in live.failed.jobs],
        "operates": may(Action.OVERRIDE),
        "job_name": job_name,
    }


def _central(plan: PlanYear, now: datetime) -> bool:
    return plan.central_open_at <= now < plan.central_close_at


def _not_confirmed(counted: CountedFigures) -> int:
    return sum(line.by_stage.get(stage, 0) for line in counted.unions for stage in NOT_CONFIRMED)


def _charts(counted: CountedFigures) -> dict[str, Any]:
    hour = datetime.now(UTC).astimezone(SHANGHAI).hour
    return {
        "unions": union_chart(counted.unions),
        "union_lines": [union_parts(line) for line in counted.unions],
        "hours": hour_chart(counted.today.by_hour, hour),
        "reminder_words": {code: notice_name(code) for code in counted.reminders},
    }


def _jobs_today(counted: CountedFigures, live: LiveFigures) -> dict[str, Any]:
    """Jobs that are under way or have ended today: a line each kind, in the order of the work."""
    found = {**counted.today.by_kind, **live.unfinished.by_state}
    kinds = {kind for kind, _ in found}
    ordered = [*(kind for kind in JOB_NAMES if kind in kinds), *sorted(kinds - set(JOB_NAMES))]
    return {
        "job_states": _WIDE_STATES,
        "job_lines": [(kind, [found.get((kind, state), 0) for state in _WIDE_STATES]) for kind in ordered],
    }


def _flower() -> str:
    """Where staff find Flower: behind the proxy, or on this machine in a demonstration; empty: it is not shown."""
    read = settings()
    if prefix := read.flower_prefix.strip("/"):
        return f"/{prefix}/"
    return f"http://127.0.0.1:{read.flower_port}/" if read.demonstration and read.flower_port else ""
