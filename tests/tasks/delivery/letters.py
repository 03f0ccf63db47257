"""Letters to one mail server, and how long its client waits for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime

import pytest

from models.actions.deliver_messages import Parcel
from tasks.delivery import smtp
from tasks.delivery.smtp import MailServer
from tests.conftest import use_environment
from tests.mail_server import SENDER, free_port, mail_settings

LI, ZHOU = "li@unit.example", "zhou@unit.example"
MADE_AT = datetime(2026, 4, 20, 1, 0, tzinfo=UTC)


@pytest.fixture
def port(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    chosen = free_port()
    use_environment(monkeypatch, **mail_settings(chosen))
    yield chosen
    use_environment(monkeypatch)


def a_client(port: int) -> MailServer:
    return MailServer(f"smtp://127.0.0.1:{port}", f"职工互助保障 <{SENDER}>")


def a_code(recipient: str = LI, message_id: int = 7) -> Parcel:
    return Parcel(message_id, recipient, MADE_AT, "login_code", "登录验证码", "您的登录验证码是 123456。", "", {}, "")


def a_notice(recipient: str = LI, batch_no: str = "SZSH202004200001") -> Parcel:
    return Parcel(8, recipient, MADE_AT, "", "", "", "NTF-05", {"batch": batch_no or "–"}, batch_no)


class Ready:
    """Counts how often the message was marked."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self) -> None:
        self.times += 1


@contextmanager
def little_patience(name: str, seconds: float = 0.5) -> Iterator[None]:
    """Around a server that keeps silent, or never comes to an end; all others may take their time."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(smtp, name, seconds)
        yield


def sent(port: int, parcel: Parcel, ready: Callable[[], None] | None = None) -> None:
    with closing(a_client(port)) as client:
        client.send(parcel, ready or Ready())
