"""What those who run the service ask it."""

from __future__ import annotations

import io
import json
import logging
import re
import signal
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from models.records.database import writing
from models.records.heartbeat import BEAT, note_heartbeat
from models.records.notice import MessageState, OutgoingMessage
from tests.conftest import Valkey, use_environment
from tests.quick_passwords import quick_passwords
from tests.quiet import silent_doorbell
from tests.statements import statements
from tests.web.conftest import Browser, imported
from tests.web.figures import TOKEN, figures
from tests.workbooks import a_workbook, some_people
from web.commands.ports import free_port

__all__ = ["quick_passwords", "silent_doorbell"]


def test_healthz_answers_without_log_in_and_without_a_database(client: FlaskClient) -> None:
    with statements() as asked:
        assert client.get("/healthz").get_json() == {"status": "ok"}
    assert not asked


def test_readyz_is_ready_when_everything_is_there(client: FlaskClient, valkey: Valkey) -> None:
    answer = client.get("/readyz")
    everything = {"broker": "ok", "database": "ok", "migrations": "ok"}
    assert (answer.status_code, answer.get_json()) == (200, {"status": "ready", "checks": everything})


def test_readyz_names_a_broker_that_is_away_and_nothing_more(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_environment(monkeypatch, REDIS_URL=f"redis://:secret@127.0.0.1:{free_port()}/0")
    answer = client.get("/readyz")
    assert (answer.status_code, answer.get_json()["checks"]["broker"]) == (503, "away")
    assert "secret" not in answer.get_data(as_text=True)


def test_readyz_answers_beside_a_frozen_broker(client: FlaskClient, valkey: Valkey) -> None:
    assert valkey.process is not None
    valkey.process.send_signal(signal.SIGSTOP)
    answer = client.get("/readyz")
    valkey.process.send_signal(signal.SIGCONT)
    assert (answer.status_code, answer.get_json()["checks"]["broker"]) == (503, "away")


def test_readyz_tells_of_migrations_that_have_not_run(client: FlaskClient, valkey: Valkey) -> None:
    with writing() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '0000'"))
    answer = client.get("/readyz")
    assert (answer.status_code, answer.get_json()["checks"]["migrations"]) == (503, "behind")


def test_without_a_token_in_the_settings_there_are_no_figures(client: FlaskClient) -> None:
    assert client.get("/metrics").status_code == 404


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer wrong", f"Basic {TOKEN}", f"Bearer {TOKEN}é"])
def test_figures_are_refused_without_the_token(metrics: FlaskClient, header: str) -> None:
    assert metrics.get("/metrics", headers={"Authorization": header}).status_code == 401


def test_figures_of_an_empty_service_are_noughts(metrics: FlaskClient) -> None:
    found = figures(metrics)
    assert found['canbao_oldest_waiting_seconds{queue="roster.small"}'] == 0
    assert found['canbao_reminders_sent{code="NTF-03"}'] == 0
    assert found["canbao_beat_age_seconds"] != found["canbao_beat_age_seconds"]  # never ticked: not a number


def test_figures_follow_jobs_and_beat(metrics: FlaskClient, li: Browser, batch_no: str) -> None:
    imported(li, batch_no, some_people(3))
    li.upload(batch_no, a_workbook(some_people(5)))
    with writing() as session:
        note_heartbeat(session, BEAT)
    found = figures(metrics)
    assert found['canbao_jobs{kind="roster.import",state="done"}'] == 1
    assert found['canbao_jobs{kind="roster.import",state="queued"}'] == 1
    assert 0 < found['canbao_oldest_waiting_seconds{queue="roster.small"}'] < 60
    assert found['canbao_job_seconds_count{kind="roster.import"}'] == 1
    assert found['canbao_job_seconds_bucket{kind="roster.import",le="+Inf"}'] == 1
    assert 0 < found['canbao_job_seconds_sum{kind="roster.import"}'] < 60
    assert found["canbao_beat_age_seconds"] < 60


def test_the_oldest_message_that_is_due_was_never_refused(metrics: FlaskClient) -> None:
    a_message(MessageState.WAITING, 100)
    a_message(MessageState.SENT, 300)
    a_message(MessageState.FAILED, 300)
    a_message(MessageState.WAITING, 200_000, refusals=1)  # a dead address: not the server's fault
    assert 100 <= figures(metrics)["canbao_messages_oldest_due_seconds"] < 160


def a_message(state: MessageState, seconds: int, refusals: int = 0) -> None:
    made_at = datetime.now(UTC) - timedelta(seconds=seconds)
    with writing() as session:
        session.add(
            OutgoingMessage(
                channel="email", recipient="li@unit.example", created_at=made_at, state=state, refusals=refusals
            )
        )


def test_figures_take_a_fixed_number_of_statements(metrics: FlaskClient, li: Browser, batch_no: str) -> None:
    with statements() as before:
        figures(metrics)
    for people in (1, 2, 3):
        imported(li, batch_no, some_people(people))
    with statements() as after:
        figures(metrics)
    assert len(after) <= len(before) <= 8


@pytest.fixture
def log(app: object) -> Iterator[io.StringIO]:
    """What the service writes to its standard output."""
    from config.logging import log_as_json

    log_as_json()
    [handler] = logging.getLogger().handlers
    assert isinstance(handler, logging.StreamHandler)
    written = io.StringIO()
    handler.setStream(written)
    yield written
    logging.getLogger().removeHandler(handler)


def lines_of(log: io.StringIO) -> list[dict[str, object]]:
    """The lines since the last look."""
    lines = [json.loads(line) for line in log.getvalue().splitlines()]
    log.truncate(0)
    log.seek(0)
    return lines


def test_a_request_is_one_line_with_its_route_and_never_its_address(
    log: io.StringIO, li: Browser, batch_no: str
) -> None:
    lines_of(log)
    li.get(f"/batches/{batch_no}/roster?name=%E7%8E%8B%E8%B1%86%E8%B1%86")
    [line] = [line for line in lines_of(log) if line["event"] == "request"]
    assert (line["method"], line["route"], line["status"]) == ("GET", "/batches/<batch_no>/roster", 200)
    assert isinstance(line["account"], int)
    assert re.fullmatch("[0-9a-f]{32}", str(line["request"]))
    assert batch_no not in json.dumps(line, ensure_ascii=False)


def test_a_page_that_there_is_not_is_logged_without_its_address(log: io.StringIO, client: FlaskClient) -> None:
    client.get("/110101199003079091")
    [line] = [line for line in lines_of(log) if line["event"] == "request"]
    assert (line["route"], line["status"], line["account"]) == (None, 404, None)


def test_a_well_formed_request_id_is_taken_over_and_answered(client: FlaskClient) -> None:
    given = "0f8fad5b-d9cb-469f-a165-70867728950e"
    assert client.get("/healthz", headers={"X-Request-ID": given}).headers["X-Request-ID"] == given


@pytest.mark.parametrize("given", ["", "110101199003079091", "H801213602X", "a" * 65, "1101011990-0307909111111", "é"])
def test_any_other_is_replaced_since_it_could_be_a_number(client: FlaskClient, given: str) -> None:
    answered = client.get("/healthz", headers={"X-Request-ID": given}).headers["X-Request-ID"]
    assert re.fullmatch("[0-9a-f]{32}", answered)


def test_what_is_logged_on_a_requests_way_carries_its_id(log: io.StringIO, client: FlaskClient) -> None:
    with writing() as session:
        session.execute(text("DROP TABLE plan_year"))
    answer = client.get("/log-in")
    lines = lines_of(log)
    assert {line["request"] for line in lines} == {answer.headers["X-Request-ID"]}
    assert {str(line["event"]) for line in lines} > {"request"}
