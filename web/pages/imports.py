"""One import: receiving the file, how far it has come, what became of it."""

from __future__ import annotations

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from config.stop_points import stop_for_tests
from models.actions.batch_change import actions_now
from models.actions.cancel_import import cancel_import
from models.actions.marked_workbook import ask_for_report, take_report
from models.actions.queue_import import Receipt, queue_import
from models.queries.batches import find_batch
from models.queries.imports import ImportSeen, import_seen, imports_by, imports_of, report_state, undo_job
from models.queries.jobs import progress
from models.queries.plan_years import current_plan
from models.queries.roster import RosterFilters
from models.records.business_clock import business_now
from models.records.database import reading, writing
from models.records.job import UNFINISHED, JobState
from models.records.plan_year import plan_of
from models.rules.lifecycle import BatchAction
from models.rules.permissions import Action
from models.rules.refusal import Refused
from tasks.doorbell import ring, ring_next
from tasks.queues import ROSTER_SMALL, roster_queue
from web.access import asks, may
from web.error_pages import has_its_own_page
from web.file_name import base_name
from web.import_page.live import live
from web.import_page.page import ending, result_page, same_file
from web.import_page.result import result
from web.import_page.summary import advice, badge, failure, summary
from web.page import REQUEST_WAIT_SECONDS, go_to, render, say
from web.pages.roster import roster_view
from web.pages.undo import show_undoing
from web.paging import SIZES, Pages, page_number
from web.sign_in import viewer
from web.workbook import workbook

pages = Blueprint("imports", __name__)


@pages.post("/batches/<batch_no>/imports")
@asks(Action.WORK_ON_BATCH)
def upload(batch_no: str) -> ResponseReturnValue:
    """上传并导入, or 仅校验: the file, its receipt and its job are stored before the answer."""
    file = request.files.get("file")
    ticked = request.form.getlist("projects")
    try:
        if file is None or not file.filename:
            raise Refused("SYS-002", field="清册文件")
        content = file.read()
        with writing(REQUEST_WAIT_SECONDS) as records:
            receipt = queue_import(
                records,
                viewer(),
                batch_no,
                file_name=base_name(file.filename),
                content=content,
                queue=roster_queue(len(content)),
                now=business_now(records),
                check_only=bool(request.form.get("check_only")),
                projects=ticked or None,
            )
            stop_for_tests("upload_before_commit")
    except Refused as refused:
        if has_its_own_page(refused):
            raise
        return roster_view(batch_no, RosterFilters(), refused=refused)
    stop_for_tests("upload_after_commit")
    return _received(receipt)


@pages.get("/imports/<int:import_id>")
@asks(Action.READ_PEOPLE)
def show_import(import_id: int) -> ResponseReturnValue:
    """While it runs the progress, afterwards the result; `seen`: the same file was uploaded again (IMP-009)."""
    with reading() as records:
        seen = import_seen(records, viewer(), import_id)
        if seen.job.state in UNFINISHED:
            return _show_progress(records, seen)
        undoing = undo_job(records, seen.upload)
        if undoing is not None and undoing.state in UNFINISHED:
            return show_undoing(records, seen, undoing)
        return _show_result(records, seen)


@pages.get("/imports/<int:import_id>/progress")
@asks(Action.READ_PEOPLE)
def show_progress(import_id: int) -> ResponseReturnValue:
    """The polled part alone. The answer after the end has no trigger: polling stops. Where nobody was stored, the
    whole page follows at once, with what can be done about it.
    """
    with reading() as records:
        seen = import_seen(records, viewer(), import_id)
        if seen.job.state in {JobState.FAILED, JobState.CANCELLED}:
            return go_to(url_for("imports.show_import", import_id=import_id))
        state = progress(records, seen.job) if seen.job.state in UNFINISHED else None
        return render_template(
            "imports/live.html",
            seen=seen,
            badge=badge(seen),
            live=live(state, check_only=seen.upload.check_only) if state else None,
            ahead=state.ahead if state else 0,
            running=state is not None,
            said=request.args.get("said", ""),
            polled=True,
            ending=ending(seen),
        )


@pages.get("/imports/<int:import_id>/cancel")
@asks(Action.WORK_ON_BATCH)
def ask_to_cancel(import_id: int) -> ResponseReturnValue:
    """取消导入 says first what it means."""
    with reading() as records:
        seen = import_seen(records, viewer(), import_id)
        return render(
            "imports/cancel.html",
            now=business_now(records),
            plan=plan_of(records, seen.batch.plan_year),
            seen=seen,
            action=url_for("imports.cancel", import_id=import_id),
        )


@pages.post("/imports/<int:import_id>/cancel")
@asks(Action.WORK_ON_BATCH)
def cancel(import_id: int) -> ResponseReturnValue:
    """Cancelled at once while it waits, at the next moment while it runs; a finished import stays as it is."""
    with writing(REQUEST_WAIT_SECONDS) as records:
        cancel_import(records, viewer(), import_id, business_now(records))
        batch_id = import_seen(records, viewer(), import_id).batch.id
    ring_next(batch_id)
    return go_to(url_for("imports.show_import", import_id=import_id))


@pages.post("/imports/<int:import_id>/repeat")
@asks(Action.WORK_ON_BATCH)
def repeat(import_id: int) -> ResponseReturnValue:
    """The stored file once more, deliberately: as a new import with a receipt of its own."""
    return _again(import_id, for_real=False)


@pages.post("/imports/<int:import_id>/import")
@asks(Action.WORK_ON_BATCH)
def import_checked(import_id: int) -> ResponseReturnValue:
    """正式导入 after 仅校验: the same file and projects, and this time people are stored."""
    return _again(import_id, for_real=True)


