"""How far an import has come, in words and figures for the clerk who waits."""

from __future__ import annotations

from dataclasses import dataclass

from models.queries.jobs import Progress, StageSeen
from web.formats import duration, people


@dataclass(frozen=True, slots=True)
class Stage:
    """One of the five steps of an import."""

    text: str
    hint: str


STAGES = {
    "read": Stage("读取", "打开文件，核对表头"),
    "validate": Stage("校验", "逐行检查证件、日期、必填项"),
    "dedupe": Stage("查重", "与清册和本年度登记核对"),
    "price": Stage("计费", "预估保费"),
    "store": Stage("入册", "写入参保清册"),
}

CHECK_ONLY_STORE = Stage("收尾", "保存校验结果，不写入清册")
"""What 入册 is when nobody is stored."""


@dataclass(frozen=True, slots=True)
class Step:
    """A stage as the page shows it; `mark` is done, now or later."""

    text: str
    hint: str
    mark: str
    figure: str
    note: str
    done: int = 0
    total: int = 0


@dataclass(frozen=True, slots=True)
class Live:
    """What the polled part of the page says."""

    headline: str
    percent: int
    steps: tuple[Step, ...]
    progress: str
    time_left: str
    says: str
    """For the screen reader; said again only when `says_key` changes: at a new stage or every 20 %."""
    says_key: str
    checked: bool
    """Whether any row was looked at yet: before that, nothing can be said about problems."""
    invalid: int
    occupied: int


def live(progress: Progress, *, check_only: bool) -> Live:
    """The five steps with figures. 100 % is never reached here: after the commit the page is another one."""
    running = next((seen for seen in progress.stages if seen.state == "running"), progress.stages[0])
    speed = f"{people(int(progress.rows_per_second))} 行/秒" if progress.rows_per_second else ""
    name = _words(running.stage, check_only).text
    fifth = progress.percent // 20 * 20
    return Live(
        headline=f"正在{name}",
        percent=progress.percent,
        steps=tuple(_step(seen, _words(seen.stage, check_only), speed) for seen in progress.stages),
        progress=_progress(running, speed),
        time_left=_time_left(progress, running),
        says=f"正在{name}，已完成百分之{fifth}。",
        says_key=f"{running.stage}{fifth}",
        checked=progress.stages[0].state == "done",
        invalid=progress.found.get("invalid", 0),
        occupied=progress.found.get("occupied", 0),
    )


def _words(stage: str, check_only: bool) -> Stage:
    return CHECK_ONLY_STORE if check_only and stage == "store" else STAGES[stage]


def _step(seen: StageSeen, words: Stage, speed: str) -> Step:
    if seen.state == "done":
        return Step(words.text, words.hint, "done", f"{people(seen.done)} 行", duration(seen.seconds or 0.0))
    if seen.state == "waiting":
        return Step(words.text, words.hint, "later", "–", "未开始")
    if not seen.total:
        return Step(words.text, words.hint, "now", f"{people(seen.done)} 行" if seen.done else "–", "进行中")
    figure = f"{people(seen.done)} / {people(seen.total)} 行"
    return Step(words.text, words.hint, "now", figure, speed or "进行中", seen.done, seen.total)


def _progress(running: StageSeen, speed: str) -> str:
    if not running.total:
        return f"已处理 {people(running.done)} 行" if running.done else ""
    return f"已处理 {people(running.done)} / {people(running.total)} 行" + (f" · 本步 {speed}" if speed else "")


def _time_left(progress: Progress, running: StageSeen) -> str:
    seconds = progress.seconds_left
    if progress.stalled:
        return "正在等待处理继续，无需重新上传。"
    if running.stage == "store":
        return "正在保存，马上完成"
    return "正在估算剩余时间" if seconds is None else f"约还需 {duration(seconds, whole=True)}（按当前速度）"
