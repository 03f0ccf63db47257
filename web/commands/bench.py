"""`canbao bench`: how fast an import is on this machine, beside the least that an honest program has to do."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

import click

from web.commands.output import json_option

FLOOR_TARGET = 2.5
_WIDTH = 46


@click.command()
@click.option(
    "--register", default=1_000_000, show_default=True, type=click.IntRange(0), help="Claims in the register."
)
@click.option("--people", default=5000, show_default=True, type=click.IntRange(20, 5000), help="People in the roster.")
@click.option(
    "--runs", default=5, show_default=True, type=click.IntRange(1, 20), help="Runs that a median is taken of."
)
@json_option
def bench(*, register: int, people: int, runs: int, as_json: bool) -> None:
    """Measure the import and what people wait for, in a throw-away database.

    SQLite, or the PostgreSQL that DATABASE_URL names, in a schema of its own. The import runs in turns with a floor:
    fastest reader, tight checks, one keyed digest and one encryption a number, one look-up of claims, one bulk store,
    one transaction. From a checkout only.
    """
    try:
        from tests.benchmarks.measure import measure
    except ModuleNotFoundError as missing:
        click.echo(f"canbao bench runs from a checkout with the test tools installed: {missing}", err=True)
        raise SystemExit(2) from missing
    figures = measure(register, people, runs, lambda line: click.echo(line, err=True))
    if as_json:
        click.echo(json.dumps(figures, ensure_ascii=False))
    else:
        click.echo("\n".join(_table(figures)))


def _table(figures: dict[str, Any]) -> Iterable[str]:
    ours, floor, ratio = figures["import"], figures["floor"], figures["ratio"]
    yield f"{figures['database']}, {figures['machine']}"
    yield f"{figures['people']} people, {figures['register']:,} claims registered, median of {figures['runs']}"
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
    yield ""
    poll, memory = figures["progress_poll"], figures["memory_megabytes"]
    for what, value in (
        ("answer to an upload (target 300 ms)", f"{figures['upload_answer'] * 1000:.1f} ms"),
        ("progress poll, whole answer (target 10 ms)", f"{poll['seconds'] * 1000:.1f} ms"),
        ("  its statements (target 3) and their time", f"{poll['statements']}, {poll['query_seconds'] * 1000:.1f} ms"),
        ("submission, checks and claims (target 2 s)", f"{figures['submission'] * 1000:.0f} ms"),
        ("marked workbook (target 1.5 s)", f"{figures['marked_workbook'] * 1000:.0f} ms"),
        ("canbao check, whole process (target 1 s)", f"{figures['check'] * 1000:.0f} ms"),
        ("peak memory of the pool process", f"{memory['pool_process']} MB"),
        ("  of its nursery and a parser", f"{memory['nursery']} + {memory['parser']} MB"),
        ("  together (target under 200 MB)", f"{memory['together']} MB"),
    ):
        yield f"{what:<{_WIDTH}}{value:>18}"
