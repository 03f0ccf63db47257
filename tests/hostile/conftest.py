"""The seed of a run's random files: printed with each run, so that a failure can be had again."""

import os
import random

import pytest

SEED = int(os.environ.get("CANBAO_TEST_SEED") or random.SystemRandom().randrange(10**6))


def pytest_report_header(config: pytest.Config) -> str:
    return f"mutated workbooks: CANBAO_TEST_SEED={SEED}"


@pytest.fixture
def seed() -> int:
    return SEED
