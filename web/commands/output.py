"""How commands answer: a line for people, or JSON for programs; refusals by the catalogue's words."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypeVar

import click

from config import messages
from models.rules.refusal import Refused

Command = TypeVar("Command", bound=Callable[..., Any])


def json_option(command: Command) -> Command:
    """`--json`: the answer for programs."""
    return click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")(command)


def answer(data: Mapping[str, Any], line: str, *, as_json: bool) -> None:
    """One answer, in the form that was asked for."""
    click.echo(json.dumps(data, ensure_ascii=False) if as_json else line)


def table(rows: list[dict[str, Any]], *, as_json: bool, empty: str) -> None:
    """Many answers: JSON, or aligned columns headed by the keys."""
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, default=str))
        return
    if not rows:
        click.echo(empty)
        return
    cells = [list(rows[0]), *([_shown(value) for value in row.values()] for row in rows)]
    widths = [max(len(row[column]) for row in cells) for column in range(len(cells[0]))]
    for row in cells:
        click.echo("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


@contextmanager
def refusals_end_the_command() -> Iterator[None]:
    """A rule's "no" is exit status 1, with its code and sentence on standard error."""
    try:
        yield
    except Refused as refused:
        click.echo(f"{refused.code}: {messages.text(refused.code, **refused.values)}", err=True)
        raise SystemExit(1) from refused


def _shown(value: Any) -> str:
    return "-" if value is None else str(value)
