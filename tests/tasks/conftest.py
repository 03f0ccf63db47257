"""Fixtures of the tests of background work, which runs in the test's own process."""

import math

import pytest

from tasks import doorbell
from tests.quick_passwords import quick_passwords

__all__ = ["quick_passwords"]


@pytest.fixture(autouse=True)
def silent_doorbell(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody listens here, and a broker that happens to run on this machine is none of ours."""
    monkeypatch.setattr(doorbell, "_silent_until", math.inf)
