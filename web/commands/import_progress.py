"""How far an import has come, in the terminal: a bar where somebody sits at one, plain lines elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from models.queries.jobs import Progress, progress
from models.records.database import reading
from models.records.job import UNFINISHED
from models.records.roster_import import RosterImport
from web.commands.processes import NotReadyError, Processes

STAGES = {"read": "reading", "validate": "checking", "dedupe": "comparing", "price": "pricing", "store": "storing"}
_LOOK_SECONDS = 0.1


def follow_import(import_id: int, processes: Processes, say: Callable[[str], None], seconds: float) -> None:
    """Show the import's progress until it has ended, while looking after the children. NotReadyError: not in time."""
    deadline = time.monotonic() + seconds
    with _display(say) as show:
        while True:
            with reading() as session:
                upload = session.get_one(RosterImport, import_id)
                seen = progress(session, upload.job)
                show(seen)
                if seen.job.state not in UNFINISHED:
                    return
            if time.monotonic() > deadline:
                raise NotReadyError(f"the import has not ended within {seconds:g} s; the logs are in {processes.logs}")
            time.sleep(_LOOK_SECONDS)
            processes.check()


@contextmanager
def _display(say: Callable[[str], None]) -> Iterator[Callable[[Progress], None]]:
    if not sys.stdout.isatty():
        yield _lines(say)
        return
    from rich.progress import BarColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bars

    columns = (TextColumn("{task.description:<24}"), BarColumn(), TextColumn("{task.percentage:>3.0f} %"))
    with Bars(*columns, TimeElapsedColumn()) as bars:
        bar = bars.add_task("waiting for a worker", total=100)
        yield lambda seen: bars.update(bar, completed=seen.percent, description=_describe(seen))


def _lines(say: Callable[[str], None]) -> Callable[[Progress], None]:
    """One line whenever the stage changes."""
    last = ""

    def show(seen: Progress) -> None:
        nonlocal last
        stage = _describe(seen, rows=False)
        if stage != last:
            say(f"  {seen.percent:>3} % {stage}")
            last = stage

    return show


def _describe(seen: Progress, *, rows: bool = True) -> str:
    job = seen.job
    if job.state not in UNFINISHED:
        return str(job.state)
    if job.stage is None:
        return f"waiting, {seen.ahead} ahead" if seen.ahead else "waiting for a worker"
    stage = STAGES.get(job.stage, job.stage)
    return f"{stage} {job.done} of {job.total}" if rows and job.total else stage
