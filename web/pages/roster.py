"""参保清册: the people of a batch, removing them, and the card for uploading a file."""

from __future__ import annotations

import io
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, make_response, redirect, request, send_file, url_for
from flask.typing import ResponseReturnValue

from config.clock import local_date
from config.messages import text
from models.actions.remove_people import remove_everybody, remove_people
from models.queries.batches import find_batch
from models.queries.imports import imports_of
from models.queries.roster import RosterFilters, roster_page
from models.records.batch import Batch
from models.records.business_clock import business_now
from models.records.database import reading, writing
from models.records.plan_year import plan_of
from models.records.sealing import PREFIX_LENGTH
from models.rules.identity import normalise
from models.rules.lifecycle import ROSTER_EDITABLE
from models.rules.permissions import Action, Role
from models.rules.person import EMPLOYMENT_TEXTS, EmploymentStatus, mask_typed
from models.rules.plan import EnrolmentType, window_refusal
from models.rules.refusal import Refused
from tasks.workbook.template import template_workbook
from web.access import asks, open_to_all
from web.error_pages import status_of
from web.import_summary import summary
from web.page import REQUEST_WAIT_SECONDS, go_to, render, say
from web.paging import SIZES, Pages, page_number, page_size
from web.projects import in_words, offered
from web.sign_in import viewer

pages = Blueprint("roster", __name__)

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_RECENT = 3
_OVER_AGE = {"": None, "true": True, "false": False}
EMPLOYMENT_FILTERS = {
    EmploymentStatus.IN_SERVICE.value: "在职",
    EmploymentStatus.RETIRED.value: "退休",
    EmploymentStatus.UNKNOWN.value: "职退情况为“-”",
}


@pages.get("/batches/<batch_no>/roster")
@asks(Action.READ_PEOPLE)
def show_roster(batch_no: str) -> ResponseReturnValue:
    """The people under the filters of the address. A certificate number is never one of them."""
    return roster_view(batch_no, _filters(request.args), request.args)


@pages.post("/batches/<batch_no>/roster/search")
@asks(Action.READ_PEOPLE)
def search_roster(batch_no: str) -> ResponseReturnValue:
    """The filter form. With a certificate number, in whatever field, the page is the answer itself: numbers stand in no
    address.
    """
    filters = _filters(request.form)
    if not filters.id_no and not _holds_a_number(filters):
        query = {name: request.form.get(name, "").strip() for name in ("name", "si", "employment", "over_age", "size")}
        kept = urlencode({name: value for name, value in query.items() if value})
        return redirect(url_for("roster.show_roster", batch_no=batch_no) + (f"?{kept}" if kept else ""), 303)
    return roster_view(batch_no, filters, request.form)


@pages.post("/batches/<batch_no>/people/remove")
@asks(Action.WORK_ON_BATCH)
def remove_ticked(batch_no: str) -> ResponseReturnValue:
    """移除 and 批量移除: first who it is, then, that confirmed, gone."""
    picked = _picked()
    try:
        if not picked:
            raise Refused("RST-006")
        if not request.form.get("confirmed"):
            return _ask_to_remove(batch_no, picked)
        with writing(REQUEST_WAIT_SECONDS) as records:
            removed = remove_people(records, viewer(), batch_no, picked, business_now(records))
    except Refused as refused:
        return _not_removed(batch_no, refused)
    say(f"已移除 {removed:,} 人。", tone="good")
    return go_to(url_for("roster.show_roster", batch_no=batch_no))


@pages.get("/batches/<batch_no>/people/remove-all")
@asks(Action.WORK_ON_BATCH)
def ask_to_remove_all(batch_no: str) -> ResponseReturnValue:
    """移除全部 names how many before anything happens."""
    return _ask_to_remove(batch_no, None)


@pages.post("/batches/<batch_no>/people/remove-all")
@asks(Action.WORK_ON_BATCH)
def remove_all(batch_no: str) -> ResponseReturnValue:
    """移除全部, confirmed."""
    try:
        with writing(REQUEST_WAIT_SECONDS) as records:
            removed = remove_everybody(records, viewer(), batch_no, business_now(records))
    except Refused as refused:
        return _not_removed(batch_no, refused)
    say(f"已移除全部名单，共 {removed:,} 人。", tone="good")
    return go_to(url_for("roster.show_roster", batch_no=batch_no))


@pages.get("/template.xlsx")
@open_to_all
def download_template() -> ResponseReturnValue:
    """下载导入模板."""
    return workbook_answer(template_workbook(), "参保清册导入模板.xlsx")


