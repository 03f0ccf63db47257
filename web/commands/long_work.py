"""Work that takes a while, in the terminal: a bar where somebody sits at one, plain lines elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click

Report = Callable[[int], None]


@contextmanager
def progress(what: str, total: int) -> Iterator[Report]:
    """Yields what is told how much of `total` is done. All on standard error: the answer itself may be JSON."""
    if not sys.stderr.isatty():
        yield _lines(what, total)
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.percentage:>3.0f} %"))
    with Progress(*columns, TimeRemainingColumn(), console=Console(stderr=True)) as bars:
        bar = bars.add_task(what, total=total)
        yield lambda done: bars.update(bar, completed=done)


def _lines(what: str, total: int) -> Report:
    """A line at every tenth."""
    told = 0

    def report(done: int) -> None:
        nonlocal told
        tenth = done * 10 // max(1, total)
        if tenth > told:
            told = tenth
            click.echo(f"{what}: {min(tenth, 10) * 10} %", err=True)

    return report
