"""A fixture for tests whose jobs run in the test's own process."""

import math

import pytest

from tasks import doorbell


@pytest.fixture(autouse=True)
def silent_doorbell(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody listens here, and a broker that happens to run on this machine is none of ours."""
    monkeypatch.setattr(doorbell, "_silent_until", math.inf)
