"""The doorbell, with a real Valkey behind it, and with none."""

from __future__ import annotations

import json
import signal
import time
from collections.abc import Iterator

import pytest
from redis import Redis
from sqlalchemy import text

from config.settings import settings
from models.records.database import writing
from tasks import doorbell
from tasks.app import app
from tasks.doorbell import ring
from tests.conftest import Valkey, use_environment
from tests.records import a_batch_to_fill, an_upload
from web.commands.ports import free_port


@pytest.fixture(autouse=True)
def _heard(monkeypatch: pytest.MonkeyPatch) -> None:
    """Here the doorbell is not silent."""
    monkeypatch.setattr(doorbell, "_silent_until", 0.0)


@pytest.fixture
def broker(sqlite: None, valkey: Valkey, monkeypatch: pytest.MonkeyPatch) -> Iterator[Redis]:
    """The Valkey where this process's doorbell rings."""
    monkeypatch.setitem(app.conf, "broker_url", settings().redis_url.get_secret_value())
    with Redis.from_url(valkey.url) as client:
        yield client


@pytest.fixture
def nobody(sqlite: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """A port where nobody listens."""
    use_environment(monkeypatch, REDIS_URL=(url := f"redis://127.0.0.1:{free_port()}/0"))
    monkeypatch.setitem(app.conf, "broker_url", url)


def test_a_message_lies_in_the_jobs_queue(broker: Redis) -> None:
    job_id = an_upload(a_batch_to_fill()).job_id
    assert ring(job_id)
    assert (broker.llen("roster.small"), broker.llen("roster.large")) == (1, 0)


def test_a_message_says_nothing_but_the_jobs_number(broker: Redis) -> None:
    job_id = an_upload(a_batch_to_fill()).job_id
    ring(job_id)
    message = json.loads(broker.lindex("roster.small", 0))
    assert message["headers"]["task"] == "roster.import"
    assert message["headers"]["argsrepr"] == f"[{job_id}]"


def test_a_job_that_there_is_not_is_not_rung_for(broker: Redis) -> None:
    assert not ring(4711)
    assert broker.dbsize() == 0


def test_a_statement_that_the_database_refuses_fails_no_request_and_is_told_as_a_bug(
    broker: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    job_id = an_upload(a_batch_to_fill()).job_id
    told: list[str] = []
    monkeypatch.setattr(doorbell.log, "error", lambda event, **_: told.append(event), raising=False)
    with writing() as session:
        session.execute(text("ALTER TABLE job RENAME COLUMN queue TO line"))
    assert (ring(job_id), told) == (False, ["doorbell_failed"])


@pytest.mark.usefixtures("nobody")
def test_while_the_broker_is_away_ringing_says_no_at_once() -> None:
    job_id = an_upload(a_batch_to_fill()).job_id
    began = time.monotonic()
    assert not ring(job_id)
    assert time.monotonic() - began < 5


@pytest.mark.usefixtures("nobody")
def test_after_a_failure_nobody_rings_for_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    job_id = an_upload(a_batch_to_fill()).job_id
    ring(job_id)
    monkeypatch.setattr(doorbell, "_connection", lambda: pytest.fail("it rang"))
    assert not ring(job_id)


def test_once_the_silence_is_over_it_rings_again(broker: Redis, monkeypatch: pytest.MonkeyPatch) -> None:
    job_id = an_upload(a_batch_to_fill()).job_id
    monkeypatch.setattr(doorbell, "_silent_until", time.monotonic() - 0.01)
    assert ring(job_id)


def test_a_frozen_broker_holds_nobody_for_long(broker: Redis, valkey: Valkey) -> None:
    job_id = an_upload(a_batch_to_fill()).job_id
    broker.close()
    assert valkey.process is not None
    valkey.process.send_signal(signal.SIGSTOP)
    began = time.monotonic()
    rang = ring(job_id)
    seconds = time.monotonic() - began
    valkey.process.send_signal(signal.SIGCONT)
    assert not rang
    assert seconds < 5
