"""PostgreSQL's own tools, as docs/operations.md names them: a dump while imports run, restored elsewhere."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from sqlalchemy import update

from models.records.database import forget_connections, writing
from models.records.job import Job, JobState
from tasks.doorbell import ring
from tests.conftest import use_environment
from tests.faults.clerk import Clerk
from tests.faults.conftest import Webs, Workers
from tests.faults.outcome import assert_everything_in_order, imports, job_of, wait_until_all_ended
from tests.postgresql import Cluster, server_programs
from tests.records import a_batch_to_fill, a_roster, an_upload

pytestmark = [
    pytest.mark.faults,
    pytest.mark.parametrize("database", [pytest.param("postgresql", marks=pytest.mark.postgresql)], indirect=True),
]


def tool(name: str, *arguments: str) -> None:
    programs = server_programs()
    assert programs is not None
    subprocess.run([str(programs / name), *arguments], check=True, capture_output=True)


def test_everything_goes_on_in_a_database_that_was_restored_from_a_dump(
    workers: Workers, webs: Webs, cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = a_batch_to_fill()
    done = an_upload(batch)
    ring(done.job_id)
    first = workers("first")
    wait_until_all_ended(first)
    first.kill()
    running = an_upload(a_batch_to_fill("0088D3"), a_roster(seed=3))
    ring(running.job_id)
    frozen = workers("frozen", stop_at="dedupe:1")
    frozen.wait_until_stopped()
    queued = an_upload(a_batch_to_fill("0088D4"), a_roster(seed=4))
    dump = str(tmp_path / "canbao.dump")
    tool("pg_dump", "--format=custom", "--no-owner", f"--file={dump}", os.environ["DATABASE_URL"])
    frozen.kill()

    elsewhere = cluster.new_database("template0")
    tool("pg_restore", "--exit-on-error", "--no-owner", f"--dbname={cluster.url(elsewhere)}", dump)
    before = os.environ["DATABASE_URL"]
    forget_connections()
    use_environment(monkeypatch, DATABASE_URL=cluster.url(elsewhere))
    there = workers("there", lease_seconds=3)
    # The job that was running in the dump has a lease of the old place, which runs out; a test doesn't wait for it.
    _end_leases()
    wait_until_all_ended(there)
    assert [job_of(upload.job_id).state for upload in (done, running, queued)] == [JobState.DONE] * 3
    clerk = Clerk(webs("elsewhere"), batch)
    assert clerk.upload(a_roster(seed=9)).status == 303
    wait_until_all_ended(there)
    assert imports() == [JobState.DONE] * 4
    assert_everything_in_order()
    there.kill()
    forget_connections()
    use_environment(monkeypatch, DATABASE_URL=before)


def _end_leases() -> None:
    with writing() as session:
        session.execute(update(Job).where(Job.state == JobState.RUNNING).values(lease_until=0))
