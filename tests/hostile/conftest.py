"""The seed of a run's random files."""

import pytest

from tests.conftest import SEED


@pytest.fixture
def seed() -> int:
    return SEED
