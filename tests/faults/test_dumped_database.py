"""PostgreSQL's own tools and `canbao db restored`, as docs/operations.md has it: a dump while imports run, restored."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from sqlalchemy import update

from models.actions.pass_on_notices import pass_on
from models.records.database import forget_connections, writing
from models.records.job import Job, JobState
from models.records.notice import MessageState
from tests.conftest import use_environment
from tests.faults.commands import Command
from tests.faults.conftest import Webs, Workers
from tests.faults.under_work import assert_it_goes_on, caught_at_work
from tests.mail_server import Temper, a_mail_server, free_port, mail_settings
from tests.postgresql import Cluster, server_programs
from tests.told import a_handler, deliver, messages, states, tell_one

pytestmark = [
    pytest.mark.faults,
    pytest.mark.parametrize("database", [pytest.param("postgresql", marks=pytest.mark.postgresql)], indirect=True),
]


def tool(name: str, *arguments: str) -> None:
    programs = server_programs()
    assert programs is not None
    subprocess.run([str(programs / name), *arguments], check=True, capture_output=True)


def test_everything_but_messages_goes_on_in_a_database_that_was_restored_from_a_dump(
    workers: Workers, webs: Webs, cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = free_port()
    use_environment(monkeypatch, **mail_settings(port))
    work = caught_at_work(workers)
    _let_messages_wait()
    dump = str(tmp_path / "canbao.dump")
    tool("pg_dump", "--format=custom", "--no-owner", f"--file={dump}", os.environ["DATABASE_URL"])
    work.frozen.kill()

    elsewhere = cluster.new_database("template0")
    tool("pg_restore", "--exit-on-error", "--no-owner", f"--dbname={cluster.url(elsewhere)}", dump)
    before = os.environ["DATABASE_URL"]
    forget_connections()
    use_environment(monkeypatch, DATABASE_URL=cluster.url(elsewhere))
    assert states() == {MessageState.WAITING: 1}
    restored = Command("restored", tmp_path, "db", "restored")
    assert restored.end() == 0, restored.said()
    there = workers("there", lease_seconds=3)
    # The job that was running in the dump has a lease of the old place, which runs out; a test doesn't wait for it.
    _end_leases()
    assert_it_goes_on(work, there, webs)
    there.kill()
    with a_mail_server(Temper(), port) as server:
        deliver()
    assert (server.taken, [message.state for message in messages()][:2]) == ([], [MessageState.UNCERTAIN] * 2)
    forget_connections()
    use_environment(monkeypatch, DATABASE_URL=before)


def _let_messages_wait() -> None:
    """One notice whose letter waits for its server, and one that has no letter yet."""
    who = a_handler()
    tell_one(who, occasion="passed on")
    with writing() as session:
        pass_on(session)
    tell_one(who, occasion="not yet")


def _end_leases() -> None:
    with writing() as session:
        session.execute(update(Job).where(Job.state == JobState.RUNNING).values(lease_until=0))
