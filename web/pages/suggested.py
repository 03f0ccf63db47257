"""获取上年度建议名单: asked for by a button, waited for on its own page, found again on the roster (DOMAIN 7.2)."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from config.messages import text
from models.actions.copy_suggested import SUGGEST_KIND, queue_suggestion
from models.queries.batches import find_batch
from models.queries.jobs import last_job, progress
from models.queries.roster import people_on
from models.records.batch import Batch
from models.records.business_clock import business_now
from models.records.database import reading, writing
from models.records.job import UNFINISHED, Job, JobState
from models.records.plan_year import plan_of
from models.rules.permissions import Action
from models.rules.refusal import Refused
from tasks.doorbell import ring
from tasks.queues import ROSTER_SMALL
from web.access import asks
from web.error_pages import has_its_own_page
from web.formats import people
from web.page import REQUEST_WAIT_SECONDS, go_to, render, say
from web.sign_in import viewer

pages = Blueprint("suggested", __name__, url_prefix="/batches/<batch_no>/suggested-roster")


@pages.post("")
@asks(Action.WORK_ON_BATCH)
def copy_suggested_roster(batch_no: str) -> ResponseReturnValue:
    """A job copies the people of the year before. Whoever is on the roster stays; asking twice is harmless."""
    try:
        with writing(REQUEST_WAIT_SECONDS) as records:
            job_id = queue_suggestion(records, viewer(), batch_no, business_now(records), ROSTER_SMALL).id
    except Refused as refused:
        if has_its_own_page(refused):
            raise
        say(text(refused.code, **refused.values), refused.code, tone="bad")
        return go_to(url_for("roster.show_roster", batch_no=batch_no))
    ring(job_id)
    return go_to(url_for("suggested.show_copying", batch_no=batch_no))


@pages.get("")
@asks(Action.WORK_ON_BATCH)
def show_copying(batch_no: str) -> ResponseReturnValue:
    """While people are copied how far that has come; afterwards the roster, with what became of it."""
    with reading() as records:
        batch = find_batch(records, viewer(), batch_no, Action.WORK_ON_BATCH)
        job = last_job(records, batch, SUGGEST_KIND)
        if job is not None and job.state in UNFINISHED:
            now, plan = business_now(records), plan_of(records, batch.plan_year)
            return render("suggested/copying.html", now=now, plan=plan, batch=batch, **_live(records, job))
        if job is not None:
            _say_how_it_ended(records, batch, job)
    return go_to(url_for("roster.show_roster", batch_no=batch_no))


@pages.get("/progress")
@asks(Action.WORK_ON_BATCH)
def show_progress(batch_no: str) -> ResponseReturnValue:
    """The polled part alone. After the end the roster follows, which is what the clerk waits for."""
    with reading() as records:
        batch = find_batch(records, viewer(), batch_no, Action.WORK_ON_BATCH)
        job = last_job(records, batch, SUGGEST_KIND)
        if job is None or job.state not in UNFINISHED:
            return go_to(url_for("suggested.show_copying", batch_no=batch_no))
        return render_template("suggested/live.html", batch=batch, **_live(records, job))


def _live(records: Session, job: Job) -> dict[str, Any]:
    state = progress(records, job)
    if job.state == JobState.QUEUED:
        words = f"前面还有{people(state.ahead)}份名单" if state.ahead else "马上开始"
    elif state.stalled:
        words = "正在等待处理继续，无需再次点击。"
    else:
        words = f"已找到 {people(job.done)} 人" if job.done else "正在查找上年度参保人员"
    return {"job": job, "words": words}


def _say_how_it_ended(records: Session, batch: Batch, job: Job) -> None:
    if job.state != JobState.DONE:
        code = job.code or "SYS-001"
        say(f"没有获取名单，清册没有变化。{text(code, **job.values)}", code, tone="bad")
        return
    added: int = (job.progress or {}).get("found", {}).get("added", 0)
    total = people(people_on(records, batch.id))
    if added:
        say(f"已加入上年度参保人员 {people(added)} 人，清册共 {total} 人。", tone="good")
    else:
        say(f"上年度参保人员都已在清册中，清册没有变化，仍为 {total} 人。", tone="work")
