"""Pages while e-mail and SMS are set up: no request ever waits for a mail server or a gateway."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator

import pytest

from models.records.database import reading
from models.records.notice import MessageState, OutgoingMessage
from tests.conftest import use_environment
from tests.mail_server import Temper, a_mail_server, free_port, mail_settings
from tests.profiles import PROFILE
from tests.sms import GATEWAY
from tests.told import deliver, states, time_passes
from tests.web.conftest import Browser, Town, text_of
from tests.web.pages.test_registration import EMAIL, ask


@pytest.fixture
def port(town: Town, monkeypatch: pytest.MonkeyPatch) -> int:
    """Production, with a mail server at this port."""
    chosen = free_port()
    use_environment(
        monkeypatch, CANBAO_ENV="production", CANBAO_SECURE_COOKIES="false", **mail_settings(chosen), **GATEWAY
    )
    return chosen


@pytest.fixture
def mute(port: int) -> Iterator[socket.socket]:
    """It takes connections and says nothing."""
    with socket.create_server(("127.0.0.1", port)) as listening:
        listening.settimeout(0.2)
        yield listening


def assert_nobody_called(listening: socket.socket) -> None:
    with pytest.raises(TimeoutError):
        listening.accept()


def test_a_code_to_log_in_is_promised_without_asking_the_mail_server(
    mute: socket.socket, stranger: Browser, town: Town
) -> None:
    answer = stranger.post("/log-in/code", "/log-in", email=town.li.email)
    assert answer.status_code == 200
    assert states() == {MessageState.WAITING: 1}
    assert_nobody_called(mute)


def test_a_code_by_sms_is_promised_without_asking_the_gateway(mute: socket.socket, li: Browser) -> None:
    answer = li.post("/handler/code", "/handler", **PROFILE)
    assert "验证码已发送到" in text_of(answer)
    assert states() == {MessageState.WAITING: 1}


def test_all_pages_answer_while_the_mail_server_is_mute(mute: socket.socket, li: Browser, admin: Browser) -> None:
    assert [li.get(page).status_code for page in ("/batches", "/notices", "/handler")] == [200] * 3
    assert admin.get("/deliveries").status_code == 200
    assert_nobody_called(mute)


def test_in_production_with_a_mail_server_somebody_registers_by_the_letter_that_arrives(
    port: int, stranger: Browser
) -> None:
    assert ask(stranger).status_code == 303
    deliver()  # while it is down
    time_passes()
    with a_mail_server(Temper(), port) as server:
        deliver()
    [letter] = server.taken
    code = re.search(r"\d{6}", letter.text)
    assert code
    assert letter.recipient == EMAIL
    assert stranger.post("/register/confirm", "/register/confirm", code=code[0]).status_code == 303
    assert stranger.get("/notices").status_code == 200
    with reading() as records:
        assert code[0] not in str([message.body for message in records.query(OutgoingMessage)])


def test_in_production_without_a_mail_server_nobody_registers(
    stranger: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_environment(monkeypatch, CANBAO_ENV="production")
    assert stranger.get("/register").status_code == 404
