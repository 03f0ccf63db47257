"""尚未完成的单位: where each unit stands in a plan year, by 工委. 上级工会 read here how far their units have come."""

from __future__ import annotations

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from models.actions.export_units import open_units_export
from models.queries.dashboard_units import NO_UNION, UnitFilters, unfinished_units
from models.queries.plan_years import published_plans
from models.queries.unions import group_numbers, union_names
from models.records.business_clock import business_now
from models.records.database import reading, writing
from models.rules.next_year import year_before
from models.rules.permissions import Action, Scope, scope
from models.rules.progress import UNFINISHED_STAGES, UnitStage
from tasks.workbook.units_workbook import units_workbook_stream
from web.access import asks
from web.badges import STAGE
from web.dashboard_year import chosen_year
from web.page import REQUEST_WAIT_SECONDS, render
from web.paging import SIZES, Pages, page_number
from web.sign_in import viewer
from web.workbook import workbook

pages = Blueprint("unfinished_units", __name__, url_prefix="/units/unfinished")


@pages.get("")
@asks(Action.READ_BATCH)
def show_units() -> ResponseReturnValue:
    """The units within reach that have not come to 参保成功, by 工委 and code."""
    filters, page, who = _filters(), page_number(request.args.get("page")), viewer()
    with reading() as records:
        now, plans = business_now(records), published_plans(records)
        plan = chosen_year(plans, now)
        year, before = (plan.plan_year, year_before(plans, plan.plan_year)) if plan else ("", None)
        found = unfinished_units(records, who, year, before, filters, page, SIZES[0])
        everywhere = scope(who.role, Action.READ_BATCH) is Scope.ALL
        shown = found.by_stage.get(UnitStage(filters.stage), 0) if filters.stage else found.total
        return render(
            "dashboard/units.html",
            now=now,
            plan=plan,
            year=year,
            years=[one.plan_year for one in plans],
            lines=found.lines,
            by_stage=found.by_stage,
            all_stages=found.total,
            stages=UNFINISHED_STAGES,
            badges=STAGE,
            pages=Pages(page, SIZES[0], shown),
            filters=filters,
            filtered=filters != UnitFilters(),
            unions=[*union_names(records), NO_UNION] if everywhere else [],
            groups=group_numbers() if everywhere else [],
            everywhere=everywhere,
        )


@pages.get("/export")
@asks(Action.READ_BATCH)
def export() -> ResponseReturnValue:
    """The same list as a workbook, all of its pages; written down."""
    filters, who = _filters(), viewer()
    with writing(REQUEST_WAIT_SECONDS) as records:
        now, plans = business_now(records), published_plans(records)
        plan = chosen_year(plans, now)
        year, before = (plan.plan_year, year_before(plans, plan.plan_year)) if plan else ("", None)
        taken = open_units_export(records, who, year, before, filters, now)
    return workbook(units_workbook_stream(taken), f"尚未完成的单位-{year}")


def _filters() -> UnitFilters:
    group, stage = request.args.get("group", ""), request.args.get("stage", "")
    return UnitFilters(
        union=request.args.get("union", "")[:50],
        group=int(group) if group.isascii() and group.isdigit() and len(group) < 4 else 0,
        stage=stage if stage in list(UNFINISHED_STAGES) else "",
        search=request.args.get("search", "").strip()[:100],
    )
