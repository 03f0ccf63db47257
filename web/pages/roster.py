"""参保清册: the people of a batch, removing them, and the card for uploading a file."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from config.clock import local_date
from config.messages import text
from models.actions.batch_change import actions_now
from models.actions.export_people import open_export
from models.queries.batches import find_batch
from models.queries.deadlines import deadlines_of
from models.queries.imports import imports_of
from models.queries.roster import RosterFilters, roster_page
from models.records.batch import Batch
from models.records.business_clock import business_now
from models.records.database import reading, writing
from models.records.plan_year import plan_of
from models.records.validation import ValidationReport
from models.rules.permissions import Action
from models.rules.person import EMPLOYMENT_TEXTS
from models.rules.refusal import Refused
from tasks.workbook.people_workbook import people_workbook_stream
from tasks.workbook.template import template_workbook
from web.access import asks, may, open_to_all
from web.error_pages import refused_with
from web.import_page.summary import summary
from web.page import REQUEST_WAIT_SECONDS, here, in_dialog, render, say
from web.paging import SIZES, Pages, page_number, page_size
from web.projects import in_words, offered
from web.roster_filters import EMPLOYMENT, filters_from, over_age_word, roster_address, sealed, unsealed
from web.roster_filters import in_words as filters_in_words
from web.sign_in import viewer
from web.workbook import workbook

pages = Blueprint("roster", __name__)

_RECENT = 3


@pages.get("/batches/<batch_no>/roster")
@asks(Action.READ_PEOPLE)
def show_roster(batch_no: str) -> ResponseReturnValue:
    """The people under the filters of the address; those with a certificate number are sealed in it."""
    token = request.args.get("f")
    filters = filters_from(request.args) if token is None else unsealed(viewer(), batch_no, token)
    if filters is None:
        _find(batch_no)
        say("搜索条件已过期，请重新搜索。现在显示全部人员。", tone="todo")
        return redirect(url_for("roster.show_roster", batch_no=batch_no), 303)
    return roster_view(batch_no, filters, request.args)


@pages.post("/batches/<batch_no>/roster/search")
@asks(Action.READ_PEOPLE)
def search_roster(batch_no: str) -> ResponseReturnValue:
    """The filter form: an address that can be reloaded and come back to, with no certificate number in clear."""
    _find(batch_no)
    filters = filters_from(request.form, with_number=True)
    return redirect(roster_address(viewer(), batch_no, filters, request.form.get("size", "")), 303)


@pages.get("/batches/<batch_no>/people.xlsx")
@asks(Action.WORK_ON_BATCH)
def export_people(batch_no: str) -> ResponseReturnValue:
    """导出清册, sent while it is read."""
    with writing(REQUEST_WAIT_SECONDS) as records:
        export = open_export(records, viewer(), batch_no, business_now(records))
    return workbook(people_workbook_stream(export), f"参保清册_{export.batch_no}")


@pages.get("/template.xlsx")
@open_to_all
def download_template() -> ResponseReturnValue:
    """下载导入模板."""
    return workbook(template_workbook(), "参保清册导入模板")


def roster_view(
    batch_no: str, filters: RosterFilters, source: Any = None, *, refused: Refused | None = None
) -> ResponseReturnValue:
    """The roster page; `refused` is shown at the upload card, with the status that belongs to it."""
    source = source or {}
    page, size = page_number(source.get("page")), page_size(source.get("size"))
    with reading() as records:
        now = business_now(records)
        who = viewer()
        batch = find_batch(records, who, batch_no, Action.READ_PEOPLE)
        plan = plan_of(records, batch.plan_year)
        shown = roster_page(records, batch, plan, filters, local_date(now), page=page, size=size)
        if shown.found and not shown.lines:  # people left, and the last page with them
            return redirect(here(page=Pages(page, size, shown.found).count))
        recent, uploads = imports_of(records, batch, 1, _RECENT)
        closed = deadlines_of(batch, plan).window_refusal(now)
        body = render(
            "roster/roster.html",
            now=now,
            plan=plan,
            batch=batch,
            lines=shown.lines,
            counts=shown.counts,
            pages=Pages(page, size, shown.found),
            sizes=SIZES,
            filters=filters,
            filter_words=filters_in_words(filters),
            found_by=sealed(who, batch_no, filters),
            employment_filters=EMPLOYMENT,
            employment_texts=EMPLOYMENT_TEXTS,
            over_age=over_age_word(filters),
            own=may(Action.WORK_ON_BATCH),
            actions=actions_now(who, batch, plan, now),
            closed_words=text(closed.code, **closed.values) if closed else "",
            step=step_of(batch),
            report=records.get(ValidationReport, batch.id),
            groups=offered(plan.as_offered_to([batch.code.code])),
            default_projects=in_words(sorted(plan.basics)),
            max_rows=plan.roster_import_max_rows,
            recent=[summary(seen) for seen in recent],
            uploads=uploads,
            refused=refused,
            message=text(refused.code, **refused.values) if refused else "",
        )
    return refused_with(body, refused) if refused else make_response(body)


def _find(batch_no: str) -> None:
    """Refused BAT-005 before anything else: another's batch looks like an unknown one."""
    with reading() as records:
        find_batch(records, viewer(), batch_no, Action.READ_PEOPLE)


def roster_as_seen(batch_no: str, otherwise: str = "") -> str:
    """Where a sheet came from: the roster or its report, with the filters, tab and page that lie beneath it.

    Without a sheet `otherwise`, or the roster.
    """
    roster = url_for("roster.show_roster", batch_no=batch_no)
    beneath = urlsplit(request.headers.get("HX-Current-URL", ""))
    if in_dialog() and beneath.path in {roster, url_for("checks.show_validation", batch_no=batch_no)}:
        return f"{beneath.path}?{beneath.query}" if beneath.query else beneath.path
    return otherwise or roster


def picked_people() -> list[int]:
    """The person whose own button was pressed, or else everybody ticked."""
    wanted = request.form.getlist("only") or request.form.getlist("pick")
    return sorted({int(one) for one in wanted if one.isascii() and one.isdigit() and len(one) < 19})


_STEPS = {"roster_draft": 1, "roster_failed": 2, "roster_submitted": 3, "awaiting_payment": 4, "payment_review": 4,
          "payment_rejected": 4, "enrolled": 5}  # fmt: skip


def step_of(batch: Batch) -> int:
    """Which of the five steps a batch is at; 0 for one that is over."""
    return _STEPS.get(batch.state, 0)
