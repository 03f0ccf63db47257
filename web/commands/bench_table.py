"""The figures of `canbao bench` as lines for a terminal, each with its target."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

FLOOR_TARGET = 2.5
_WIDTH = 62

Figures = dict[str, Any]


def table(figures: Figures) -> Iterator[str]:
    """What was measured; parts that were not are left out."""
    yield f"{figures['database']}, {figures['machine']}"
    yield f"{figures['people']} people, {figures['register']:,} claims registered, median of {figures['runs']}"
    if "import" in figures:
        yield from _import(figures)
    yield ""
    for what, value in _lines(figures):
        yield f"{what:<{_WIDTH}}{value:>18}"


def _import(figures: Figures) -> Iterator[str]:
    ours, floor, ratio = figures["import"], figures["floor"], figures["ratio"]
    yield ""
    yield f"{'import, from lease to done':<{_WIDTH}}{'wall ms':>9}{'CPU ms':>9}"
    for stage, seconds in ours["stages"].items():
        yield f"  {stage:<{_WIDTH - 2}}{seconds * 1000:>9.1f}"
    yield f"{'together':<{_WIDTH}}{ours['wall'] * 1000:>9.1f}{ours['cpu'] * 1000:>9.1f}"
    yield ""
    yield "floor"
    for step, seconds in floor["steps"].items():
        yield f"  {step:<{_WIDTH - 2}}{seconds * 1000:>9.1f}"
    yield f"{'together':<{_WIDTH}}{floor['wall'] * 1000:>9.1f}{floor['cpu'] * 1000:>9.1f}"
    yield f"{f'import / floor (target at most {FLOOR_TARGET})':<{_WIDTH}}{ratio['wall']:>9.2f}{ratio['cpu']:>9.2f}"


def _lines(figures: Figures) -> Iterable[tuple[str, str]]:
    for part, lines in (
        ("registers", _registers),
        ("upload_answer", _answers),
        ("memory_megabytes", _memory),
        ("submission", _submissions),
        ("group", _group),
        ("roster_pages", _roster),
        ("clerks", _clerks),
        ("dashboard", _dashboard),
        ("second_start", _start),
    ):
        if part in figures:
            yield from lines(figures)


def _registers(figures: Figures) -> Iterator[tuple[str, str]]:
    for size, seconds in figures["registers"].items():
        if size == "last_by_first":
            yield "  last by first (target at most 1.5)", f"{seconds:.2f}"
        else:
            yield f"import, {int(size):,} registered", _ms(seconds)


def _answers(figures: Figures) -> Iterator[tuple[str, str]]:
    poll = figures["progress_poll"]
    yield "answer to an upload (target 300 ms)", _ms(figures["upload_answer"])
    yield "progress poll, whole answer (target 10 ms)", _ms(poll["seconds"])
    yield "  its statements (target 3) and their time", f"{poll['statements']}, {_ms(poll['query_seconds'])}"
    yield "marked workbook (target 1.5 s)", _ms(figures["marked_workbook"])
    yield "canbao check, whole process (target 1 s)", _ms(figures["check"])


def _memory(figures: Figures) -> Iterator[tuple[str, str]]:
    peak, growth = figures["memory_megabytes"], figures["memory_growth"]
    yield "peak memory of the pool process", f"{peak['pool_process']} MB"
    yield "  of its nursery and a parser", f"{peak['nursery']} + {peak['parser']} MB"
    yield "  together (target under 200 MB)", f"{peak['together']} MB"
    grown = growth["last_mb"] - growth["first_mb"]
    yield f"  growth over {growth['imports']} imports (target under 5 MB)", f"{grown:.1f} MB"


def _submissions(figures: Figures) -> Iterator[tuple[str, str]]:
    large = figures["large_submission"]
    yield "submission, checks and claims (target 2 s)", _ms(figures["submission"])
    yield f"  of {large['people']:,} people (target 20 s for 50,000)", _ms(large["seconds"])


def _group(figures: Figures) -> Iterator[tuple[str, str]]:
    group = figures["group"]
    yield f"a group of {group['people']:,} people: {group['files']} files imported", f"{group['imports']:.2f} s"
    for step, name in (("validation", "checked"), ("submission", "submitted"), ("premium", "priced")):
        yield f"  {name}", f"{group[step]:.2f} s"
    yield "  premium confirmed", f"{group['confirmation']:.2f} s"


def _roster(figures: Figures) -> Iterator[tuple[str, str]]:
    pages = figures["roster_pages"]
    yield f"roster page, {pages['people']:,} people, any filter, p95 (target 150 ms)", _ms(pages["p95_seconds"])
    yield f"  slowest: {pages['slowest']}", _ms(pages["slowest_seconds"])


def _clerks(figures: Figures) -> Iterator[tuple[str, str]]:
    load = figures["clerks"]
    yield f"{load['clerks']} clerks at once: the last is done (target 30 s)", f"{load['last_done']:.1f} s"
    yield "  a small file sent last is done (target 2 s)", f"{load['small_done']:.2f} s"
    yield "  answers to uploads, p95 (target 5 s)", f"{load['upload_answer_p95']:.2f} s"
    yield "  other pages meanwhile, p95 (target 1 s)", f"{load['pages_p95']:.2f} s"


def _dashboard(figures: Figures) -> Iterator[tuple[str, str]]:
    city = figures["dashboard"]
    yield f"staff's page, {city['units']:,} units, {city['people']:,} people, {city['jobs']:,} jobs", "median, p95"
    for name, took in city["pages"].items():
        yield f"  {name}", f"{took['median'] * 1000:.0f}, {took['p95'] * 1000:.0f} ms"


def _start(figures: Figures) -> Iterator[tuple[str, str]]:
    yield "second ./run to its first page (target 5 s)", f"{figures['second_start']:.1f} s"


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.1f} ms"
