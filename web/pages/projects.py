"""保障项目选择, 生成保费信息, 提交确认保费, and 保费详情."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from flask import Blueprint, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from config.clock import local_date
from config.messages import text
from models.actions.batch_change import actions_now, refuse_if_stale, refuse_unless_possible
from models.actions.export_premium import open_premium_export
from models.actions.price_batch import confirm_premium, generate_premium, preview_to_confirm
from models.queries.batches import find_batch
from models.queries.estimate import locked_projects
from models.queries.premium import PremiumSeen, charges_page, dates_of_payment, find_premium, premium_of
from models.records.batch import Batch
from models.records.business_clock import business_now
from models.records.database import reading, writing
from models.records.plan_year import plan_of
from models.rules.calendar_days import deadline_text
from models.rules.lifecycle import ROSTER_EDITABLE, BatchAction
from models.rules.money import yuan
from models.rules.payment import DueDates
from models.rules.permissions import Action
from models.rules.plan import EnrolmentType
from models.rules.refusal import Refused
from tasks.workbook.premium_workbook import premium_workbook_stream
from web.access import asks, may
from web.error_pages import has_its_own_page, refused_with
from web.page import REQUEST_WAIT_SECONDS, go_to, here, render, say, version_in_form
from web.pages.roster import step_of
from web.paging import SIZES, Pages, page_number, page_size
from web.premium_page import Totals, confirm_by, each_pays, is_late, plan_columns, reinstated_words
from web.projects import by_tier, plan_rows, ticked_projects
from web.sign_in import viewer
from web.workbook import workbook

pages = Blueprint("projects", __name__, url_prefix="/batches/<batch_no>")


@pages.get("/projects")
@asks(Action.READ_BATCH)
def choose(batch_no: str) -> ResponseReturnValue:
    """The plan to choose from, the premium that comes of it, and once it is confirmed how to pay it."""
    chosen = request.args.get("chosen")
    return _page(batch_no, None if chosen is None else chosen.split(","))


@pages.post("/projects")
@asks(Action.WORK_ON_BATCH)
def generate(batch_no: str) -> ResponseReturnValue:
    """生成保费信息: the page with the premium, or again with what was ticked and why not."""
    ticked = ticked_projects(request.form)
    try:
        with writing(REQUEST_WAIT_SECONDS) as records:
            now = business_now(records)
            generate_premium(records, viewer(), batch_no, ticked or None, now, version=version_in_form())
    except Refused as refused:
        if has_its_own_page(refused):
            raise
        return refused_with(_page(batch_no, ticked, refused), refused)
    return go_to(url_for("projects.choose", batch_no=batch_no, _anchor="premium"))


@pages.post("/projects/confirm")
@asks(Action.WORK_ON_BATCH)
def confirm(batch_no: str) -> ResponseReturnValue:
    """提交确认保费: first what it fixes (FEE-002), then, that confirmed, done."""
    token, acknowledged = request.form.get("preview", ""), request.form.getlist("acknowledged")
    ticked = ticked_projects(request.form)
    try:
        if not request.form.get("confirmed"):
            return _ask(batch_no, token, acknowledged, ticked)
        with writing(REQUEST_WAIT_SECONDS) as records:
            now = business_now(records)
            confirm_premium(records, viewer(), batch_no, token, acknowledged, now, version=version_in_form())
    except Refused as refused:
        if has_its_own_page(refused):
            raise
        say(text(refused.code, **refused.values), refused.code, tone="bad")
        return go_to(url_for("projects.choose", batch_no=batch_no, chosen=",".join(ticked) or None))
    say("保费已确认。请汇款并上传缴费凭证。", tone="good")
    return go_to(url_for("projects.choose", batch_no=batch_no))


@pages.get("/premium")
@asks(Action.READ_PEOPLE)
def show_premium(batch_no: str) -> ResponseReturnValue:
    """保费详情: what each person takes and pays."""
    page, size = page_number(request.args.get("page")), page_size(request.args.get("size"))
    with reading() as records:
        batch, seen = find_premium(records, viewer(), batch_no)
        totals = Totals.of(seen)
        shown = Pages(page, size, totals.people)
        if page > shown.count:
            return redirect(here(page=shown.count))
        return render(
            "projects/detail.html",
            now=business_now(records),
            plan=seen.plan,
            batch=batch,
            seen=seen,
            totals=totals,
            charges=charges_page(records, seen, page, size),
            pages=shown,
            sizes=SIZES,
            chosen_words=by_tier(seen.preview.projects, seen.plan),
            own=may(Action.WORK_ON_BATCH),
        )


@pages.get("/premium.xlsx")
@asks(Action.WORK_ON_BATCH)
def export_premium(batch_no: str) -> ResponseReturnValue:
    """导出保费详情, sent while it is read."""
    with writing(REQUEST_WAIT_SECONDS) as records:
        export = open_premium_export(records, viewer(), batch_no, business_now(records))
    return workbook(premium_workbook_stream(export), f"保费详情_{export.batch_no}")


def _page(batch_no: str, ticked: Sequence[str] | None = None, refused: Refused | None = None) -> ResponseReturnValue:
    """The page; `ticked` is what the form had, else what the premium is of is ticked."""
    with reading() as records:
        now, who = business_now(records), viewer()
        batch = find_batch(records, who, batch_no)
        plan = plan_of(records, batch.plan_year)
        seen = premium_of(records, batch)
        locked = None if seen and seen.confirmed else locked_projects(records, batch)
        actions = actions_now(who, batch, plan, now)
        priced = seen.preview.projects if seen else []
        chosen = set(locked or (priced if ticked is None else ticked))
        totals = Totals.of(seen) if seen else None
        body = render(
            "projects/choose.html",
            now=now,
            plan=plan,
            batch=batch,
            step=step_of(batch),
            actions=actions,
            rows=plan_rows(plan.as_offered_to([batch.code.code])),
            columns=plan_columns(plan, batch),
            one_by_one_fen=sum(plan.prices_fen[code] for code in plan.combo.items),
            chosen=chosen,
            locked=locked is not None,
            locked_words=text("PRJ-007"),
            outdated=bool(seen) and chosen != set(priced),
            not_yet=batch.state in ROSTER_EDITABLE,
            seen=seen,
            totals=totals,
            chosen_words=by_tier(priced, plan),
            each_pays=each_pays(seen, totals) if seen and totals else "",
            warnings=_notices(seen, warnings=True),
            hints=_notices(seen, warnings=False),
            confirm_by=confirm_by(batch, plan),
            late=is_late(batch, local_date(now)),
            reinstated=reinstated_words(batch.reinstated_until),
            reads_people=may(Action.READ_PEOPLE),
            own=may(Action.WORK_ON_BATCH),
            refused=refused,
            message=text(refused.code, **refused.values) if refused else "",
        )
    return make_response(body)


def _ask(batch_no: str, token: str, acknowledged: Collection[str], ticked: Sequence[str]) -> str:
    """The confirmation. Refused as `confirm_premium`, and FEE-001 where something else is ticked than was priced."""
    with reading() as records:
        now = business_now(records)
        batch = find_batch(records, viewer(), batch_no, Action.WORK_ON_BATCH)
        refuse_unless_possible(records, batch, BatchAction.CONFIRM_PREMIUM, now)
        refuse_if_stale(batch, version_in_form())
        preview = preview_to_confirm(records, batch, token, acknowledged)
        if not preview.locked and set(ticked) != set(preview.projects):
            raise Refused("FEE-001")
        plan = plan_of(records, batch.plan_year)
        seen = PremiumSeen(preview, plan, bool(batch.half_price), confirmed=False)
        dates = dates_of_payment(batch, plan, local_date(now))
        return render(
            "projects/confirm.html",
            now=now,
            plan=plan,
            batch=batch,
            preview=preview,
            totals=Totals.of(seen),
            dates=dates,
            chosen_words=by_tier(preview.projects, plan),
            action=url_for("projects.confirm", batch_no=batch_no),
            back=url_for("projects.choose", batch_no=batch_no),
            withdrawal=_withdrawal_words(batch, preview.locked),
            message=text("FEE-002", amount=yuan(preview.total_fen), due=_due_words(batch, dates)),
        )


def _due_words(batch: Batch, dates: DueDates) -> str:
    """By when to pay, as FEE-002 says it: the one deadline of a reinstated batch replaces the day (DOMAIN 3.3)."""
    return deadline_text(batch.reinstated_until) if batch.reinstated_until else dates.due_on.isoformat()


def _notices(seen: PremiumSeen | None, *, warnings: bool) -> list[tuple[str, list[str]]]:
    """Codes with their sentences: what must be ticked 已知晓, or what need only be known."""
    found: dict[str, list[str]] = {}
    for notice in seen.preview.notices if seen else ():
        if notice.is_warning is warnings:
            found.setdefault(notice.code, []).append(text(notice.code, **notice.values))
    return list(found.items())


def _withdrawal_words(batch: Batch, locked: bool) -> str:
    """What can still be undone after the confirmation."""
    if batch.enrolment_type == EnrolmentType.CENTRAL:
        return "集中参保截止前、未提交缴费凭证时，仍可【批次撤回】重新整理清册或重新选择保障项目。"
    what = "重新整理清册" if locked else "重新整理清册或重新选择保障项目"
    return f"未提交缴费凭证时，仍可【批次撤回】{what}。"
