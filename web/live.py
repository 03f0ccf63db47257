"""How far an import has come, in words and percent for the clerk who waits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from web.formats import duration, people

MEASURED_AFTER_SECONDS = 3
"""Before that a speed says nothing."""


@dataclass(frozen=True, slots=True)
class Stage:
    """One of the five steps of an import; `share`: percent of the whole, measured on large files."""

    key: str
    text: str
    hint: str
    share: int


STAGES = (
    Stage("read", "读取", "打开文件，核对表头", 10),
    Stage("validate", "校验", "逐行检查证件、日期、必填项", 25),
    Stage("dedupe", "查重", "与清册和本年度登记核对", 45),
    Stage("price", "计费", "预估保费", 10),
    Stage("store", "入册", "写入参保清册", 10),
)


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
    """For the screen reader; the page changes it only when `says_key` changes."""
    says_key: str


def live(
    *,
    stage: str | None,
    done: int,
    total: int | None,
    finished: Sequence[Mapping[str, Any]],
    rows_per_second: float | None,
    seconds_left: float | None,
    stores: bool = True,
) -> Live:
    """The five steps with figures. The percentage reaches 100 only after the commit, which is another page."""
    by_key = {entry["stage"]: entry for entry in finished}
    percent, now = 0.0, None
    steps = []
    for one in STAGES:
        if one.key in by_key:
            percent += one.share
            entry = by_key[one.key]
            steps.append(Step(one.text, one.hint, "done", f"{people(entry['rows'])} 行", duration(entry["seconds"])))
        elif one.key == stage:
            now = one
            percent += one.share * min(done / total, 1) if total else 0
            steps.append(_current(one, done, total, rows_per_second))
        else:
            steps.append(Step(one.text, one.hint, "later", "–", "未开始"))
    whole = min(int(percent), 99)
    name = now.text if now else STAGES[0].text
    return Live(
        headline=f"正在{name}",
        percent=whole,
        steps=tuple(steps),
        progress=_progress(done, total, rows_per_second),
        time_left=_time_left(seconds_left, stage, stores=stores),
        says=f"正在{name}，已完成百分之{whole // 20 * 20}。",
        says_key=f"{name}{whole // 20}",
    )


def _current(one: Stage, done: int, total: int | None, rows_per_second: float | None) -> Step:
    if not total:
        return Step(one.text, one.hint, "now", f"{people(done)} 行" if done else "–", "进行中")
    speed = f"{people(int(rows_per_second))} 行/秒" if rows_per_second else "进行中"
    return Step(one.text, one.hint, "now", f"{people(done)} / {people(total)} 行", speed, done, total)


def _progress(done: int, total: int | None, rows_per_second: float | None) -> str:
    if not total:
        return f"已处理 {people(done)} 行" if done else ""
    speed = f" · 本步 {people(int(rows_per_second))} 行/秒" if rows_per_second else ""
    return f"已处理 {people(done)} / {people(total)} 行{speed}"


def _time_left(seconds_left: float | None, stage: str | None, *, stores: bool) -> str:
    if stage == "store":
        return "正在写入，马上完成" if stores else "马上完成"
    if seconds_left is None:
        return "正在估算剩余时间"
    return f"约还需 {max(int(seconds_left), 1)} 秒（按当前速度）" if seconds_left < 60 else f"约还需 {duration(seconds_left)}"
