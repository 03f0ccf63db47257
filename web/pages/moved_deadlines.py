"""截止时间调整: a published date moves, once it is seen what that means for how many batches."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from config.messages import text
from models.actions.keep_plans import fingerprint_of
from models.actions.move_deadline import REASON_LENGTH, move_deadlines, required_reason
from models.queries.moved_deadline import concerned
from models.queries.plan_years import current_plan, published_plans
from models.queries.reinstatement import count_reinstatable
from models.records.business_clock import business_now
from models.records.database import reading, writing
from models.records.plan_year import PlanYearRecord
from models.rules.moved_deadline import MovableDate, Moved, moved_plan, moves, when
from models.rules.permissions import Action
from models.rules.plan import PlanYear
from models.rules.refusal import Refused
from web.access import asks
from web.error_pages import has_its_own_page, refused_with
from web.formats import for_input, people
from web.moments import required_day, required_moment
from web.page import REQUEST_WAIT_SECONDS, go_to, render, say
from web.sign_in import viewer

pages = Blueprint("moved_deadlines", __name__)

_HINTS = {
    MovableDate.CENTRAL_OPEN_AT: "开始前可以调整",
    MovableDate.CENTRAL_CLOSE_AT: "集中参保开始后只能推迟",
    MovableDate.CENTRAL_PAYMENT_CLOSE_ON: "当日 24:00 截止；集中参保开始后只能推迟",
    MovableDate.INSTANT_OPEN_AT: "开放前可以调整",
}


@pages.get("/deadlines")
@asks(Action.OVERRIDE)
def ask() -> ResponseReturnValue:
    """The dates of a published year as they are."""
    with reading() as records:
        return _form(records, request.args.get("year", ""))


@pages.post("/deadlines/<year>")
@asks(Action.OVERRIDE)
def move(year: str) -> ResponseReturnValue:
    """First what it means, then, that confirmed, done. What was typed survives a refusal."""
    try:
        if not request.form.get("confirmed"):
            return _preview(year)
        fingerprint, reason = request.form.get("fingerprint", ""), request.form.get("reason", "")
        with writing(REQUEST_WAIT_SECONDS) as records:
            now = business_now(records)
            done = move_deadlines(records, viewer(), year, _typed(), reason, now, fingerprint=fingerprint)
            expired = count_reinstatable(records, done.plan, now)
    except Refused as refused:
        if has_its_own_page(refused):
            raise
        with reading() as records:
            return refused_with(_form(records, year, refused), refused)
    moved = "，".join(f"{field.text}调整为 {when(to)}" for field, to in done.moved.items())
    longer = f"{people(done.lengthened)} 个批次的缴费期限或恢复办理期限随之延长，" if done.lengthened else ""
    say(f"{moved}。{longer}已通知相关单位。", tone="good")
    if expired:
        return go_to(url_for("reinstating.show_expired", year=year))
    return go_to(url_for("moved_deadlines.ask", year=year))


def _preview(year: str) -> ResponseReturnValue:
    wanted, reason = _typed(), required_reason(request.form.get("reason", ""))
    with reading() as records:
        now = business_now(records)
        record = _record(records, year)
        if fingerprint_of(record.data) != request.form.get("fingerprint", ""):
            raise Refused("BAT-004")
        before = record.plan()
        others = [plan for plan in published_plans(records) if plan.plan_year != year]
        after = moved_plan(record.data, wanted, now, others)
        changes = [(field.text, when(field.of(before)), when(to)) for field, to in moves(before, wanted).items()]
        return render(
            "moved_deadlines/preview.html",
            now=now,
            plan=before,
            action=url_for("moved_deadlines.move", year=year),
            changes=changes,
            concerned=concerned(records, before, after, now),
            typed=request.form,
            fields=list(MovableDate),
            reason=reason,
        )


def _form(records: Session, year: str, refused: Refused | None = None) -> str:
    now = business_now(records)
    years = [plan.plan_year for plan in published_plans(records)]
    current = current_plan(records, now)
    chosen = year if year in years else current.plan_year if current else ""
    record = _record(records, chosen) if chosen else None
    plan = record.plan() if record else None
    return render(
        "moved_deadlines/form.html",
        now=now,
        plan=plan,
        years=years,
        fingerprint=fingerprint_of(record.data) if record else "",
        fields=list(_fields(plan, request.form)) if plan else [],
        reason=request.form.get("reason", ""),
        longest=REASON_LENGTH,
        expired=count_reinstatable(records, plan, now) if plan else 0,
        refused=refused,
        message=text(refused.code, **refused.values) if refused else "",
    )


def _fields(plan: PlanYear, typed: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    for field in MovableDate:
        is_now = field.of(plan)
        shown = for_input(is_now) if isinstance(is_now, datetime) else is_now.isoformat()
        yield {
            "name": field.value,
            "text": field.text,
            "kind": "date" if field.is_day else "datetime-local",
            "value": typed.get(field.value, shown),
            "now": when(is_now),
            "hint": _HINTS[field],
        }


def _typed() -> dict[MovableDate, Moved]:
    """All dates of the form, moved or not. A field that was not sent stays as it is."""
    wanted: dict[MovableDate, Moved] = {}
    for field in MovableDate:
        if field.value in request.form:
            read = required_day if field.is_day else required_moment
            wanted[field] = read(request.form[field.value], field.text)
    return wanted


def _record(records: Session, year: str) -> PlanYearRecord:
    record = records.get(PlanYearRecord, year)
    if record is None or record.published_at is None:
        raise Refused("BAT-005")
    return record
