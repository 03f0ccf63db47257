"""参考数据: the social-insurance register and earlier rosters, loaded from files by jobs."""

from __future__ import annotations

from flask import Blueprint, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from config.clock import local_date
from config.messages import text_at
from models.actions.queue_reference import MAX_BYTES, queue_reference
from models.queries.jobs import progress
from models.queries.plan_years import current_plan
from models.queries.reference import OLD_AFTER_DAYS, reference_load, reference_loads, reference_tables
from models.records.business_clock import business_now
from models.records.database import reading, writing
from models.records.job import UNFINISHED
from models.records.reference_load import ReferenceLoad
from models.records.reference_tables import REFERENCE_TABLES
from models.rules.permissions import Action
from models.rules.refusal import Refused
from tasks.doorbell import ring
from tasks.queues import UPKEEP
from tasks.reference_load import MAX_FINDINGS
from web.access import asks
from web.attachment import takes_files
from web.error_pages import has_its_own_page, refused_with
from web.file_name import base_name
from web.page import REQUEST_WAIT_SECONDS, go_to, render
from web.paging import SIZES, Pages, page_number
from web.reference_words import TABLE_TEXTS, load_badge, reason_words
from web.sign_in import viewer

pages = Blueprint("reference", __name__, url_prefix="/desk/reference")


@pages.get("")
@asks(Action.WRITE_PLAN)
def show_reference() -> ResponseReturnValue:
    """What each table holds and of when, the form for a file, and the files that came before."""
    return _page()


@pages.post("")
@asks(Action.WRITE_PLAN)
@takes_files
def upload() -> ResponseReturnValue:
    """A file becomes a job; nothing is stored before the whole file is judged."""
    kind, file = request.form.get("kind", ""), request.files.get("file")
    if kind not in REFERENCE_TABLES:
        return make_response(_page("请选择参考表。没有导入任何内容。"), 422)
    content = file.read(MAX_BYTES + 1) if file else b""
    try:
        with writing(REQUEST_WAIT_SECONDS) as records:
            load = queue_reference(
                records,
                viewer(),
                kind,
                base_name(file.filename or "") if file else "",
                content,
                business_now(records),
                UPKEEP,
                replace_all=request.form.get("replace_all") == "1",
            )
            load_id, job_id = load.id, load.job_id
    except Refused as refused:
        if has_its_own_page(refused):
            raise
        return refused_with(_page(text_at("reference", refused.code, **refused.values), refused.code), refused)
    ring(job_id)
    return go_to(url_for("reference.show_load", load_id=load_id))


@pages.get("/loads/<int:load_id>")
@asks(Action.WRITE_PLAN)
def show_load(load_id: int) -> ResponseReturnValue:
    """How far a file has come, then what became of it."""
    with reading() as records:
        load = reference_load(records, load_id)
        if load is None:
            raise Refused("BAT-005")
        now = business_now(records)
        return render(
            "reference/load.html",
            now=now,
            plan=current_plan(records, now),
            load=load,
            running=load.job.state in UNFINISHED,
            state=progress(records, load.job),
            badge=load_badge(load),
            table_text=TABLE_TEXTS[load.kind],
            reason_words=reason_words,
            max_findings=MAX_FINDINGS,
        )


@pages.get("/loads/<int:load_id>/progress")
@asks(Action.WRITE_PLAN)
def show_progress(load_id: int) -> ResponseReturnValue:
    """The polled part alone; after the end the whole page follows."""
    with reading() as records:
        load = reference_load(records, load_id)
        if load is None:
            raise Refused("BAT-005")
        if load.job.state not in UNFINISHED:
            return go_to(url_for("reference.show_load", load_id=load_id))
        return render_template("reference/live.html", load=load, state=progress(records, load.job))


def _page(wrong: str = "", code: str = "") -> str:
    page = page_number(request.args.get("page"))
    with reading() as records:
        now = business_now(records)
        loads, total = reference_loads(records, page, SIZES[0])
        lines: list[tuple[ReferenceLoad, object]] = [(load, load_badge(load)) for load in loads]
        return render(
            "reference/reference.html",
            now=now,
            plan=current_plan(records, now),
            tables=reference_tables(records),
            texts=TABLE_TEXTS,
            columns={kind: ",".join(table.columns) for kind, table in REFERENCE_TABLES.items()},
            today=local_date(now),
            old_after=OLD_AFTER_DAYS,
            loads=lines,
            pages=Pages(page, SIZES[0], total),
            wrong=wrong,
            code=code,
            chosen=request.form.get("kind", ""),
            replace_all=request.form.get("replace_all") == "1",
            megabytes=MAX_BYTES // 2**20,
        )
