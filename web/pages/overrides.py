"""退休核定: who the register calls 退休 and may take part all the same, by decision for one plan year."""

from __future__ import annotations

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue

from config.messages import text_at
from models.actions.override_retired import MAX_REASON, override_retired, withdraw_override
from models.queries.plan_years import current_plan, published_plans
from models.queries.retired import override_line, overrides
from models.records.business_clock import business_now
from models.records.database import reading, writing
from models.rules.form_fields import FormRefused
from models.rules.permissions import Action
from models.rules.person import ID_TYPE_TEXTS, mask_id_no
from models.rules.refusal import Refused
from web.access import asks
from web.error_pages import has_its_own_page, refused_with
from web.page import REQUEST_WAIT_SECONDS, go_to, render, say
from web.paging import SIZES, Pages, page_number
from web.sign_in import viewer
from web.typed_form import TypedForm

pages = Blueprint("overrides", __name__, url_prefix="/desk/overrides")


@pages.get("")
@asks(Action.OVERRIDE)
def show_overrides() -> ResponseReturnValue:
    """Every decision, the latest first, and the form for one."""
    return _page(TypedForm({}))


@pages.post("")
@asks(Action.OVERRIDE)
def grant() -> ResponseReturnValue:
    """Decide for one person; else the form again with what was typed."""
    form, typed = TypedForm(request.form), request.form.get("id_no", "")
    year = request.form.get("plan_year", "")
    try:
        with writing(REQUEST_WAIT_SECONDS) as records:
            kind, reason = request.form.get("id_type", ""), request.form.get("reason", "")
            override_retired(records, viewer(), year, kind, typed, reason, business_now(records))
    except Refused as refused:
        if has_its_own_page(refused):
            raise
        form.refuse(refused)
        if not isinstance(refused, FormRefused):
            form.said = text_at("override", refused.code, **refused.values)
        return refused_with(_page(form), refused)
    say(f"已核定：{mask_id_no(typed.strip())} 在 {year} 保障年度不按退休处理。已提交的批次不变。", tone="good")
    return go_to(url_for("overrides.show_overrides"))


@pages.get("/<int:override_id>/withdraw")
@asks(Action.OVERRIDE)
def ask_to_withdraw(override_id: int) -> ResponseReturnValue:
    """A question before a decision is taken back."""
    with reading() as records:
        line = override_line(records, override_id)
        if line is None:
            raise Refused("BAT-005")
        now = business_now(records)
        return render(
            "overrides/withdraw.html",
            now=now,
            plan=current_plan(records, now),
            line=line,
            action=url_for("overrides.withdraw", override_id=override_id),
            back=url_for("overrides.show_overrides"),
        )


@pages.post("/<int:override_id>/withdraw")
@asks(Action.OVERRIDE)
def withdraw(override_id: int) -> ResponseReturnValue:
    """Take a decision back; asked first, unless confirmed."""
    with reading() as records:
        line = override_line(records, override_id)
    if line is None:
        raise Refused("BAT-005")
    if request.form.get("confirmed") != "1":
        return go_to(url_for("overrides.ask_to_withdraw", override_id=override_id))
    with writing(REQUEST_WAIT_SECONDS) as records:
        withdraw_override(records, viewer(), override_id, business_now(records))
    say(f"已撤销 {line.masked} 在 {line.plan_year} 保障年度的核定。已提交的批次不变。", tone="good")
    return go_to(url_for("overrides.show_overrides"))


def _page(form: TypedForm) -> str:
    page, year = page_number(request.args.get("page")), request.args.get("year", "")[:10]
    with reading() as records:
        now = business_now(records)
        years = [plan.plan_year for plan in published_plans(records)]
        lines, total = overrides(records, year, page, SIZES[0])
        return render(
            "overrides/overrides.html",
            now=now,
            plan=current_plan(records, now),
            lines=lines,
            pages=Pages(page, SIZES[0], total),
            years=years,
            years_offered=[(each, each) for each in years],
            year=year,
            id_types={kind.value: words for kind, words in ID_TYPE_TEXTS.items()},
            form=form,
            max_reason=MAX_REASON,
        )