def _again(import_id: int, *, for_real: bool) -> ResponseReturnValue:
    with writing(REQUEST_WAIT_SECONDS) as records:
        earlier = import_seen(records, viewer(), import_id).upload
        try:
            content = earlier.content()
        except LookupError:
            say("原文件已按期清除，请重新选择文件上传。", tone="todo")
            return go_to(url_for("roster.show_roster", batch_no=earlier.batch.batch_no))
        receipt = queue_import(
            records,
            viewer(),
            earlier.batch.batch_no,
            file_name=earlier.file_name,
            content=content,
            queue=roster_queue(len(content)),
            now=business_now(records),
            check_only=earlier.check_only and not for_real,
            projects=earlier.projects,
            repeat=not for_real,
        )
    return _received(receipt)


@pages.post("/imports/<int:import_id>/report")
@asks(Action.WORK_ON_BATCH)
def make_report(import_id: int) -> ResponseReturnValue:
    """Have the marked workbook made, where it is missing; a worker makes it, not this request."""
    with writing(REQUEST_WAIT_SECONDS) as records:
        job_id = ask_for_report(records, viewer(), import_id, ROSTER_SMALL, business_now(records))
    if job_id is not None:
        ring(job_id)
    return go_to(url_for("imports.show_import", import_id=import_id))


@pages.get("/imports/<int:import_id>/report")
@asks(Action.READ_PEOPLE)
def show_report_button(import_id: int) -> ResponseReturnValue:
    """The button of the marked workbook alone, asked for until it is ready."""
    with reading() as records:
        seen = import_seen(records, viewer(), import_id)
        to_mend = result(seen).to_mend
        return render_template(
            "imports/report_button.html", seen=seen, report=report_state(records, seen.upload), to_mend=to_mend
        )


@pages.get("/imports/<int:import_id>/report.xlsx")
@asks(Action.WORK_ON_BATCH)
def download_report(import_id: int) -> ResponseReturnValue:
    """标注文件; not ready yet: back to the page that says so."""
    with writing(REQUEST_WAIT_SECONDS) as records:
        taken = take_report(records, viewer(), import_id, business_now(records))
        erased = import_seen(records, viewer(), import_id).upload.erased_at
    if taken is None:
        say("标注文件已按期清除。" if erased else "标注文件还没有准备好，请稍候再下载。", tone="todo")
        return go_to(url_for("imports.show_import", import_id=import_id))
    file_name, content = taken
    return workbook(content, f"标注_{file_name.removesuffix('.xlsx')}")


@pages.get("/imports")
@asks(Action.WORK_ON_BATCH)
def show_uploads() -> ResponseReturnValue:
    """导入记录 of the account, over all its batches."""
    page = page_number(request.args.get("page"))
    with reading() as records:
        now = business_now(records)
        uploads, total = imports_by(records, viewer(), page, SIZES[0])
        return render(
            "imports/uploads.html",
            now=now,
            plan=current_plan(records, now),
            lines=[summary(seen) for seen in uploads],
            pages=Pages(page, SIZES[0], total),
        )


@pages.get("/batches/<batch_no>/imports")
@asks(Action.READ_PEOPLE)
def show_history(batch_no: str) -> ResponseReturnValue:
    """导入记录 of a batch: who, when, which file, what result."""
    page = page_number(request.args.get("page"))
    with reading() as records:
        batch = find_batch(records, viewer(), batch_no)
        uploads, total = imports_of(records, batch, page, SIZES[0])
        return render(
            "imports/history.html",
            now=business_now(records),
            plan=plan_of(records, batch.plan_year),
            batch=batch,
            lines=[summary(seen) for seen in uploads],
            pages=Pages(page, SIZES[0], total),
        )


def _received(receipt: Receipt) -> ResponseReturnValue:
    """After the commit: ring, and show what was received, or the earlier import of the same file."""
    if not receipt.seen_before:
        ring(receipt.job_id)
        return go_to(url_for("imports.show_import", import_id=receipt.import_id))
    return go_to(url_for("imports.show_import", import_id=receipt.import_id, seen=1))


def _show_progress(records: Session, seen: ImportSeen) -> ResponseReturnValue:
    state = progress(records, seen.job)
    return render(
        "imports/progress.html",
        now=business_now(records),
        plan=plan_of(records, seen.batch.plan_year),
        seen=seen,
        batch=seen.batch,
        badge=badge(seen),
        live=live(state, check_only=seen.upload.check_only),
        ahead=state.ahead,
        running=True,
        said="",
        own=may(Action.WORK_ON_BATCH),
        same_file=same_file(seen, request.args),
    )


def _show_result(records: Session, seen: ImportSeen) -> ResponseReturnValue:
    if seen.job.state == JobState.DONE:
        return result_page(records, seen, request.args)
    now, plan = business_now(records), plan_of(records, seen.batch.plan_year)
    return render(
        "imports/not_stored.html",
        now=now,
        plan=plan,
        seen=seen,
        batch=seen.batch,
        badge=badge(seen),
        may_upload=BatchAction.IMPORT_PEOPLE in actions_now(viewer(), seen.batch, plan, now),
        **_failure(seen),
    )


def _failure(seen: ImportSeen) -> dict[str, str]:
    """Why nothing was stored, and what can be done about it; empty where it was cancelled."""
    if seen.job.state != JobState.FAILED:
        return {"message": "", "code": "", "advice": ""}
    message, code = failure(seen)
    return {"message": message, "code": code, "advice": advice(code, seen.upload.file_name)}
