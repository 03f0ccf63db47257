"""Fixtures for everybody: a real database of each kind, a real Valkey, keys of their own."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.keys import Keyring
from tests.compiled_once import statements_compiled_once
from tests.postgresql import TEMPLATE, Cluster, server_programs, throw_away_cluster

__all__ = ["statements_compiled_once"]

pytest_plugins = ["tests.chromium", "tests.web.standing"]

REQUIRED = frozenset(filter(None, os.environ.get("CANBAO_REQUIRE", "").split(",")))
"""What must be there: a missing one is a failure, not a skip."""

os.environ.setdefault("CANBAO_KEYS", Keyring.new().to_json())
"""One keyring for the whole run, also for the processes that tests start."""

SEED = int(os.environ.setdefault("CANBAO_TEST_SEED", str(random.SystemRandom().randrange(10**6))))
"""Of random files; the same in all processes of a run."""


def pytest_report_header() -> str:
    """Printed with each run, so that a failure can be had again."""
    return f"random files: CANBAO_TEST_SEED={SEED}"


def missing(what: str, package: str) -> None:
    """Say that a test can't run here: a skip that names the package, or a failure where it is required."""
    sentence = f"{what} is not installed (apt package: {package})"
    if what in REQUIRED:
        pytest.fail(sentence)
    pytest.skip(sentence)


def use_environment(patch: pytest.MonkeyPatch, **variables: str) -> None:
    """Let this process read these settings from now on, and forget the old ones with their connections.

    What a request before has left of its patience with the database is nobody's any more.
    """
    from config import settings as module
    from models.records.database import forget_connections
    from models.records.patience import be_patient_for
    from models.records.sealing import _cipher

    for name, value in variables.items():
        patch.setenv(name, value)
    be_patient_for(None)
    forget_connections()
    module.settings.cache_clear()
    module.keyring.cache_clear()
    _cipher.cache_clear()


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """One PostgreSQL cluster for the run, with a migrated template database."""
    if server_programs() is None:
        missing("postgresql", "postgresql")
    with throw_away_cluster() as running:
        running.execute(f"CREATE DATABASE {TEMPLATE}")
        with pytest.MonkeyPatch.context() as patch:
            _migrate(patch, DATABASE_URL=running.url(TEMPLATE))
        yield running


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file, to be copied."""
    folder = tmp_path_factory.mktemp("migrated")
    with pytest.MonkeyPatch.context() as patch:
        _migrate(patch, CANBAO_VAR=str(folder), DATABASE_URL="")
    return folder / "canbao.db"


def _migrate(patch: pytest.MonkeyPatch, **variables: str) -> None:
    from models.records.database import forget_connections
    from models.records.schema import upgrade

    use_environment(patch, **variables)
    upgrade()
    forget_connections()  # closes, and so writes SQLite's log into the file


@pytest.fixture
def sqlite(tmp_path: Path, migrated_sqlite: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An empty SQLite database in a folder of its own, which `settings()` names."""
    shutil.copy(migrated_sqlite, tmp_path / "canbao.db")
    use_environment(monkeypatch, CANBAO_VAR=str(tmp_path), DATABASE_URL="")
    yield
    use_environment(monkeypatch)


@pytest.fixture
def postgresql(tmp_path: Path, cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An empty PostgreSQL database of its own, which `settings()` names."""
    name = cluster.new_database(TEMPLATE)
    use_environment(monkeypatch, CANBAO_VAR=str(tmp_path), DATABASE_URL=cluster.url(name))
    yield
    use_environment(monkeypatch)
    cluster.drop(name)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def database(request: pytest.FixtureRequest) -> str:
    """An empty, migrated database: each test that asks for it runs on SQLite and on PostgreSQL."""
    request.getfixturevalue(request.param)
    return str(request.param)


@pytest.fixture
def valkey(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Valkey]:
    """A real Valkey with a password, which `settings()` names; not persistent."""
    server = Valkey(tmp_path / "valkey")
    server.start()
    use_environment(monkeypatch, REDIS_URL=server.url)
    yield server
    server.kill()


class Valkey:
    """A Valkey server that a test may kill, freeze and start again, empty, on the same port."""

    def __init__(self, folder: Path) -> None:
        from web.commands.valkey import embedded_valkey

        folder.mkdir()
        made = embedded_valkey(folder)
        self.url, self._command = made.url, made.child.argv
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it answers."""
        from web.commands.valkey import answers

        self.process = subprocess.Popen(self._command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + 20
        while not answers(self.url):
            assert time.monotonic() < deadline, "Valkey did not start"
            time.sleep(0.02)

    def kill(self) -> None:
        """Kill -9; what it held is gone."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None
