"""Workers and webs for tests of faults: real processes on a real Valkey, and nothing of them afterwards."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from tasks import doorbell
from tests.conftest import Valkey, use_environment
from tests.faults.processes import Web, Worker
from tests.quick_passwords import quick_passwords

__all__ = ["quick_passwords"]

Workers = Callable[..., Worker]
Webs = Callable[..., Web]

SWEEP_SECONDS = 1
LEASE_SECONDS = 600
"""Runs out in no test that does not give a shorter one: what comes back sooner was handed back."""


@pytest.fixture
def workers(database: str, valkey: Valkey, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workers]:
    """Starts workers on this test's database and Valkey: `workers("one", stop_at="store:1")`."""
    use_environment(monkeypatch, CANBAO_SWEEP_SECONDS=str(SWEEP_SECONDS))
    monkeypatch.setattr(doorbell.app.conf, "broker_url", valkey.url)
    monkeypatch.setattr(doorbell, "_silent_until", 0.0)
    running: list[Worker] = []

    def start(
        name: str = "one",
        stop_at: str = "",
        pool: int = 1,
        lease_seconds: float = LEASE_SECONDS,
        environment: Mapping[str, str] | None = None,
    ) -> Worker:
        own = {"CANBAO_STOP_AT": stop_at, "CANBAO_LEASE_SECONDS": str(lease_seconds), **(environment or {})}
        running.append(Worker(name, tmp_path, pool, **own))
        return running[-1]

    yield start
    for worker in running:
        worker.kill()


@pytest.fixture
def webs(workers: Workers, tmp_path: Path) -> Iterator[Webs]:
    """Starts webs on the same database and Valkey: `webs("doomed", stop_at="upload_before_commit")`."""
    running: list[Web] = []

    def start(name: str = "web", stop_at: str = "") -> Web:
        running.append(Web(name, tmp_path, CANBAO_STOP_AT=stop_at))
        return running[-1]

    yield start
    for web in running:
        web.kill()
