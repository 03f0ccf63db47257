"""A fixture for folders whose tests make accounts and hardly ever log in."""

import pytest
from argon2 import PasswordHasher

from models.actions import log_in


@pytest.fixture(autouse=True)
def quick_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """argon2id at its least: a tenth of a second for each password is wanted, but not for each test."""
    monkeypatch.setattr(log_in, "_hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
