"""Fixtures of tests with a mail server: where it is to be, and one that is there."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tasks.delivery import smtp
from tests.conftest import use_environment
from tests.mail_server import Temper, a_mail_server, free_port, mail_settings


@pytest.fixture
def port(database: str, monkeypatch: pytest.MonkeyPatch) -> int:
    """Where the mail server is, or will be."""
    monkeypatch.setattr(smtp, "ANSWER_SECONDS", 1.0)
    monkeypatch.setattr(smtp, "LAST_ANSWER_SECONDS", 1.0)
    chosen = free_port()
    use_environment(monkeypatch, **mail_settings(chosen))
    return chosen


@pytest.fixture
def server(port: int) -> Iterator[Temper]:
    with a_mail_server(Temper(), port) as running:
        yield running