def roster_view(
    batch_no: str, filters: RosterFilters, source: Any = None, *, refused: Refused | None = None
) -> ResponseReturnValue:
    """The roster page; `refused` is shown at the upload card, with the status that belongs to it."""
    source = source or {}
    page, size = page_number(source.get("page")), page_size(source.get("size"))
    with reading() as records:
        now = business_now(records)
        who = viewer()
        batch = find_batch(records, who, batch_no)
        plan = plan_of(records, batch.plan_year)
        shown = roster_page(records, batch, plan, filters, local_date(now), page=page, size=size)
        recent, uploads = imports_of(records, batch, 1, _RECENT)
        closed = window_refusal(plan, EnrolmentType(batch.enrolment_type), now)
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
            filter_words=_in_words(filters),
            by_number=bool(filters.id_no) or _holds_a_number(filters),
            employment_filters=EMPLOYMENT_FILTERS,
            employment_texts=EMPLOYMENT_TEXTS,
            over_age=next(name for name, value in _OVER_AGE.items() if value is filters.over_age),
            editable=who.role is Role.HANDLER and batch.state in ROSTER_EDITABLE and closed is None,
            closed_words=text(closed.code, **closed.values) if closed else "",
            step=_step(batch),
            groups=offered(plan),
            default_projects=in_words(sorted(plan.basics)),
            max_rows=plan.roster_import_max_rows,
            recent=[summary(seen) for seen in recent],
            uploads=uploads,
            refused=refused,
            message=text(refused.code, **refused.values) if refused else "",
        )
    return make_response(body, status_of(refused.code) if refused else 200)


def workbook_answer(content: bytes, name: str) -> Response:
    """A workbook to be saved under a Chinese name."""
    return send_file(io.BytesIO(content), mimetype=XLSX, as_attachment=True, download_name=name, etag=False)


def _picked() -> list[int]:
    """The person whose own button was pressed, or else everybody ticked."""
    wanted = request.form.getlist("only") or request.form.getlist("pick")
    return sorted({int(one) for one in wanted if one.isascii() and one.isdigit() and len(one) < 19})


def _ask_to_remove(batch_no: str, picked: list[int] | None) -> str:
    """The confirmation. Who is named is looked up again: only people of this roster can be removed."""
    with reading() as records:
        now = business_now(records)
        batch = find_batch(records, viewer(), batch_no)
        plan = plan_of(records, batch.plan_year)
        shown = roster_page(records, batch, plan, RosterFilters(), local_date(now), size=1)
        return render(
            "roster/remove.html",
            now=now,
            plan=plan,
            batch=batch,
            picked=picked,
            action=url_for("roster.remove_all" if picked is None else "roster.remove_ticked", batch_no=batch_no),
            people=shown.counts.people,
            message=text("RST-008", n=shown.counts.people) if picked is None else text("RST-007", n=len(picked)),
        )


def _not_removed(batch_no: str, refused: Refused) -> ResponseReturnValue:
    if status_of(refused.code) in {403, 404}:
        raise refused
    say(text(refused.code, **refused.values), refused.code, tone="bad")
    return go_to(url_for("roster.show_roster", batch_no=batch_no))


def _filters(source: Any) -> RosterFilters:
    employment = source.get("employment", "")
    return RosterFilters(
        name=source.get("name", "").strip()[:50],
        id_no=source.get("id_no", "").strip()[:40] if request.method == "POST" else "",
        si_unit_code=source.get("si", "").strip()[:20],
        employment_status=employment if employment in EMPLOYMENT_FILTERS else "",
        over_age=_OVER_AGE.get(source.get("over_age", "")),
    )


def _in_words(filters: RosterFilters) -> str:
    """The filters as the page repeats them when nobody was found."""
    words = []
    if filters.name:
        words.append(f"姓名含“{filters.name}”")
    if filters.id_no:
        too_short = len(normalise(filters.id_no)) < PREFIX_LENGTH or "*" in filters.id_no
        words.append("证件号（请输入全号或前 6 位）" if too_short else "证件号")
    if filters.si_unit_code:
        words.append(f"单位社保号“{filters.si_unit_code}”")
    if filters.employment_status:
        words.append(f"职退情况：{EMPLOYMENT_FILTERS[filters.employment_status]}")
    if filters.over_age is not None:
        words.append("是否超龄：" + ("超龄" if filters.over_age else "未超龄"))
    return " · ".join(words)


_STEPS = {"roster_draft": 1, "roster_failed": 2, "roster_submitted": 3, "awaiting_payment": 4, "payment_review": 4,
          "payment_rejected": 4, "enrolled": 5}  # fmt: skip


def _step(batch: Batch) -> int:
    """Which of the five steps a batch is at; 0 for one that is over."""
    return _STEPS.get(batch.state, 0)


def _holds_a_number(filters: RosterFilters) -> bool:
    """Whether what was typed into the other fields may be somebody's number."""
    digits_in_name = sum(map(str.isdigit, filters.name))
    return digits_in_name > 5 or any(mask_typed(None, text) != text for text in (filters.name, filters.si_unit_code))
