"""A real mail server in a thread of its own, which can be as unkind as they are."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from web.commands.ports import free_port

SENDER = "canbao@union.example"


@dataclass
class Taken:
    """A letter that the server has taken."""

    recipient: str
    mail: EmailMessage

    @property
    def text(self) -> str:
        return str(self.mail.get_content()).replace("\r\n", "\n")


@dataclass
class Temper:
    """How the server is, and what it has taken so far."""

    refuses: dict[str, str] = field(default_factory=dict)
    """Recipient -> answer to RCPT; after 421 the connection ends, as servers do."""
    drops: set[str] = field(default_factory=set)
    """Recipients over whom the connection is dropped instead of an answer to RCPT."""
    ponders: set[str] = field(default_factory=set)
    """Recipients of whom it says nothing for a while."""
    answer: str = "250 taken"
    """To a letter."""
    answer_to_mail: str = ""
    drops_before_the_text: int = 0
    """So many connections are dropped instead of an answer to DATA."""
    drops_after_the_text: int = 0
    """So many letters are taken without an answer."""
    sleeps_after_the_text: float = 0
    letters_a_connection: int = 10**6
    taken: list[Taken] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    """Whom letters were offered for."""

    @property
    def recipients(self) -> list[str]:
        return [one.recipient for one in self.taken]

    async def handle_MAIL(  # noqa: N802 -- aiosmtpd's name, as below
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.answer_to_mail:
            return self.answer_to_mail
        session.letters = getattr(session, "letters", 0) + 1
        if session.letters > self.letters_a_connection:
            return "421 enough for one connection"
        envelope.mail_from = address
        return "250 ok"

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        self.asked.append(address)
        if address in self.ponders:
            await asyncio.sleep(30)
        if address in self.drops:
            server.transport.abort()
        if address in self.refuses:
            if self.refuses[address].startswith("421"):
                asyncio.get_running_loop().call_soon(server.transport.close)  # behind the answer
            return self.refuses[address]
        envelope.rcpt_tos.append(address)
        return "250 ok"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.answer.startswith("2"):
            mail = message_from_bytes(envelope.content, policy=default)  # type: ignore[arg-type]  # bytes by default
            self.taken.append(Taken(envelope.rcpt_tos[0], mail))  # type: ignore[arg-type]  # an EmailMessage by its policy
        if self.drops_after_the_text:
            self.drops_after_the_text -= 1
            server.transport.abort()
        await asyncio.sleep(self.sleeps_after_the_text)
        return self.answer


class _Server(SMTP):
    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802
        temper: Temper = self.event_handler
        if temper.drops_before_the_text:
            temper.drops_before_the_text -= 1
            self.transport.abort()
            return
        await super().smtp_DATA(arg)


class _Controller(Controller):
    def factory(self) -> Any:
        return _Server(self.handler, **self.SMTP_kwargs)


@contextmanager
def a_mail_server(temper: Temper, port: int) -> Iterator[Temper]:
    """It listens on this port while the block goes on."""
    controller = _Controller(temper, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield temper
    finally:
        controller.stop()


def mail_settings(port: int) -> dict[str, str]:
    """Settings of a deployment with this mail server."""
    return {
        "CANBAO_SMTP_URL": f"smtp://127.0.0.1:{port}",
        "CANBAO_MAIL_FROM": f"职工互助保障 <{SENDER}>",
        "CANBAO_PUBLIC_URL": "https://canbao.example/",
    }


__all__ = ["SENDER", "Taken", "Temper", "a_mail_server", "free_port", "mail_settings"]
