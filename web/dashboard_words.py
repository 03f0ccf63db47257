"""What 工作台 and 作业 say of a job."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from config.messages import catalogue, short, text
from models.actions.calendar.schedule import BY_KIND
from models.queries.dashboard_schedule import units_done
from models.records.job import Job, JobState
from web.formats import people


def reason_of(job: Job) -> str:
    """Why it failed or what it ended with; of one of the calendar how much it did; empty: there is nothing to say.

    A row of an older version, whose values no longer fit the text, must not take the whole list away.
    """
    if job.kind in BY_KIND and job.state == JobState.DONE:
        return f"处理 {people(units_done(job))} 项"
    if not job.code or job.code not in catalogue():
        return ""
    try:
        return text(job.code, **job.values)
    except KeyError:
        return short(job.code)


def seconds_of(job: Job, now: datetime) -> float | None:
    """How long it has waited, has run, or took; None: it ended without having begun. `now`: the machine's clock."""
    if job.state == "queued":
        return (now - job.created_at).total_seconds()
    if job.began_at is None:
        return None
    return ((job.finished_at or now) - job.began_at).total_seconds()


NOTICE_NAMES: Mapping[str, str] = {
    "NTF-01": "集中参保开始",
    "NTF-02": "即时参保开放",
    "NTF-03": "缴费提醒",
    "NTF-04": "截止提醒",
    "NTF-05": "集中截止失效",
    "NTF-06": "逾期未缴费失效",
    "NTF-07": "未完成批次提醒",
    "NTF-08": "保障期满提醒",
    "NTF-09": "参保成功",
    "NTF-10": "编码申请结果",
    "NTF-11": "批次失效",
    "NTF-12": "凭证审核不通过",
    "NTF-13": "日期调整",
    "NTF-14": "待审核提醒",
    "NTF-15": "市职保会操作",
}
"""What each notice is called in a table; its sentence has placeholders."""


def notice_name(code: str) -> str:
    """As tables call it; one without a name by its code."""
    return NOTICE_NAMES.get(code, code)
