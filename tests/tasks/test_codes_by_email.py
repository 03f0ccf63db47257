"""Codes by e-mail: first of all, once, and forgotten afterwards."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import update

from models.actions.outgoing import post_code
from models.records.database import writing
from models.records.notice import MessageState, OutgoingMessage
from models.rules.notices import Channel
from tasks import notices
from tests.mail_server import Temper, a_mail_server
from tests.mailing import port, server
from tests.told import deliver, messages, states, tell_many, time_passes

__all__ = ["port", "server"]

SENT, VOID, OUTBOX = MessageState.SENT, MessageState.VOID, MessageState.OUTBOX


def a_login_code(minutes: int = 5) -> None:
    with writing() as session:
        post_code(
            session, Channel.EMAIL, "li@unit.example", "login_code", valid=timedelta(minutes=minutes), code="123456"
        )


def test_a_code_is_sent_before_all_that_waits(server: Temper) -> None:
    tell_many(3)
    notices._pass_on(float("inf"))
    a_login_code()
    deliver()
    assert server.recipients[0] == "li@unit.example"


def test_a_code_that_was_sent_is_kept_nowhere(server: Temper) -> None:
    a_login_code()
    deliver()
    [message] = messages()
    assert (message.state, message.body, message.values) == (SENT, "", {})
    assert "123456" in server.taken[0].text


def test_a_code_that_comes_too_late_is_not_sent_and_forgotten(port: int) -> None:
    a_login_code()
    deliver()
    with writing() as session:
        session.execute(update(OutgoingMessage).values(void_at=1))
    time_passes()
    with a_mail_server(Temper(), port) as server:
        deliver()
    [message] = messages()
    assert (server.asked, message.state, message.body, message.values) == ([], VOID, "", {})


@pytest.mark.parametrize("unkind", ["drops", "refuses"])
def test_a_code_of_which_nobody_knows_is_nobodys_concern_once_it_is_void(server: Temper, unkind: str) -> None:
    a_login_code()
    if unkind == "drops":
        server.drops_after_the_text = 1
    else:
        server.refuses["li@unit.example"] = "550 nobody here"
    deliver()
    with writing() as session:
        session.execute(update(OutgoingMessage).values(void_at=1))
    deliver()
    [message] = messages()
    assert (message.state, message.body, message.values) == (VOID, "", {})


def test_without_a_server_a_demonstration_keeps_it_in_the_outbox_until_it_is_void(database: str) -> None:
    a_login_code()
    deliver()
    [message] = messages()
    assert (message.state, "123456" in message.body) == (OUTBOX, True)
    with writing() as session:
        session.execute(update(OutgoingMessage).values(void_at=1))
    deliver()
    assert (states(), messages()[0].body) == ({OUTBOX: 1}, "")
