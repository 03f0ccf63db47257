"""`canbao bench`: how fast it is on this machine, the import beside the least that an honest program has to do."""

from __future__ import annotations

import json
from typing import Any

import click

from web.commands.output import json_option

PARTS = ("import", "answers", "memory", "submission", "group", "roster", "clerks", "registers", "dashboard", "start")
"""What can be measured, in this order."""


def _numbers(_context: click.Context, _parameter: click.Parameter, value: str) -> tuple[int, ...]:
    try:
        return tuple(sorted(int(part) for part in value.split(",")))
    except ValueError as error:
        raise click.BadParameter("numbers with commas between them") from error


@click.command()
@click.option("--only", "parts", multiple=True, type=click.Choice(PARTS), help="Measure this only; may be repeated.")
@click.option("--runs", default=5, show_default=True, type=click.IntRange(1, 20), help="A median is taken of so many.")
@click.option("--people", default=5000, show_default=True, type=click.IntRange(20, 5000), help="People in a roster.")
@click.option("--register", default=1_000_000, show_default=True, type=click.IntRange(0), help="Claims registered.")
@click.option(
    "--registers",
    default="100000,1000000,10000000",
    show_default=True,
    callback=_numbers,
    metavar="N,N,…",
    help="Claims with which imports are compared (PostgreSQL).",
)
@click.option(
    "--roster", default=100_000, show_default=True, type=click.IntRange(100), help="People of a large roster."
)
@click.option("--group", default=50_000, show_default=True, type=click.IntRange(100), help="People in ten files.")
@click.option("--large-submission", default=50_000, show_default=True, type=click.IntRange(100), help="Its people.")
@click.option("--clerks", default=20, show_default=True, type=click.IntRange(1, 50), help="Who upload at once.")
@click.option(
    "--imports", default=200, show_default=True, type=click.IntRange(10), help="Over which memory is watched."
)
@click.option(
    "--units", default=20_000, show_default=True, type=click.IntRange(20), help="Of a city, for the staff's page."
)
@json_option
def bench(*, parts: tuple[str, ...], as_json: bool, **sizes: Any) -> None:
    """Measure the import and what people wait for, in a throw-away database.

    SQLite, or the PostgreSQL that DATABASE_URL names, in a schema of its own. The import runs in turns with a floor:
    fastest reader, tight checks, one keyed digest and one encryption a number, one look-up of claims, one bulk store,
    one transaction. From a checkout only.
    """
    try:
        from tests.benchmarks.measure import Sizes, measure
    except ModuleNotFoundError as missing:
        click.echo(f"canbao bench runs from a checkout with the test tools installed: {missing}", err=True)
        raise SystemExit(2) from missing
    figures = measure(parts or PARTS, Sizes(**sizes), lambda line: click.echo(line, err=True))
    if as_json:
        click.echo(json.dumps(figures, ensure_ascii=False))
    else:
        from web.commands.bench_table import table

        click.echo("\n".join(table(figures)))
