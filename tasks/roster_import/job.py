"""One uploaded file, from bytes to people on the roster: five stages, a line each."""

from __future__ import annotations

from models.records.database import reading
from tasks.app import app
from tasks.doorbell import ring
from tasks.jobs import Lease, run
from tasks.roster_import.dedupe import dedupe
from tasks.roster_import.price import price
from tasks.roster_import.read import Work, load, parse
from tasks.roster_import.store import store
from tasks.roster_import.validate import validate


@app.task(name="roster.import")
def import_roster(job_id: int) -> None:
    """May be delivered any number of times: the lease decides."""
    run(job_id, _import)


def _import(lease: Lease) -> None:
    with reading() as session:
        work: Work = load(session, lease)
    rows = parse(work, lease)
    checked = validate(rows, work, lease)
    entries = dedupe(checked, work, lease)
    estimate = price(entries, work, lease)
    report_job_id = store(entries, estimate, work, lease)
    if report_job_id is not None:
        ring(report_job_id)
