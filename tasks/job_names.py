"""What staff call each kind of job, on pages and in Flower."""

from __future__ import annotations

from collections.abc import Mapping

from models.actions.calendar.schedule import SCHEDULE

JOB_NAMES: Mapping[str, str] = {
    "roster.import": "清册导入",
    "roster.undo": "撤销导入",
    "roster.report": "标注文件生成",
    "roster.suggest": "上年度建议名单复制",
    "roster.validate": "清册校验",
    "roster.submit": "清册提交",
    "reference.load": "参考数据导入",
    **{scheduled.kind: scheduled.text for scheduled in SCHEDULE},
}
"""Kinds of jobs -> their names, in the order of the work; DOMAIN 13's at the end."""

OTHER_TASKS: Mapping[str, str] = {
    "calendar.ring": "定时事项检查",
    "upkeep.sweep": "作业巡查",
    "notices.deliver": "邮件和短信发送",
}
"""Tasks that are no jobs: beat sends them again and again."""


def job_name(kind: str) -> str:
    """As pages call it; a kind without a name, by itself."""
    return JOB_NAMES.get(kind, kind)


def name_in_flower(task: str) -> str:
    """A task as Flower shows it: the name that staff know, and the kind as the logs say it."""
    name = JOB_NAMES.get(task) or OTHER_TASKS.get(task)
    return f"{name}（{task}）" if name else task
