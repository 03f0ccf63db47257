"""作业: background work as staff look after it. Reviewers read; administrators retry and cancel, like `canbao jobs`."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import NoResultFound

from models.actions.calendar.schedule import BY_KIND
from models.actions.operate_jobs import (
    FileAtFaultError,
    JobNotFailedError,
    cancel_job_as_operator,
    file_at_fault,
    retry_job,
)
from models.queries.dashboard_jobs import JobFilters, job_page
from models.queries.plan_years import current_plan
from models.records.business_clock import business_now
from models.records.database import reading, writing
from models.records.job import UNFINISHED, Job, JobState
from models.rules.permissions import Action
from models.rules.refusal import Refused
from tasks.doorbell import ring, ring_next
from tasks.job_names import JOB_NAMES, OTHER_TASKS, job_name
from web.access import asks, may
from web.badges import JOB_STATES, of_job
from web.dashboard_figures import machine_midnight
from web.dashboard_words import reason_of, seconds_of
from web.page import REQUEST_WAIT_SECONDS, go_to, render, say
from web.pages.dashboard import OF_STAFF
from web.paging import SIZES, Pages, page_number
from web.sign_in import safe_next, viewer

pages = Blueprint("work_jobs", __name__, url_prefix="/jobs")

_AT_FAULT = {"file": True, "other": False}
_CAUSES = {"file": "文件有误", "other": "其他原因"}


@pages.get("")
@asks(OF_STAFF)
def show_jobs() -> ResponseReturnValue:
    """Everybody's jobs, the latest first."""
    state, kind = request.args.get("state", ""), request.args.get("kind", "")[:30]
    today, cause = request.args.get("today") == "1", request.args.get("cause", "")
    filters = JobFilters(
        state=state if state in list(JobState) else "",
        kind=kind,
        ended_since=machine_midnight() if today else None,
        file_at_fault=_AT_FAULT.get(cause),
    )
    page = page_number(request.args.get("page"))
    with reading() as records:
        now, machine_now = business_now(records), datetime.now(UTC)
        found = job_page(records, filters, page, SIZES[0])
        rows = [
            (one, of_job(one.job), reason_of(one.job), seconds_of(one.job, machine_now), file_at_fault(one.job))
            for one in found.jobs
        ]
        return render(
            "dashboard/jobs.html",
            now=now,
            machine_now=machine_now,
            plan=current_plan(records, now),
            rows=rows,
            pages=Pages(page, SIZES[0], found.total),
            filters=filters,
            today=today,
            cause=cause,
            causes=_CAUSES,
            filtered=filters != JobFilters(),
            states={state: badge.text for state, badge in JOB_STATES.items()},
            kinds={**JOB_NAMES, kind: job_name(kind)} if kind else JOB_NAMES,
            names={**JOB_NAMES, **OTHER_TASKS},
            no_jobs=OTHER_TASKS,
            scheduled=BY_KIND,
            job_name=job_name,
            operates=may(Action.OVERRIDE),
            unfinished=UNFINISHED,
        )


@pages.post("/<int:job_id>/retry")
@asks(Action.OVERRIDE)
def retry(job_id: int) -> ResponseReturnValue:
    """A failed job once more, with all its attempts."""
    try:
        with writing(REQUEST_WAIT_SECONDS) as records:
            retry_job(records, job_id, business_now(records), viewer())
    except NoResultFound as unknown:
        raise Refused("BAT-005") from unknown
    except JobNotFailedError:
        say(f"作业 {job_id} 不是“未完成”，没有重试。", tone="todo")
        return _back()
    except FileAtFaultError:
        say(f"作业 {job_id} 的文件本身有问题，没有重试：请经办人修改后重新上传。", tone="todo")
        return _back()
    ring(job_id)
    say(f"作业 {job_id} 已重新排队。", tone="good")
    return _back()


@pages.post("/<int:job_id>/cancel")
@asks(Action.OVERRIDE)
def cancel(job_id: int) -> ResponseReturnValue:
    """A job that waits ends at once, one that runs at its next step."""
    try:
        with writing(REQUEST_WAIT_SECONDS) as records:
            state = cancel_job_as_operator(records, job_id, business_now(records), viewer())
            batch_id = records.get_one(Job, job_id).batch_id
    except NoResultFound as unknown:
        raise Refused("BAT-005") from unknown
    if batch_id is not None:
        ring_next(batch_id)
    match state:
        case JobState.CANCELLED:
            say(f"作业 {job_id} 已取消。", tone="good")
        case JobState.RUNNING | JobState.QUEUED:
            say(f"作业 {job_id} 正在取消，处理完当前一步后停止。", tone="good")
        case _:
            say(f"作业 {job_id} 已经结束，没有取消。", tone="todo")
    return _back()


def _back() -> ResponseReturnValue:
    return go_to(safe_next(request.form.get("next"), url_for("work_jobs.show_jobs")))
