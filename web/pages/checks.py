"""清册校验 and its report, and 清册提交 with its pledge."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from config.clock import local_date
from config.messages import remedy, text, text_without_row
from models.actions.batch_change import actions_now, refuse_unless_possible
from models.actions.queue_check import queue_submission, queue_validation
from models.queries.batches import find_batch
from models.queries.jobs import JobOf, last_job, progress
from models.queries.roster import people_on
from models.queries.texts import wording_now
from models.queries.validation_lines import notices, people_found, people_of_code, people_over_age
from models.queries.validation_report import CHECK_KINDS, ReportSeen, Tab, job_at_work, report_seen
from models.records.batch import Batch
from models.records.business_clock import business_now
from models.records.database import reading, writing
from models.records.job import UNFINISHED, Job
from models.records.plan_year import plan_of
from models.records.text_version import TextKind
from models.rules.lifecycle import CLAIMING, ROSTER_EDITABLE, BatchAction, BatchState
from models.rules.permissions import Action
from models.rules.person import ID_TYPE_TEXTS
from models.rules.plan import PlanYear
from models.rules.refusal import Refused
from tasks.doorbell import ring
from tasks.queues import people_queue
from web.access import asks
from web.badges import BATCH, READY_TO_SUBMIT
from web.batch_facts import left_words
from web.check_page import Report, age_on, live, paragraphs, shown_tab, tab_text, told
from web.error_pages import has_its_own_page, refused_with
from web.page import REQUEST_WAIT_SECONDS, go_to, here, render, say, version_in_form
from web.pages.roster import step_of
from web.paging import Pages, page_number
from web.sign_in import viewer

pages = Blueprint("checks", __name__, url_prefix="/batches/<batch_no>")

PEOPLE_A_PAGE = 50
_SUBMIT = "roster.submit"


@pages.get("/validation")
@asks(Action.READ_PEOPLE)
def show_validation(batch_no: str) -> ResponseReturnValue:
    """While the roster is checked how far that has come, afterwards the report; once submitted what was fixed."""
    with reading() as records:
        now = business_now(records)
        batch = find_batch(records, viewer(), batch_no, Action.READ_PEOPLE)
        plan = plan_of(records, batch.plan_year)
        seen = report_seen(records, batch, plan, local_date(now))
        if seen.running and seen.job is not None:
            return render("checks/progress.html", now=now, plan=plan, batch=batch, **_live(records, seen.job))
        return _report(records, batch, plan, seen, now)


@pages.post("/validation")
@asks(Action.WORK_ON_BATCH)
def validate(batch_no: str) -> ResponseReturnValue:
    """清册校验: a job checks the roster as it is now, whatever the page showed."""
    try:
        with writing(REQUEST_WAIT_SECONDS) as records:
            job_id = queue_validation(records, viewer(), batch_no, business_now(records), people_queue).id
    except Refused as refused:
        return not_started(batch_no, refused)
    ring(job_id)
    return go_to(url_for("checks.show_validation", batch_no=batch_no))


@pages.get("/validation/progress")
@asks(Action.READ_PEOPLE)
def show_progress(batch_no: str) -> ResponseReturnValue:
    """The polled part alone. After the end the whole page follows, which is what the clerk waits for."""
    with reading() as records:
        batch = find_batch(records, viewer(), batch_no, Action.READ_PEOPLE)
        job = last_job(records, batch, *CHECK_KINDS)
        if job is None or job.state not in UNFINISHED:
            return go_to(url_for("checks.show_validation", batch_no=batch_no))
        return render_template("checks/live.html", batch=batch, **_live(records, job))


@pages.get("/submission")
@asks(Action.WORK_ON_BATCH)
def ask_to_submit(batch_no: str) -> ResponseReturnValue:
    """清册提交 opens the pledge; closing it changes nothing."""
    with reading() as records:
        now = business_now(records)
        batch = find_batch(records, viewer(), batch_no, Action.WORK_ON_BATCH)
        refuse_unless_possible(records, batch, BatchAction.SUBMIT_ROSTER, now)
        if people_on(records, batch.id):
            return _pledge(records, batch, now)
    return not_started(batch_no, Refused("VAL-001"))


@pages.post("/submission")
@asks(Action.WORK_ON_BATCH)
def submit(batch_no: str) -> ResponseReturnValue:
    """Agreed to: a job checks everything again and submits. Else the pledge again, with why and with the tick."""
    agreed = request.form.get("agreed") == "1"
    named = request.form.get("pledge_version", "") if agreed else ""
    version = version_in_form()
    try:
        with writing(REQUEST_WAIT_SECONDS) as records:
            now = business_now(records)
            job_id = queue_submission(records, viewer(), batch_no, named, now, people_queue, version=version).id
    except Refused as refused:
        if refused.code not in {"VAL-007", "BAT-004"}:
            return not_started(batch_no, refused)
        with reading() as records:
            batch = find_batch(records, viewer(), batch_no, Action.WORK_ON_BATCH)
            now = business_now(records)
            agreed = agreed and named == wording_now(records, TextKind.PLEDGE, now).version
            return refused_with(_pledge(records, batch, now, refused=refused, agreed=agreed), refused)
    ring(job_id)
    return go_to(url_for("checks.show_validation", batch_no=batch_no))


def _report(records: Session, batch: Batch, plan: PlanYear, seen: ReportSeen, now: datetime) -> ResponseReturnValue:
    report = told(seen, plan)
    tab, page = shown_tab(report, request.args.get("tab", "")), page_number(request.args.get("page"))
    code = request.args.get("si", "")[:20] if tab is Tab.RATIO else ""
    listed = _listed(records, batch, plan, seen, tab, code, local_date(now), page)
    if page > 1 and not listed["lines"]:  # people left, and the last page with them
        return go_to(here(page=listed["pages"].count))
    ready = report.ready and seen.report is not None and seen.report.passed and batch.state == BatchState.ROSTER_DRAFT
    return render(
        "checks/report.html",
        now=now,
        plan=plan,
        batch=batch,
        badge=READY_TO_SUBMIT if ready else BATCH[batch.state],
        step=max(step_of(batch), 2) if step_of(batch) else 0,
        editable=batch.state in ROSTER_EDITABLE,
        submitted=batch.state in CLAIMING,
        seen=seen,
        report=report,
        tab=tab,
        tab_words=tab_text(tab, plan) if tab else "",
        code=code,
        actions=actions_now(viewer(), batch, plan, now),
        failure=_failure(seen),
        left=list(left_words(batch, plan, now)) if batch.state == BatchState.EXPIRED else [],
        id_type_texts=ID_TYPE_TEXTS,
        age_on=age_on,
        words_of=lambda found: text_without_row(found.code, **found.values),
        remedy=remedy,
        **listed,
    )


def _listed(  # noqa: PLR0917 - of which roster, which tab of it, as of when
    records: Session,
    batch: Batch,
    plan: PlanYear,
    seen: ReportSeen,
    tab: Tab | None,
    code: str,
    today: date,
    page: int,
) -> dict[str, Any]:
    """The rows of one tab, of which no other loads any."""
    where: dict[str, int] = {"page": page, "size": PEOPLE_A_PAGE}
    counted: dict[str, Any] = {}
    lines: Any = []
    total = seen.count(tab) if tab else 0
    if tab is Tab.OVER_AGE:
        lines = people_over_age(records, batch, plan, today, **where)
        counted["promise"] = wording_now(records, TextKind.PROMISE, business_now(records)).text
    elif tab is Tab.NOTICES:
        lines = notices(records, batch, **where)
    elif tab is Tab.RATIO and code:
        lines, total, counted["counted"] = people_of_code(records, batch, plan, code, today, **where)
    elif tab is Tab.RATIO:
        lines = seen.ratios[(page - 1) * PEOPLE_A_PAGE : page * PEOPLE_A_PAGE]
    elif tab is not None:
        lines = people_found(records, batch, plan, tab, today, **where)
    return {"lines": lines, "pages": Pages(page, PEOPLE_A_PAGE, total), **counted}


def _pledge(
    records: Session, batch: Batch, now: datetime, *, refused: Refused | None = None, agreed: bool = False
) -> str:
    plan = plan_of(records, batch.plan_year)
    seen = report_seen(records, batch, plan, local_date(now))
    report: Report = told(seen, plan)
    pledge = wording_now(records, TextKind.PLEDGE, now)
    return render(
        "checks/pledge.html",
        now=now,
        plan=plan,
        batch=batch,
        seen=seen,
        report=report,
        pledge=pledge,
        paragraphs=paragraphs(pledge.text),
        agreed=agreed,
        refused=refused,
        message=text(refused.code, **refused.values) if refused else "",
        action=url_for("checks.submit", batch_no=batch.batch_no),
        back=url_for("checks.show_validation", batch_no=batch.batch_no),
    )


def not_started(batch_no: str, refused: Refused) -> ResponseReturnValue:
    """Why nothing was done, at the top of the report; what is already being done (BAT-007) on its own page."""
    if has_its_own_page(refused):
        raise refused
    with reading() as records:
        batch = find_batch(records, viewer(), batch_no, Action.WORK_ON_BATCH)
        at_work = job_at_work(records, batch) if refused.code == "BAT-007" else None
    if not (refused.code == "BAT-002" and batch.state in CLAIMING):  # asked for twice: the page says that it is done
        say(text(refused.code, **refused.values), refused.code, tone="work" if at_work else "bad")
    return go_to(_page_of(batch_no, at_work))


def _page_of(batch_no: str, at_work: JobOf | None) -> str:
    if at_work is not None and at_work.import_id is not None:
        return url_for("imports.show_import", import_id=at_work.import_id)
    return url_for("checks.show_validation", batch_no=batch_no)


def _live(records: Session, job: Job) -> dict[str, Any]:
    submits = job.kind == _SUBMIT
    return {"job": job, "submits": submits, "live": live(progress(records, job), submits=submits)}


def _failure(seen: ReportSeen) -> tuple[str, str, str]:
    """That the last check or submission was not brought to its end, why, and the code; empty where it was."""
    job = seen.job
    if job is None or not seen.broken:
        return "", "", ""
    what = "提交" if job.kind == _SUBMIT else "校验"
    code = job.code or "SYS-001"
    return f"{what}没有完成，清册没有变化。", text(code, **job.values), code
