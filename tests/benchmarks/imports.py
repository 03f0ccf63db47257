"""The import of one roster, from lease to done, beside its floor: the same file and database, in turns."""

from __future__ import annotations

import statistics
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import select, text

from config.settings import keyring, settings
from models.actions.queue_import import queue_import
from models.records.database import is_postgresql, reading, writing
from models.records.roster_import import RosterImport
from tasks.demonstration import BEGINS_AT, PLAN_YEAR, SAMPLE_FILE_NAME
from tasks.jobs import Lease, run
from tasks.queues import roster_queue
from tasks.roster_import.job import five_stages
from tasks.workbook.parser_process import keep_a_nursery
from tests.benchmarks.floor import Floor, PostgresqlStore, SqliteStore
from tests.benchmarks.place import Place
from tests.benchmarks.stopwatch import Took, median, time_once

LATEST_BIRTH = "2004-04-01"
"""Sixteen on the first day of cover."""


@dataclass(slots=True)
class Race:
    """What came out, run by run; the first run of each warmed the pages up and is not among them."""

    ours: list[Took] = field(default_factory=list)
    floor: list[Took] = field(default_factory=list)
    our_stages: list[dict[str, float]] = field(default_factory=list)
    floor_steps: list[dict[str, float]] = field(default_factory=list)

    def as_data(self) -> dict[str, Any]:
        """Medians, and every run."""
        ours, floor = median(self.ours), median(self.floor)
        return {
            "import": ours.as_data() | {"stages": _medians(self.our_stages), "runs": [t.as_data() for t in self.ours]},
            "floor": floor.as_data() | {"steps": _medians(self.floor_steps), "runs": [t.as_data() for t in self.floor]},
            "ratio": {"wall": round(ours.wall / floor.wall, 2), "cpu": round(ours.cpu / floor.cpu, 2)},
        }


def race(place: Place, runs: int) -> Race:
    """Both import the sample into an empty batch, in turns, after one round to warm up."""
    store = _store()
    ring = keyring()
    floor = Floor(ring.lookup, ring.sealing[ring.current], PLAN_YEAR, LATEST_BIRTH)
    uploads = [queue_upload(place) for _ in range(runs + 1)]
    keep_a_nursery()  # like a worker's pool process
    result = Race()
    for turn, upload in enumerate(uploads):
        batch_id, _ = place.next_batch()
        servers = database_servers() if turn else ()
        took_floor = time_once(partial(floor.import_roster, place.sample.content, batch_id, store), servers)
        took_ours = time_once(partial(import_now, upload), servers)
        stages = stages_of(place, upload.import_id)
        if turn:
            result.floor.append(took_floor)
            result.floor_steps.append(floor.seconds)
            result.ours.append(took_ours)
            result.our_stages.append(stages | {"around them": took_ours.wall - sum(stages.values())})
    store.close()
    return result


def import_now(upload: Upload) -> None:
    """From lease to done, as a worker does it. Nobody is rung for: the broker is none of this."""

    def work(lease: Lease) -> None:
        five_stages(lease)

    run(upload.job_id, work)


def database_servers() -> list[int]:
    """The server processes of this database on this machine; none for SQLite, which works in ours."""
    with reading() as session:
        if not is_postgresql(session):
            return []
        query = text("SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND usename = current_user")
        found = list(session.execute(query).scalars())
    return [pid for pid in found if _is_server(pid)]


def _is_server(pid: int) -> bool:
    try:
        return b"postgres" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False


def _store() -> SqliteStore | PostgresqlStore:
    if settings().database_url:
        return PostgresqlStore(settings().database_url, settings().database_schema)
    return SqliteStore(str(settings().var / "canbao.db"))


@dataclass(frozen=True, slots=True)
class Upload:
    """One received file."""

    import_id: int
    job_id: int
    batch_no: str


def queue_upload(place: Place, *, repeat: bool = False, keep: bool = False, days: int = 0) -> Upload:
    """The sample, received for an empty batch; `repeat`: once more for the batch that `keep` has left for that.

    `days` later than the others: nobody sends hundreds of files a day.
    """
    _, batch_no = place.next_batch(keep=keep)
    content = place.sample.content
    with writing() as session:
        receipt = queue_import(
            session,
            place.viewer,
            batch_no,
            file_name=SAMPLE_FILE_NAME,
            content=content,
            queue=roster_queue(len(content)),
            now=BEGINS_AT + timedelta(days=days),
            repeat=repeat,
        )
    return Upload(receipt.import_id, receipt.job_id, batch_no)


def stages_of(place: Place, import_id: int) -> dict[str, float]:
    """Seconds in each of the five stages. AssertionError: the import did not end as the sample was planned."""
    with reading() as session:
        upload = session.scalars(select(RosterImport).where(RosterImport.id == import_id)).one()
        counts, progress = upload.counts, upload.job.progress
    assert counts == place.sample.planned, f"came out as {counts}, not {place.sample.planned}"
    return {stage["stage"]: stage["seconds"] for stage in progress["stages"]}


def _medians(runs: list[dict[str, float]]) -> dict[str, float]:
    return {name: round(statistics.median(run[name] for run in runs), 4) for name in runs[0]}
