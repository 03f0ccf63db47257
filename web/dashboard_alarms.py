"""Where staff must act: nothing else on 工作台 has an alarm's colour."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from flask import url_for

from models.records.job import JobState
from models.records.notice import MessageState
from models.rules.books import REGISTER_DAYS
from models.rules.notices import Channel
from models.rules.permissions import Action
from tasks.job_names import job_name
from web.access import may
from web.dashboard_figures import LATE_SECONDS, LiveFigures
from web.delivery_words import why
from web.formats import brief, duration, people


@dataclass(frozen=True, slots=True)
class Alarm:
    """One thing to act upon, and where."""

    tone: str
    strong: str
    text: str
    url: str = ""
    link: str = ""


def alarms(live: LiveFigures) -> Iterator[Alarm]:
    """What is wrong now, the gravest first."""
    yield from _of_the_machine(live)
    yield from _of_the_books(live)


def _of_the_machine(live: LiveFigures) -> Iterator[Alarm]:
    if live.beat_silent:
        silent = (
            "还没有运行过" if live.beat_seconds is None else f"已 {duration(live.beat_seconds, whole=True)}没有响应"
        )
        yield Alarm("bad", "定时程序没有运行。", f"{silent}；到点的截止、提醒和失效不会执行，请联系系统管理员。")
    if live.late:
        yield Alarm(
            "bad",
            f"有作业已等候 {duration(live.oldest_seconds, whole=True)}。",
            f"超过 {LATE_SECONDS} 秒说明处理能力不足或已停止，请联系系统管理员。",
            url_for("work_jobs.show_jobs", state=JobState.QUEUED.value),
            "查看排队中的作业",
        )
    for oldest in live.messages.late:
        said = f"上次没有成功：{why(oldest.away)}。" if oldest.away else ""
        yield Alarm(
            "bad",
            f"有{Channel(oldest.channel).text}已等候 {duration(oldest.seconds, whole=True)}，没有发出。",
            f"{said}通知都保留着，恢复后自动发出；请联系系统管理员。",
            *_deliveries(MessageState.WAITING),
        )
    for job in live.failing:
        yield Alarm(
            "bad",
            f"定时事项“{job_name(job.kind)}”没有全部完成。",
            f"失败于 {brief(job.finished_at, live.at)}；重试成功，或之后的一次运行成功，本提示即消失。",
            url_for("work_jobs.show_jobs", state=JobState.FAILED.value, kind=job.kind),
            "查看未完成的作业",
        )
    if live.failed.total:
        yield Alarm(
            "todo",
            f"今日有 {people(live.failed.total)} 个作业未完成。",
            "原因见下，处理后可重试。",
            url_for("work_jobs.show_jobs", state=JobState.FAILED.value, today=1, cause="other"),
            "查看未完成的作业",
        )


def _of_the_books(live: LiveFigures) -> Iterator[Alarm]:
    if live.disagreements:
        yield Alarm(
            "bad",
            f"账目核对有 {people(live.disagreements)} 处不一致。",
            "系统没有改动任何数据，请逐项核实。",
            *_books(),
        )
    if live.old_registers:
        yield Alarm(
            "todo",
            "社保登记数据已过期。",
            f"参保时段开放期间不应超过 {REGISTER_DAYS} 天，请导入新数据。",
            *_reference(),
        )
    failed, uncertain = (live.messages.by_state[state] for state in (MessageState.FAILED, MessageState.UNCERTAIN))
    if failed or uncertain:
        yield Alarm(
            "todo",
            f"有 {people(failed + uncertain)} 封邮件或短信没有送达。",
            f"多次被拒 {people(failed)} 封，未得到确认 {people(uncertain)} 封。",
            *_deliveries(MessageState.FAILED if failed else MessageState.UNCERTAIN),
        )


def _books() -> tuple[str, ...]:
    """The list, for whoever may open it."""
    return (url_for("books.show_books"), "查看对账") if may(Action.OVERRIDE) else ()


def _reference() -> tuple[str, ...]:
    return (url_for("reference.show_reference"), "查看参考数据") if may(Action.WRITE_PLAN) else ()


def _deliveries(state: MessageState) -> tuple[str, ...]:
    if not may(Action.READ_OUTBOX):
        return ()
    return url_for("deliveries.show_deliveries", state=state.value), "查看发送情况"
