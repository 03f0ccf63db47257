"""One uploaded file, from bytes to people on the roster: five stages, a line each."""

from __future__ import annotations

import gc
from typing import Any

from celery import signals

from models.records.database import reading
from tasks.app import app
from tasks.doorbell import ring
from tasks.jobs import Lease, run
from tasks.roster_import.dedupe import dedupe
from tasks.roster_import.price import price
from tasks.roster_import.read import Work, load, parse
from tasks.roster_import.store import store
from tasks.roster_import.validate import validate
from tasks.workbook.parser_process import keep_a_nursery


@app.task(name="roster.import")
def import_roster(job_id: int) -> None:
    """May be delivered any number of times: the lease decides."""
    run(job_id, _import)


def _import(lease: Lease) -> None:
    report_job_id = five_stages(lease)
    if report_job_id is not None:
        ring(report_job_id)


def five_stages(lease: Lease) -> int | None:
    """From bytes to people, and the job is done. Returns the job that makes the marked workbook, to be rung for."""
    gc.disable()  # thousands of rows and no cycles: looking for some takes a tenth of the time and finds none
    try:
        with reading() as session:
            work: Work = load(session, lease)
        rows = parse(work, lease)
        checked = validate(rows, work, lease)
        entries = dedupe(checked, work, lease)
        estimate = price(entries, work, lease)
        return store(entries, estimate, work, lease)
    finally:
        gc.enable()


@signals.worker_process_init.connect
def _prepare(**_: Any) -> None:
    """A pool process forks its parsers: their start would be most of what a small file takes."""
    keep_a_nursery()
