"""The connection to a mail server: encrypted, and for how long it is waited for."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from models.actions.deliver_messages import LINE_SECONDS
from tasks import notices
from tasks.delivery import smtp
from tasks.delivery.carrier import AwayError, HungUpError, UnansweredError
from tasks.delivery.smtp import MailServer
from tests.mail_server import SENDER, Temper
from tests.tasks.delivery.letters import LI, ZHOU, Ready, a_code, little_patience, port, sent
from tests.tls import a_certificate

__all__ = ["port"]


@pytest.mark.parametrize(("scheme", "option"), [("smtps", "ssl_context"), ("smtp+starttls", "tls_context")])
def test_letters_go_over_an_encrypted_connection(
    port: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, scheme: str, option: str
) -> None:
    certificate = a_certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    encrypted, temper = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), Temper()
    encrypted.load_cert_chain(certificate)
    options: dict[str, Any] = {option: encrypted}
    controller = Controller(temper, "127.0.0.1", port, **options)
    controller.start()
    with closing(MailServer(f"{scheme}://127.0.0.1:{port}", SENDER)) as client:
        for recipient in (LI, ZHOU):
            client.send(a_code(recipient), Ready())
    controller.stop()
    assert temper.recipients == [LI, ZHOU]


@contextmanager
def a_trickling_server(port: int, at: bytes) -> Iterator[None]:
    """It says yes to each command before this one (b"": the greeting), whose answer goes on and on."""
    stop, codes = threading.Event(), {b"": b"220", b"DATA": b"354"}

    def serve() -> None:
        connection, _ = listening.accept()
        with suppress(OSError), connection, connection.makefile("rb") as lines:
            asked = b""
            while asked != at:
                connection.sendall(codes.get(asked, b"250") + b" yes\r\n")
                asked = next_command(lines, in_the_text=asked == b"DATA")
            for _ in range(200):  # whoever has no deadline hears the end of it
                connection.sendall(codes.get(at, b"250") + b"-wait\r\n")
                if stop.wait(0.05):
                    break

    with socket.create_server(("127.0.0.1", port)) as listening:
        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join()


def next_command(lines: Iterable[bytes], *, in_the_text: bool) -> bytes:
    """Of a text its end; b"": the client has gone."""
    commands = (line.strip().upper()[:4] for line in lines if not in_the_text or line == b".\r\n")
    return next(commands, b"")


@pytest.mark.parametrize(
    ("at", "limit", "means", "marked"),
    [
        (b"", ("OFFER_SECONDS", 0.5), AwayError, 0),
        (b"RCPT", ("OFFER_SECONDS", 2.0), HungUpError, 0),  # it has time enough for all that goes before
        (b".", ("LAST_ANSWER_SECONDS", 0.5), UnansweredError, 1),
    ],
)
def test_a_server_that_trickles_its_answer_is_left_in_time(
    port: int, at: bytes, limit: tuple[str, float], means: type[Exception], marked: int
) -> None:
    ready = Ready()
    with (
        a_trickling_server(port, at),
        little_patience(*limit),
        pytest.raises(means, match="TimeoutError"),
    ):
        sent(port, a_code(), ready)
    assert ready.times == marked


def test_a_line_is_kept_for_longer_than_a_run_and_its_last_letter_may_take() -> None:
    assert notices.RUN_SECONDS + smtp.OFFER_SECONDS + smtp.LAST_ANSWER_SECONDS < LINE_SECONDS
