"""The database's disk is full: uploads are refused and told so, jobs wait, and with room everything goes on."""

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from config.settings import settings
from models.records.database import forget_connections
from models.records.job import JobState
from tasks.doorbell import ring
from tests.conftest import use_environment
from tests.faults.clerk import Clerk
from tests.faults.conftest import Webs, Workers
from tests.faults.outcome import assert_everything_in_order, imports, job_of, wait_until_all_ended
from tests.faults.processes import wait_for
from tests.faults.small_disk import SmallDisk, small_disk
from tests.postgresql import TEMPLATE, Cluster
from tests.records import a_batch_to_fill, a_roster, an_upload

pytestmark = pytest.mark.faults


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def disk(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SmallDisk]:
    """A small disk with this test's database on it: SQLite's file with its log, or a tablespace of PostgreSQL."""
    with small_disk() as disk:
        if request.param == "sqlite":
            file = disk.folder / "canbao.db"
            shutil.copy(request.getfixturevalue("migrated_sqlite"), file)
            use_environment(monkeypatch, CANBAO_VAR=str(disk.folder), DATABASE_URL="")
            disk.before_filling = lambda: wait_for(lambda: shortened_log(file), "SQLite's log has no room left in it")
            yield disk
        else:
            with database_on(disk, request.getfixturevalue("cluster")) as url:
                use_environment(monkeypatch, CANBAO_VAR=str(tmp_path), DATABASE_URL=url)
                yield disk
                forget_connections()
        use_environment(monkeypatch)


def shortened_log(file: Path) -> bool:
    """Whether everything in SQLite's log could be written into the file itself: with room in it, no disk is full."""
    with closing(sqlite3.connect(file)) as connection:
        busy, _, _ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        return not busy


@contextmanager
def database_on(disk: SmallDisk, cluster: Cluster) -> Iterator[str]:
    """A database of the cluster whose tables lie on the disk; returns its address."""
    place = disk.folder / "tables"
    place.mkdir(mode=0o700)
    owner = cluster.data.stat()
    os.chown(place, owner.st_uid, owner.st_gid)
    cluster.execute(f"CREATE TABLESPACE small LOCATION '{place}'")
    cluster.execute(f"CREATE DATABASE on_a_small_disk TEMPLATE {TEMPLATE} TABLESPACE small STRATEGY FILE_COPY")
    try:
        yield cluster.url("on_a_small_disk")
    finally:
        cluster.drop("on_a_small_disk")
        cluster.execute("DROP TABLESPACE small")


@pytest.fixture
def database(disk: SmallDisk) -> str:
    """For the workers and webs of these tests."""
    return "sqlite" if settings().effective_database_url.startswith("sqlite") else "postgresql"


def test_an_upload_to_a_full_disk_is_refused_in_time_and_received_when_there_is_room(
    webs: Webs, workers: Workers, disk: SmallDisk
) -> None:
    batch, content, worker = a_batch_to_fill(), a_roster(), workers()
    clerk = Clerk(webs(), batch)
    worker.wait_until_ready()
    disk.fill()
    refused = clerk.upload(content)
    assert (refused.status, "SYS-001" in refused.body) == (503, True)
    assert imports() == []
    assert clerk.open(f"/batches/{batch.batch_no}/roster").status == 200
    disk.make_room()
    assert clerk.upload(content).status == 303
    wait_until_all_ended(worker)
    assert imports() == [JobState.DONE]
    assert_everything_in_order()


def test_a_job_that_meets_a_full_disk_is_done_when_there_is_room(workers: Workers, disk: SmallDisk) -> None:
    upload = an_upload(a_batch_to_fill())
    ring(upload.job_id)
    worker = workers(stop_at="store:1", lease_seconds=5)
    worker.wait_until_stopped()
    disk.fill()
    worker.thaw()
    worker.wait_until_it_says("database_away", "meeting the full disk")
    disk.make_room()
    wait_until_all_ended(worker)
    assert job_of(upload.job_id).state == JobState.DONE
    assert_everything_in_order()
