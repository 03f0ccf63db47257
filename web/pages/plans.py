"""保障年度: the association's plan years, as drafts that are written and published here. What is published stays."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, abort, make_response, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from config.clock import local_date
from config.messages import text_at
from config.plans import PlanUnreadable, plan_from_toml
from models.actions.keep_plans import delete_draft, fingerprint_of, is_published, load_plan, publish_plan, write_draft
from models.actions.roll_over import roll_over
from models.queries.plan_years import current_plan, loaded_plans, offered_year, published_plans
from models.records.business_clock import business_now
from models.records.database import reading, writing
from models.records.plan_year import PlanYearRecord
from models.rules.permissions import Action
from models.rules.plan import PlanYear
from models.rules.plan_check import objections
from models.rules.plan_fields import PlanInvalid
from models.rules.refusal import Refused
from web.access import asks
from web.badges import PLAN_YEAR
from web.error_pages import has_its_own_page, refused_with
from web.page import REQUEST_WAIT_SECONDS, go_to, render, say
from web.plan_form import AGE_MODES, SECTIONS, read_plan_form, refuse_plan, show_problems, typed_values
from web.plan_rows import rows_shown
from web.plan_words import objection_words
from web.projects import TIER_TEXTS, plan_rows
from web.sign_in import viewer
from web.typed_form import TypedForm

pages = Blueprint("plans", __name__, url_prefix="/desk/plans")

MAX_TOML_BYTES = 200_000
_STALE = "BAT-004"


@pages.get("")
@asks(Action.WRITE_PLAN)
def show_plans() -> ResponseReturnValue:
    """Every year, the latest first, and the two ways to begin one."""
    return _list_page()


@pages.post("/upload")
@asks(Action.WRITE_PLAN)
def upload() -> ResponseReturnValue:
    """A TOML file as a draft, as `canbao plan load` takes it."""
    file = request.files.get("file")
    content = file.read(MAX_TOML_BYTES + 1) if file else b""
    if not content or len(content) > MAX_TOML_BYTES:
        return make_response(_list_page("请选择一个不超过200KB的TOML文件。没有保存任何内容。"), 422)
    try:
        data = plan_from_toml(content, "the file")
        with writing(REQUEST_WAIT_SECONDS) as records:
            replace = request.form.get("replace") == "1"
            plan = load_plan(records, data, business_now(records), viewer=viewer(), replace=replace)
    except (PlanUnreadable, PlanInvalid) as wrong:
        return make_response(_list_page(f"文件不能作为保障年度，没有保存任何内容：{wrong}"), 422)
    except Refused as refused:
        if has_its_own_page(refused):
            raise
        return refused_with(_list_page(_words(refused), refused.code), refused)
    say(f"{plan.plan_year} 保障年度已保存为草稿，尚未发布。", tone="good")
    return go_to(url_for("plans.show_plan", year=plan.plan_year))


@pages.get("/<year>")
@asks(Action.WRITE_PLAN)
def show_plan(year: str) -> ResponseReturnValue:
    """Everything that the year says; of a draft also what stands in its way."""
    with reading() as records:
        now, record = business_now(records), _record(records, year)
        shown = record.plan()
        return render(
            "plans/plan.html",
            now=now,
            plan=current_plan(records, now),
            record=record,
            year=shown,
            rows=plan_rows(shown),
            tiers=TIER_TEXTS,
            age_mode=AGE_MODES[shown.age_rule.mode],
            objections=_objections(records, record),
            badge=_badge(record),
        )


@pages.post("/<year>/copy")
@asks(Action.WRITE_PLAN)
def copy(year: str) -> ResponseReturnValue:
    """The next year as a draft, its dates a year later."""
    try:
        with writing(REQUEST_WAIT_SECONDS) as records:
            plan = roll_over(records, year, business_now(records), viewer=viewer())
    except LookupError:
        abort(404)
    except PlanInvalid:
        say("只有四位数字的保障年度可以复制为下一年度。没有保存任何内容。", tone="bad")
        return go_to(url_for("plans.show_plan", year=year))
    except Refused as refused:
        return _said(refused, url_for("plans.show_plans"))
    say(f"{plan.plan_year} 保障年度已建为草稿，各日期顺延一年。请核对后发布。", tone="good")
    return go_to(url_for("plans.show_plan", year=plan.plan_year))


@pages.get("/<year>/edit")
@asks(Action.WRITE_PLAN)
def ask_to_edit(year: str) -> ResponseReturnValue:
    """The draft as a form."""
    with reading() as records:
        data = _record(records, year).data
    return _form_page(year, TypedForm(typed_values(data)), fingerprint_of(data))


@pages.post("/<year>/edit")
@asks(Action.WRITE_PLAN)
def save(year: str) -> ResponseReturnValue:
    """The draft as it was typed; or the form again, with what is wrong at its field."""
    form, fingerprint = TypedForm(request.form), request.form.get("fingerprint", "")
    with reading() as records:
        data, problems = read_plan_form(request.form, _record(records, year).data)
    if problems:
        show_problems(form, problems)
        return make_response(_form_page(year, form, fingerprint), 422)
    try:
        with writing(REQUEST_WAIT_SECONDS) as records:
            write_draft(records, viewer(), year, data, fingerprint, business_now(records))
    except PlanInvalid as invalid:
        refuse_plan(form, invalid)
        return make_response(_form_page(year, form, fingerprint), 422)
    except Refused as refused:
        if refused.code != _STALE:  # it was published meanwhile: there is no form any more
            return _said(refused, url_for("plans.show_plan", year=year))
        form.said, form.said_code = _words(refused), _STALE
        return refused_with(_form_page(year, form, fingerprint), refused)
    except LookupError:
        abort(404)
    say(f"{year} 保障年度的草稿已保存，尚未发布。", tone="good")
    return go_to(url_for("plans.show_plan", year=year))


@pages.get("/<year>/publish")
@asks(Action.WRITE_PLAN)
def ask_to_publish(year: str) -> ResponseReturnValue:
    """What publishing means, and what is to be looked at before."""
    with reading() as records:
        record = _record(records, year)
        if record.published_at is not None:
            return _said(is_published(year), url_for("plans.show_plan", year=year))
        now = business_now(records)
        return render(
            "plans/publish.html",
            now=now,
            plan=current_plan(records, now),
            year=record.plan(),
            objections=_objections(records, record),
            fingerprint=fingerprint_of(record.data),
            action=url_for("plans.publish", year=year),
            back=url_for("plans.show_plan", year=year),
        )


@pages.post("/<year>/publish")
@asks(Action.WRITE_PLAN)
def publish(year: str) -> ResponseReturnValue:
    """From now on enrolment goes by it; asked first, unless confirmed."""

    def do(records: Session) -> None:
        now, fingerprint = business_now(records), request.form.get("fingerprint", "")
        publish_plan(records, year, now, viewer=viewer(), fingerprint=fingerprint)

    return _confirmed(year, "plans.ask_to_publish", do, f"{year} 保障年度已发布。", "plans.show_plan")


@pages.get("/<year>/delete")
@asks(Action.WRITE_PLAN)
def ask_to_delete(year: str) -> ResponseReturnValue:
    """A question before a draft is gone."""
    with reading() as records:
        record = _record(records, year)
        if record.published_at is not None:
            return _said(is_published(year), url_for("plans.show_plan", year=year))
        now = business_now(records)
        return render(
            "plans/delete.html",
            now=now,
            plan=current_plan(records, now),
            year=record.plan(),
            action=url_for("plans.delete", year=year),
            back=url_for("plans.show_plan", year=year),
        )


@pages.post("/<year>/delete")
@asks(Action.WRITE_PLAN)
def delete(year: str) -> ResponseReturnValue:
    """Remove a draft; asked first, unless confirmed."""

    def do(records: Session) -> None:
        delete_draft(records, viewer(), year, business_now(records))

    return _confirmed(year, "plans.ask_to_delete", do, f"{year} 保障年度的草稿已删除。", "plans.show_plans")


def _confirmed(year: str, asking: str, do: Callable[[Session], None], done: str, then: str) -> ResponseReturnValue:
    if request.form.get("confirmed") != "1":
        return go_to(url_for(asking, year=year))
    try:
        with writing(REQUEST_WAIT_SECONDS) as records:
            do(records)
    except LookupError:
        abort(404)
    except PlanInvalid:
        say("发布前检查没有通过，没有发布。", tone="bad")
        return go_to(url_for("plans.show_plan", year=year))
    except Refused as refused:
        return _said(refused, url_for("plans.show_plan", year=year))
    say(done, tone="good")
    return go_to(url_for(then, year=year) if then == "plans.show_plan" else url_for(then))


def _record(records: Session, year: str) -> PlanYearRecord:
    record = records.get(PlanYearRecord, year)
    if record is None:
        abort(404)
    return record


def _said(refused: Refused, to: str) -> ResponseReturnValue:
    """A refusal as a note over another page."""
    if has_its_own_page(refused):
        raise refused
    say(_words(refused), refused.code, tone="todo")
    return go_to(to)


def _words(refused: Refused) -> str:
    return text_at("plan", refused.code, **refused.values)


def _objections(records: Session, record: PlanYearRecord) -> list[dict[str, Any]]:
    if record.published_at is not None:
        return []
    today = local_date(business_now(records))
    found = objections(record.plan(), published_plans(records), today)
    return [{"blocks": each.blocks, "words": objection_words(each)} for each in found]


def _badge(record: PlanYearRecord) -> object:
    return PLAN_YEAR["published" if record.published_at else "draft"]


def _list_page(wrong: str = "", code: str = "") -> str:
    with reading() as records:
        now = business_now(records)
        lines: list[tuple[PlanYearRecord, PlanYear, object]] = [
            (record, record.plan(), _badge(record)) for record in reversed(loaded_plans(records))
        ]
        return render(
            "plans/list.html",
            now=now,
            plan=current_plan(records, now),
            lines=lines,
            offered=offered_year(records, now),
            wrong=wrong,
            code=code,
        )


def _form_page(year: str, form: TypedForm, fingerprint: str) -> str:
    with reading() as records:
        if _record(records, year).published_at is not None:
            abort(404)
        now = business_now(records)
        return render(
            "plans/form.html",
            now=now,
            plan=current_plan(records, now),
            year=year,
            form=form,
            fingerprint=fingerprint,
            sections=SECTIONS,
            modes=AGE_MODES,
            tiers=TIER_TEXTS,
            groups=rows_shown(form.values, "group"),
            projects=rows_shown(form.values, "project"),
        )
