"""The page of a finished import: its counts, what may be done about it, and one tab of its rows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from config.clock import local_text
from config.messages import text
from models.actions.batch_change import actions_now
from models.actions.import_change import is_stored
from models.queries.imports import ImportSeen, report_state, undo_job, was_corrected
from models.queries.roster import people_on
from models.records.business_clock import business_now
from models.records.job import Job, JobState
from models.records.plan_year import plan_of
from models.rules.lifecycle import BatchAction
from models.rules.permissions import Action
from web.access import may
from web.import_page.result import result
from web.import_page.summary import badge, undo_words
from web.import_page.tabs import tab_values
from web.page import render
from web.sign_in import viewer


def result_page(
    records: Session,
    seen: ImportSeen,
    query: Mapping[str, str],
    *,
    tab: str = "",
    template: str = "imports/result.html",
    **more: Any,
) -> str:
    """The page, with `more` for templates that put something of their own in."""
    now = business_now(records)
    plan = plan_of(records, seen.batch.plan_year)
    upload = seen.upload
    actions = actions_now(viewer(), seen.batch, plan, now)
    stored = is_stored(upload, seen.job)
    corrected = was_corrected(records, upload.id)
    values = tab_values(records, seen, plan, tab or query.get("tab", ""), query)
    return render(
        template,
        now=now,
        plan=plan,
        seen=seen,
        batch=seen.batch,
        badge=badge(seen),
        own=may(Action.WORK_ON_BATCH),
        may_mend=BatchAction.CORRECT_ROWS in actions and stored and values["result"].to_mend > 0,
        may_undo=BatchAction.UNDO_IMPORT in actions and stored,
        may_upload=BatchAction.IMPORT_PEOPLE in actions,
        undo_words=undo_words(upload.undo_counts),
        undo_failed=_undo_failed(undo_job(records, upload)),
        same_file=same_file(seen, query),
        report=report_state(records, upload),
        people_now=people_on(records, seen.batch.id) if query.get("seen") else 0,
        seconds=seconds_taken(seen.job),
        corrected=corrected,
        as_of=None if corrected else ended_at(seen),
        **{**values, **more},
    )


def same_file(seen: ImportSeen, query: Mapping[str, str]) -> str:
    """IMP-009, where the page is the answer to the same file uploaded again."""
    return text("IMP-009", time=local_text(seen.upload.received_at)) if query.get("seen") else ""


def seconds_taken(job: Job) -> float | None:
    """From receipt to end, by the machine's clock."""
    return (job.finished_at - job.created_at).total_seconds() if job.finished_at else None


def ended_at(seen: ImportSeen) -> datetime | None:
    """Until when the counts of an import are right, by the business clock: it began at receipt."""
    seconds = seconds_taken(seen.job)
    return None if seconds is None else seen.upload.received_at + timedelta(seconds=seconds)


def ending(seen: ImportSeen) -> str:
    """How a finished import ended, in a sentence."""
    return result(seen).headline + "。" if seen.job.state == JobState.DONE else ""


def _undo_failed(job: Job | None) -> tuple[str, str]:
    """Why taking the import back did not work, with its code; empty where it did or was not asked for."""
    if job is None or job.state != JobState.FAILED:
        return "", ""
    code = job.code or "SYS-001"
    return text(code, **job.values), code
