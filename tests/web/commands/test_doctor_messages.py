"""`canbao doctor` about e-mail and SMS: whether there is a way out of the house, and whether they arrive."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest

from models.records.database import writing
from models.records.delivery_line import DeliveryLine
from models.records.notice import MessageState, OutgoingMessage
from tests.conftest import use_environment
from tests.web.commands.told import tell
from web.commands.ports import free_port


@pytest.fixture(autouse=True)
def _no_broker(monkeypatch: pytest.MonkeyPatch) -> None:
    """A port where nobody listens."""
    monkeypatch.setenv("REDIS_URL", f"redis://127.0.0.1:{free_port()}/0")


def look() -> tuple[bool, str]:
    [line] = [line for line in tell("doctor", "--json").data["checks"] if line["name"] == "messages"]
    return line["ok"], line["found"]


def a_letter(state: MessageState, *, age: timedelta = timedelta()) -> None:
    with writing() as session:
        letter = OutgoingMessage(channel="email", recipient="li@unit.example", created_at=datetime.now(UTC) - age)
        letter.state = state
        session.add(letter)


def test_a_message_that_was_refused_is_not_ok(sqlite: None) -> None:
    assert look()[0]
    a_letter(MessageState.FAILED)
    assert look() == (False, "0 wait, 1 failed, 0 of uncertain end")


def test_a_message_that_waits_for_a_server_that_is_away_is_not_ok_and_the_reason_is_told(sqlite: None) -> None:
    with writing() as session:
        session.add(DeliveryLine(channel="email", failures=1, last_error="SMTPAuthenticationError 535"))
    a_letter(MessageState.WAITING)
    assert look() == (True, "1 wait, 0 failed, 0 of uncertain end")
    a_letter(MessageState.WAITING, age=timedelta(minutes=6))
    ok, found = look()
    said = r"2 wait, 0 failed, 0 of uncertain end; email has waited for \d{3} s: SMTPAuthenticationError 535"
    assert (ok, bool(re.fullmatch(said, found))) == (False, True), found
    assert "CANBAO_SMTP_URL" in tell("doctor").said


def test_a_message_that_waits_for_over_an_hour_is_not_ok_though_its_server_takes_others(sqlite: None) -> None:
    a_letter(MessageState.WAITING, age=timedelta(minutes=50))
    assert look()[0]
    a_letter(MessageState.WAITING, age=timedelta(minutes=61))
    assert not look()[0]


def test_production_without_a_mail_server_is_not_ok(sqlite: None, monkeypatch: pytest.MonkeyPatch) -> None:
    use_environment(monkeypatch, CANBAO_ENV="production")
    assert look() == (False, "there is no mail server")
