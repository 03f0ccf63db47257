"""保障年度: dates, projects and prices, and the pledge of the submission."""

from __future__ import annotations

from datetime import date

from flask import Response
from pydantic import Field

from models.queries.accounts import codes_of
from models.queries.plan_years import published_plans
from models.queries.texts import wording_now
from models.records.business_clock import business_now
from models.records.database import reading
from models.records.text_version import TextKind
from models.rules.permissions import Action, Scope, scope
from models.rules.plan import PlanYear
from models.rules.refusal import Refused
from web.access import asks
from web.api.calls import Family, answer
from web.api.fields import Moment, Shape
from web.sign_in import viewer

family = Family("plan-years", "保障年度")


class PlanYearLine(Shape):
    """A published plan year and when its windows are open."""

    plan_year: str = Field(title="保障年度")
    name: str = Field(title="名称")
    coverage_start: date = Field(title="保障开始")
    coverage_end: date = Field(title="保障期满")
    central_open_at: Moment = Field(title="集中参保开始")
    central_close_at: Moment = Field(title="集中参保截止")
    instant_open_at: Moment = Field(title="即时参保开放")
    instant_close_at: Moment = Field(title="即时参保截止")
    central_payment_close_on: date = Field(title="集中参保缴费截止")
    half_price_from: date = Field(title="半价起保日")


class PlanYearList(Shape):
    """Every published plan year, the latest first."""

    items: list[PlanYearLine]
    next: str | None = None


class ProjectShape(Shape):
    """保障项目."""

    code: str = Field(title="项目代码")
    group: str = Field(title="项目组")
    group_name: str = Field(title="项目组名称")
    tier: str = Field(title="保障层", description="basic 基本，enhanced 加强，custom 个性化")
    price_fen: int = Field(title="价格（分，每人全年）")
    si_only: bool = Field(title="仅限社保人员")
    benefits: list[str] = Field(title="保障内容")


class ComboShape(Shape):
    """Projects that are cheaper together."""

    items: list[str]
    price_fen: int


class PledgeShape(Shape):
    """承诺书."""

    version: str
    text: str


class PlanYearShape(PlanYearLine):
    """A plan year in full."""

    now: Moment = Field(title="业务时间", description="各办理期限均按此时间判断")
    payment_days: int = Field(title="缴费天数")
    projects: list[ProjectShape] = Field(title="保障项目")
    combo: ComboShape = Field(title="优惠组合")
    waiting_days: dict[str, dict[str, int]] = Field(title="免责期（天）", description="参保类型 → 项目组 → 天数")
    roster_import_max_rows: int = Field(title="单个文件人数上限")
    pledge: PledgeShape = Field(title="承诺书")


@family.get("/plan-years", "保障年度列表", {200: PlanYearList})
@asks(Action.USE_OWN_ACCOUNT)
def list_plan_years() -> Response:
    """A handful; never more than one page."""
    with reading() as records:
        plans = published_plans(records)
    return answer(PlanYearList(items=[PlanYearLine.model_validate(plan, from_attributes=True) for plan in plans]))


@family.get("/plan-years/{year}", "一个保障年度的日期、项目和价格", {200: PlanYearShape}, refuses=("BAT-005",))
@asks(Action.USE_OWN_ACCOUNT)
def get_plan_year(year: str) -> Response:
    """A year that is not published looks like an unknown one."""
    with reading() as records:
        now = business_now(records)
        plan = next((plan for plan in published_plans(records) if plan.plan_year == year), None)
        codes = [code.code for code in codes_of(records, viewer().account_id)]
        pledge = wording_now(records, TextKind.PLEDGE, now)
    if plan is None:
        raise Refused("BAT-005")
    if scope(viewer().role, Action.READ_BATCH) is not Scope.ALL:  # 市职保会 sees what it has agreed with every unit
        plan = plan.as_offered_to(codes)
    line = PlanYearLine.model_validate(plan, from_attributes=True)
    return answer(
        PlanYearShape(
            **dict(line),
            now=now,
            payment_days=plan.payment_days,
            projects=_projects(plan),
            combo=ComboShape(items=list(plan.combo.items), price_fen=plan.combo.price_fen),
            waiting_days={kind: dict(days) for kind, days in plan.waiting_days.items()},
            roster_import_max_rows=plan.roster_import_max_rows,
            pledge=PledgeShape(version=pledge.version, text=pledge.text),
        )
    )


def _projects(plan: PlanYear) -> list[ProjectShape]:
    return [
        ProjectShape(
            code=project.code,
            group=project.group,
            group_name=plan.groups[project.group],
            tier=project.tier,
            price_fen=project.price_fen,
            si_only=project.code in plan.si_only,
            benefits=list(project.benefits),
        )
        for project in plan.projects.values()
    ]
