"""Fixtures of the acceptance criteria (DOMAIN 14): the town of the web's tests, its people at pages and as programs."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.quick_passwords import quick_passwords
from tests.quiet import silent_doorbell
from tests.web.api.conftest import Program, token_for
from tests.web.conftest import Town, admin, app, batch_no, li, reviewer, stranger, town, zhou

__all__ = [
    "admin", "app", "batch_no", "li", "quick_passwords", "reviewer", "silent_doorbell", "stranger", "town", "zhou",
]  # fmt: skip


@pytest.fixture
def li_calls(app: Flask, town: Town) -> Program:
    """A program of 李小满's."""
    return Program(app.test_client(), token_for(town.li))


@pytest.fixture
def reviewer_calls(app: Flask, town: Town) -> Program:
    """A program of a reviewer's."""
    return Program(app.test_client(), token_for(town.reviewer))
