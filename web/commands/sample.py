"""`canbao sample`: a roster of fictitious people, with planted mistakes if wanted, and the answers to them."""

import json
from decimal import Decimal, InvalidOperation
from pathlib import Path

import click


def _share(_context: click.Context, _parameter: click.Parameter, value: str) -> Decimal:
    try:
        share = Decimal(value)
    except InvalidOperation as error:
        raise click.BadParameter(f"{value!r} is not a number") from error
    if not share.is_finite() or not 0 <= share <= 1:
        raise click.BadParameter("must be between 0 and 1")
    return share


@click.command()
@click.argument("out", metavar="OUT.xlsx", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--people", required=True, type=click.IntRange(min=1), help="How many rows; may be more than 5000.")
@click.option("--seed", default=1, show_default=True, type=click.IntRange(min=0), help="Other seeds, other people.")
@click.option("--wrong", default="0", callback=_share, metavar="SHARE", help="Share of rows with planted mistakes.")
@click.option("--over-age", default=0, type=click.IntRange(min=0), help="People past the age limit, the first ones.")
@click.option(
    "--answers",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write what must come out, as JSON, to this file.",
)
def sample(*, out: Path, people: int, seed: int, wrong: Decimal, over_age: int, answers: Path | None) -> None:
    """Write a roster of fictitious people in the template's layout. The same options give the same file."""
    from tasks.sample_roster import SampleRoster
    from tasks.workbook.template import write_roster

    roster = SampleRoster(people, seed, wrong, over_age)
    try:
        with out.open("wb") as file, click.progressbar(roster.rows(), people, f"{people} people") as rows:
            write_roster(rows, file)
        if answers is not None:
            answers.write_text(json.dumps(roster.answers.as_json(), ensure_ascii=False, indent=1), encoding="utf-8")
    except OSError as error:
        raise click.UsageError(f"cannot write {error.filename or out}: {error.strerror}") from error
    expected = roster.answers
    click.echo(f"wrote {out}: {expected.accepted} right, {expected.invalid} wrong, {expected.duplicate} duplicate")
