"""Workers for tests of faults: real processes on a real Valkey, and nothing of them afterwards."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tasks import doorbell
from tests.conftest import Valkey, use_environment
from tests.faults.processes import Worker

LEASE_SECONDS, SWEEP_SECONDS = "3", "1"
"""Short, so that a test needn't wait; long enough for two busy cores."""

Workers = Callable[..., Worker]


@pytest.fixture
def workers(database: str, valkey: Valkey, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workers]:
    """Starts workers on this test's database and Valkey: `workers("one", stop_at="store:1")`."""
    use_environment(monkeypatch, CANBAO_LEASE_SECONDS=LEASE_SECONDS, CANBAO_SWEEP_SECONDS=SWEEP_SECONDS)
    monkeypatch.setattr(doorbell.app.conf, "broker_url", valkey.url)
    monkeypatch.setattr(doorbell, "_silent_until", 0.0)
    running: list[Worker] = []

    def start(name: str = "one", stop_at: str = "") -> Worker:
        running.append(Worker(name, tmp_path, CANBAO_STOP_AT=stop_at))
        return running[-1]

    yield start
    for worker in running:
        worker.kill()
