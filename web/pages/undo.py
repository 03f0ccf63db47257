"""撤销本次导入: what it would do, that it is being done; what it did stands on the result page."""

from __future__ import annotations

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from config.messages import text
from models.actions.batch_change import refuse_unless_possible
from models.actions.import_change import refuse_unless_stored
from models.actions.undo_import import queue_undo
from models.queries.imports import ImportSeen, import_seen, undo_job
from models.queries.jobs import progress
from models.queries.undo import undo_lines, undo_preview
from models.records.business_clock import business_now
from models.records.database import reading, writing
from models.records.job import UNFINISHED, Job
from models.records.plan_year import plan_of
from models.rules.lifecycle import BatchAction
from models.rules.permissions import Action
from models.rules.refusal import Refused
from tasks.doorbell import ring
from tasks.queues import ROSTER_SMALL
from web.access import asks
from web.error_pages import has_its_own_page
from web.import_page.summary import badge, undo_words
from web.import_page.tabs import undo_line
from web.page import REQUEST_WAIT_SECONDS, go_to, render, say
from web.sign_in import viewer

pages = Blueprint("undo", __name__)

_KEPT_NAMED = 20
"""How many kept people the question names; all of them are listed afterwards."""


@pages.get("/imports/<int:import_id>/undo")
@asks(Action.WORK_ON_BATCH)
def ask_to_undo(import_id: int) -> ResponseReturnValue:
    """The counts before and after, and who would be kept and why. What can't be undone is refused here already."""
    with reading() as records:
        now = business_now(records)
        seen = import_seen(records, viewer(), import_id, Action.WORK_ON_BATCH)
        refuse_unless_possible(records, seen.batch, BatchAction.UNDO_IMPORT, now)
        refuse_unless_stored(seen.upload, seen.job, BatchAction.UNDO_IMPORT)
        kept, total = undo_lines(records, seen.upload, size=_KEPT_NAMED, result="kept")
        return render(
            "undo/ask.html",
            now=now,
            plan=plan_of(records, seen.batch.plan_year),
            seen=seen,
            preview=undo_preview(records, seen.upload),
            kept=[undo_line(line) for line in kept],
            more=total - len(kept),
            action=url_for("undo.undo", import_id=import_id),
        )


@pages.post("/imports/<int:import_id>/undo")
@asks(Action.WORK_ON_BATCH)
def undo(import_id: int) -> ResponseReturnValue:
    """Confirmed: a job takes the import back when its turn has come."""
    try:
        with writing(REQUEST_WAIT_SECONDS) as records:
            job_id = queue_undo(records, viewer(), import_id, ROSTER_SMALL, business_now(records))
    except Refused as refused:
        if has_its_own_page(refused):
            raise
        say(text(refused.code, **refused.values), refused.code, tone="bad")
    else:
        ring(job_id)
    return go_to(url_for("imports.show_import", import_id=import_id))


@pages.get("/imports/<int:import_id>/undo/progress")
@asks(Action.READ_PEOPLE)
def show_progress(import_id: int) -> ResponseReturnValue:
    """The polled part alone. The answer after the end has no trigger: polling stops."""
    with reading() as records:
        seen = import_seen(records, viewer(), import_id)
        return render_template("undo/live.html", polled=True, **_state(records, seen, undo_job(records, seen.upload)))


def show_undoing(records: Session, seen: ImportSeen, job: Job) -> ResponseReturnValue:
    """The import's page while it is being taken back."""
    return render(
        "undo/undoing.html",
        now=business_now(records),
        plan=plan_of(records, seen.batch.plan_year),
        batch=seen.batch,
        **_state(records, seen, job),
    )


def _state(records: Session, seen: ImportSeen, job: Job | None) -> dict[str, object]:
    running = job is not None and job.state in UNFINISHED
    return {
        "seen": seen,
        "running": running,
        "queued": running and job is not None and job.attempt == 0,
        "ahead": progress(records, job).ahead if running and job else 0,
        "badge": badge(seen, undoing=running),
        "done": seen.upload.undone_at is not None,
        "words": undo_words(seen.upload.undo_counts),
        "code": "" if running or job is None or not job.code else job.code,
        "message": "" if running or job is None or not job.code else text(job.code, **job.values),
    }
