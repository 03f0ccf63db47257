"""A throw-away PostgreSQL cluster: real, private, gone afterwards. Each test gets a database of its own."""

from __future__ import annotations

import getpass
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import psycopg

from web.commands.ports import free_port

TEMPLATE = "canbao_template"


def server_programs() -> Path | None:
    """Where `initdb` and `postgres` are: on the PATH, or where Debian keeps them. None: no server is installed."""
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    return versions[-1].parent if versions else None


class Cluster:
    """A running cluster on a loopback port; `url` names a database in it."""

    def __init__(self, port: int, data: Path, programs: Path, owner: str, environment: Mapping[str, str]) -> None:
        self.port, self.data, self._programs, self._owner = port, data, programs, owner
        self._environment = os.environ | environment
        self._made = 0

    def url(self, database: str) -> str:
        """Where a database is."""
        return f"postgresql://canbao@127.0.0.1:{self.port}/{database}"

    def new_database(self, template: str = "template1") -> str:
        """Make a database and return its name."""
        self._made += 1
        name = f"test_{self._made}"
        # a third of the time of PostgreSQL's usual way, which writes every page to its log
        self.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY FILE_COPY')
        return name

    def drop(self, name: str) -> None:
        """Drop a database, whoever is still connected."""
        self.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def execute(self, statement: str) -> None:
        """Run one statement outside of any transaction."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(statement)  # type: ignore[arg-type]  # names are ours

    def restart(self, mode: str = "immediate") -> None:
        """Stop the server as a crash would (`immediate`) and start it again."""
        self._control("restart", "-m", mode)

    def stop(self) -> None:
        """Stop the server at once."""
        self._control("stop", "-m", "immediate")

    @contextmanager
    def unanswered_commits(self) -> Iterator[None]:
        """Meanwhile transactions are committed and written, and nobody is told: the server waits for a second one."""
        self.execute("CREATE TABLE IF NOT EXISTS first_to_wait ()")
        self.execute("ALTER SYSTEM SET synchronous_standby_names = 'nobody'")
        self.execute("SELECT pg_reload_conf()")
        first = psycopg.connect(self.url("postgres"), autocommit=True)
        try:
            deadline = time.monotonic() + 60
            while not self.waiting_commits():  # the server reads its settings when it comes to it
                assert time.monotonic() < deadline, "no commit waits"
                if first.pgconn.transaction_status == psycopg.pq.TransactionStatus.IDLE:
                    first.pgconn.send_query(b"COMMENT ON TABLE first_to_wait IS 'still answered'")
                first.pgconn.consume_input()
                while not first.pgconn.is_busy() and first.pgconn.get_result() is not None:
                    pass
                time.sleep(0.02)
            yield
        finally:
            self.execute("ALTER SYSTEM RESET synchronous_standby_names")
            self.execute("SELECT pg_reload_conf()")
            first.close()

    def waiting_commits(self) -> int:
        """How many sessions have committed and wait for their answer."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            waiting = connection.execute("SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep'")
            return int(waiting.fetchone()[0])  # type: ignore[index]  # a count has a row

    def _control(self, *arguments: str) -> None:
        command = [str(self._programs / "pg_ctl"), "-D", str(self.data), "-w", "-l", str(self.data / "log"), *arguments]
        subprocess.run(command, check=True, capture_output=True, env=self._environment, **_as(self._owner))


@contextmanager
def throw_away_cluster(**environment: str) -> Iterator[Cluster]:
    """Start a cluster of our own in a temporary folder. PostgreSQL does not run as root, who lends it to another."""
    programs = server_programs()
    assert programs is not None, "no PostgreSQL server is installed"
    owner = "postgres" if os.geteuid() == 0 else getpass.getuser()
    folder = Path(tempfile.mkdtemp(prefix="canbao-pg-", dir=in_memory()))
    if os.geteuid() == 0:
        shutil.chown(folder, owner, owner)
    data, port = folder / "data", free_port()
    cluster = Cluster(port, data, programs, owner, environment)
    try:
        subprocess.run(
            [str(programs / "initdb"), "-D", str(data), "-A", "trust", "-U", "canbao", "-E", "UTF8", "--no-sync"],
            check=True,
            capture_output=True,
            **_as(owner),
        )
        # fsync stays off, and what only a cut of the power needs: a test kills processes
        options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c max_connections=100"
        options += " -c fsync=off -c full_page_writes=off"
        cluster._control("start", "-o", options)
        yield cluster
    finally:
        if (data / "postmaster.pid").exists():
            cluster.stop()
        shutil.rmtree(folder, ignore_errors=True)


def in_memory() -> Path | None:
    """A folder in memory, where databases come and go quickly; None: there is none with room."""
    shared = Path("/dev/shm")
    return shared if shared.is_dir() and shutil.disk_usage(shared).free > 2 * 2**30 else None


def _as(owner: str) -> dict[str, str]:
    return {"user": owner, "group": owner, "cwd": "/"} if os.geteuid() == 0 else {}
