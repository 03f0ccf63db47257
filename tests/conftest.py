"""Fixtures for everybody: a real database of each kind, a real Valkey, keys of their own."""

from __future__ import annotations

import gc
import os
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest
import structlog

from config.keys import Keyring
from tests import begun
from tests.compiled_once import statements_compiled_once
from tests.kept import Keeper
from tests.order import dealt
from tests.postgresql import TEMPLATE, Cluster, in_memory, server_programs, throw_away_cluster
from tests.read_once import settings_and_plans_read_once

__all__ = ["settings_and_plans_read_once", "statements_compiled_once"]

pytest_plugins = ["tests.chromium", "tests.web.standing"]

REQUIRED = frozenset(filter(None, os.environ.get("CANBAO_REQUIRE", "").split(",")))
"""What must be there: a missing one is a failure, not a skip."""

os.environ.setdefault("CANBAO_KEYS", Keyring.new().to_json())
"""One keyring for the whole run, also for the processes that tests start."""

SEED = int(os.environ.setdefault("CANBAO_TEST_SEED", str(random.SystemRandom().randrange(10**6))))
"""Of random files; the same in all processes of a run."""


sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
"""Hundreds of processes are started, and each would compile the same files for longer than it then works."""

hypothesis.settings.register_profile(
    "no-speeds", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("no-speeds")
"""How long an example takes says how busy the machine is."""

structlog.configure(processors=[structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)])
"""Until a test configures the logs as the program does: painting a traceback takes seconds."""

if memory := in_memory():
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(memory))
"""Where each test's folder is: nobody waits for a disk. A test kills processes, it does not cut the power."""


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long tests first, where several processes share them."""
    if (processes := int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))) > 1:
        items[:] = dealt(items, processes)


def pytest_collection_finish() -> None:
    """What was collected stays: the garbage collector need not look through nine thousand tests again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


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
    file = tmp_path / "canbao.db"
    shutil.copy(migrated_sqlite, file)
    use_environment(monkeypatch, CANBAO_VAR=str(tmp_path), DATABASE_URL="")
    with begun.in_database(begun.EmptySqlite(file)):
        yield
    use_environment(monkeypatch)


@pytest.fixture
def postgresql(tmp_path: Path, keeper: Keeper, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An empty PostgreSQL database, which `settings()` names."""
    kept = keeper.empty()
    use_environment(monkeypatch, CANBAO_VAR=str(tmp_path), DATABASE_URL=kept.url)
    with kept.sessions_kept(), begun.in_database(begun.EmptyPostgresql(kept)):
        yield
    use_environment(monkeypatch)


@pytest.fixture(scope="session")
def keeper(cluster: Cluster) -> Iterator[Keeper]:
    """Keeps the database of the tests on PostgreSQL."""
    keeper = Keeper(cluster)
    yield keeper
    keeper.end()


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
