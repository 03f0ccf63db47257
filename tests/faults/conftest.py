"""Workers for tests of faults: real processes on a real Valkey, and nothing of them afterwards."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tasks import doorbell
from tests.conftest import Valkey, use_environment
from tests.faults.processes import Worker
from tests.quick_passwords import quick_passwords

__all__ = ["quick_passwords"]

Workers = Callable[..., Worker]

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

    def start(name: str = "one", stop_at: str = "", pool: int = 1, lease_seconds: float = LEASE_SECONDS) -> Worker:
        running.append(Worker(name, tmp_path, pool, CANBAO_STOP_AT=stop_at, CANBAO_LEASE_SECONDS=str(lease_seconds)))
        return running[-1]

    yield start
    for worker in running:
        worker.kill()
