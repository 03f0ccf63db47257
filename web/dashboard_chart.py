"""Where the parts of 工作台's charts stand: numbers for a macro that draws SVG. The same figures stand in a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from models.queries.dashboard_units import UnionProgress
from models.records.job import JobState
from models.rules.progress import NOT_CONFIRMED, UnitStage

MOST_BARS = 12
"""More 工委 than that stand together in the last bar; each has its line in the table."""

_NAME_LENGTH = 12
_LEFT, _RIGHT, _ROW, _THICK, _GAP = 150.0, 800.0, 24.0, 14.0, 1.5
_TOP, _BOTTOM, _SIDE, _WIDTH = 26.0, 194.0, 38.0, 860.0


class Part(NamedTuple):
    """One part of a bar: a rectangle, its class and what it counts."""

    x: float
    y: float
    width: float
    height: float
    fill: str
    title: str


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar with its name and its total, and where both are written."""

    name: str
    whole_name: str
    total: int
    parts: Sequence[Part]
    name_x: float
    name_y: float
    total_x: float
    total_y: float


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawing; `steps`: lines of a scale, with their numbers."""

    width: float
    height: float
    bars: Sequence[Bar]
    legend: Sequence[tuple[str, str, int]]
    """Class, word, total."""
    sentence: str
    steps: Sequence[tuple[float, int]] = ()


@dataclass(frozen=True, slots=True)
class UnionParts:
    """The three series of one 工委."""

    union: str
    no_batch: int
    working: int
    paying: int

    @property
    def total(self) -> int:
        """Units that have not finished."""
        return self.no_batch + self.working + self.paying


SERIES = (("fill-2", "未建批次或已失效"), ("fill-1", "清册与保费确认"), ("fill-good", "缴费与审核"))


def union_parts(line: UnionProgress) -> UnionParts:
    """Three series at most: nothing begun, before 提交确认保费, after it."""
    nothing = line.by_stage.get(UnitStage.NO_BATCH, 0) + line.by_stage.get(UnitStage.EXPIRED, 0)
    before = sum(line.by_stage.get(stage, 0) for stage in NOT_CONFIRMED) - nothing
    return UnionParts(line.union, nothing, before, line.unfinished - nothing - before)


def union_chart(lines: Sequence[UnionProgress]) -> Chart:
    """Units that have not finished, by 工委, the most first."""
    parts = [union_parts(line) for line in lines if line.unfinished]
    shown, others = parts[:MOST_BARS], parts[MOST_BARS:]
    if others:
        rest = UnionParts(
            f"其他 {len(others)} 个工委",
            sum(one.no_batch for one in others),
            sum(one.working for one in others),
            sum(one.paying for one in others),
        )
        shown = [*shown, rest]
    longest = max((one.total for one in shown), default=1)
    bars = [_row(one, place, longest) for place, one in enumerate(shown)]
    sums = [sum(one.no_batch for one in parts), sum(one.working for one in parts), sum(one.paying for one in parts)]
    legend = [(fill, word, total) for (fill, word), total in zip(SERIES, sums, strict=True)]
    most = f"，{parts[0].union}最多，{parts[0].total} 家" if parts else ""
    sentence = f"各工委尚未完成参保的单位，共 {sum(sums)} 家{most}"
    return Chart(_WIDTH, _ROW * len(bars) + 4, bars, legend, sentence)


def _row(one: UnionParts, place: int, longest: int) -> Bar:
    y = place * _ROW + 5
    x, parts = _LEFT, []
    for (fill, word), units in zip(SERIES, (one.no_batch, one.working, one.paying), strict=True):
        if units:
            width = max((_RIGHT - _LEFT) * units / longest, 2.0)
            parts.append(Part(round(x, 1), y, round(width, 1), _THICK, fill, f"{one.union} {word} {units} 家"))
            x += width + _GAP
    name = one.union if len(one.union) <= _NAME_LENGTH else one.union[: _NAME_LENGTH - 1] + "…"
    text_y = y + _THICK - 3
    return Bar(name, one.union, one.total, parts, _LEFT - 8, text_y, round(x + 6, 1), text_y)


_ENDED = (
    ("fill-1", "已完成", JobState.DONE),
    ("fill-2", "已取消", JobState.CANCELLED),
    ("fill-bad", "未完成", JobState.FAILED),
)


def hour_chart(by_hour: Mapping[tuple[int, str], int], hour_now: int) -> Chart:
    """Jobs that have ended today, by hour: from the first that had some, at latest from seven o'clock, until now."""
    first = min([hour for hour, _ in by_hour] + [7, hour_now])
    last = max(hour_now, 17)
    hours = range(first, last + 1)
    totals = {hour: sum(by_hour.get((hour, state), 0) for _, _, state in _ENDED) for hour in hours}
    top = _round_up(max(totals.values()))
    step = (_WIDTH - _SIDE) / len(hours)
    bars = [_column(hour, _SIDE + (place + 0.5) * step, step, by_hour, top) for place, hour in enumerate(hours)]
    legend = [
        (fill, word, sum(jobs for (_, found), jobs in by_hour.items() if found == state))
        for fill, word, state in _ENDED
    ]
    counts = "、".join(f"{word} {total}" for _, word, total in legend)
    return Chart(_WIDTH, 220.0, bars, legend, f"今日各时段结束的作业，{counts}", _scale(top))


def _column(hour: int, middle: float, step: float, by_hour: Mapping[tuple[int, str], int], top: int) -> Bar:
    thick = min(36.0, step * 0.6)
    y, parts, total = _BOTTOM, [], 0
    for fill, word, state in _ENDED:
        jobs = by_hour.get((hour, state), 0)
        if jobs:
            height = max((_BOTTOM - _TOP) * jobs / top, 2.5)
            y -= height
            x = round(middle - thick / 2, 1)
            parts.append(Part(x, round(y, 1), thick, round(height, 1), fill, f"{hour}时 {word} {jobs}"))
            y -= _GAP / 2
            total += jobs
    at = round(middle, 1)
    return Bar(f"{hour}时", f"{hour}时", total, parts, at, _BOTTOM + 18, at, round(y - 5, 1))


def _round_up(most: int) -> int:
    """The scale's end: 1, 2, 3, 4, 5, 6, 8 or 10 times a power of ten."""
    power = 1
    while power * 10 < most:
        power *= 10
    return next(times * power for times in (1, 2, 3, 4, 5, 6, 8, 10) if times * power >= most) if most else 1


def _scale(top: int) -> Sequence[tuple[float, int]]:
    """Lines at round numbers: steps of 1, 2 or 5 times a power of ten."""
    parts = next(
        (parts for parts in (5, 4, 3, 2) if top % parts == 0 and str(top // parts).rstrip("0") in {"1", "2", "5"}), 1
    )
    numbers = [top * part // parts for part in range(parts + 1)]
    return [(round(_BOTTOM - (_BOTTOM - _TOP) * number / top, 1), number) for number in numbers]
