"""After a backup was restored nothing of its time goes out by itself."""

from __future__ import annotations

from datetime import timedelta

import pytest

from models.actions.hold_messages import hold_messages
from models.actions.outgoing import post_code
from models.actions.pass_on_notices import pass_on
from models.records.database import writing
from models.records.notice import MessageState, OutgoingMessage
from models.rules.notices import Channel
from tests.conftest import use_environment
from tests.told import a_handler, messages, tell_many, tell_one

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture(autouse=True)
def production(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    use_environment(monkeypatch, CANBAO_ENV="production")


def held() -> int:
    with writing() as session:
        return hold_messages(session)


def set_states(*of_each: MessageState) -> None:
    with writing() as session:
        for message, state in zip(session.query(OutgoingMessage).order_by(OutgoingMessage.id), of_each, strict=True):
            message.state = state


def test_staff_decide_about_notices_that_waited_or_were_being_sent() -> None:
    tell_many(4)
    with writing() as session:
        pass_on(session)
    set_states(MessageState.WAITING, MessageState.SENDING, MessageState.SENT, MessageState.FAILED)
    assert held() == 2
    unknown = MessageState.UNCERTAIN
    assert [message.state for message in messages()] == [unknown, unknown, MessageState.SENT, MessageState.FAILED]


def test_staff_decide_about_notices_that_had_no_message_yet() -> None:
    tell_one(a_handler())
    assert held() == 1
    assert [(message.state, message.last_error) for message in messages()] == [(MessageState.UNCERTAIN, "restored")]


def test_codes_are_void() -> None:
    with writing() as session:
        post_code(session, Channel.EMAIL, "li@unit.example", "login_code", valid=timedelta(minutes=5), code="123456")
    assert held() == 0
    [message] = messages()
    assert (message.state, message.body, message.values) == (MessageState.VOID, "", {})
