"""Which message is sent first, where one stands that was put back, and what becomes of a code that took too long."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from models.actions.deliver_messages import (
    is_untidy,
    mark_refused,
    mark_sending,
    mark_sent,
    mark_uncertain,
    next_due,
    put_back,
    take_line,
    tidy,
)
from models.actions.outgoing import post_code
from models.actions.pass_on_notices import pass_on
from models.records.database import reading, writing
from models.records.notice import MessageState, OutgoingMessage
from models.rules.notices import Channel
from tests.conftest import use_environment
from tests.mail_server import mail_settings
from tests.told import messages, senders_die, tell_many


@pytest.fixture(autouse=True)
def _sends_letters(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    use_environment(monkeypatch, **mail_settings(25))


def a_code(recipient: str) -> int:
    with writing() as session:
        post_code(session, Channel.EMAIL, recipient, "login_code", valid=timedelta(minutes=5), code="123456")
    return messages()[-1].id


def first_of_all() -> str:
    with reading() as session:
        parcel = next_due(session, Channel.EMAIL)
    return parcel.recipient if parcel else ""


def put_it_back(message_id: int) -> None:
    with writing() as session:
        put_back(session, "token", message_id, "ConnectionRefusedError")


def test_a_code_that_was_put_back_is_behind_other_codes() -> None:
    put_it_back(a_code("first@unit.example"))
    a_code("second@unit.example")
    assert first_of_all() == "second@unit.example"


def test_a_code_that_was_put_back_is_before_all_notices() -> None:
    tell_many(2)
    with writing() as session:
        pass_on(session)
    put_it_back(a_code("first@unit.example"))
    assert first_of_all() == "first@unit.example"


def test_a_notice_that_was_put_back_is_behind_other_notices() -> None:
    _, second = tell_many(2)
    with writing() as session:
        pass_on(session)
        session.execute(update(OutgoingMessage).values(next_try_at=OutgoingMessage.next_try_at - 60))
    put_it_back(messages()[0].id)
    assert first_of_all() == second


def test_a_code_that_is_not_due_or_void_comes_before_nobody() -> None:
    tell_many(1)
    with writing() as session:
        pass_on(session)
    notice = messages()[0].recipient
    later, past = a_code("later@unit.example"), a_code("void@unit.example")
    with writing() as session:
        in_an_hour = OutgoingMessage.void_at + 3600
        session.execute(update(OutgoingMessage).where(OutgoingMessage.id == later).values(next_try_at=in_an_hour))
        session.execute(update(OutgoingMessage).where(OutgoingMessage.id == past).values(void_at=1))
    assert first_of_all() == notice


def a_code_that_is_being_sent() -> tuple[str, int]:
    """It became worthless since; the token of its sender, and its number."""
    code = a_code("li@unit.example")
    with writing() as session:
        token = take_line(session, Channel.EMAIL) or ""
        mark_sending(session, Channel.EMAIL, token, code)
        session.execute(update(OutgoingMessage).values(void_at=1))
    return token, code


def tidied() -> bool:
    """Whether there was anything to do, which is done."""
    with writing() as session:
        untidy = is_untidy(session)
        tidy(session)
    return untidy


def the_message() -> tuple[str, str, object]:
    [message] = messages()
    return message.state, message.body, message.values


@pytest.mark.parametrize(
    "ending",
    [
        lambda session, token, code: put_back(session, token, code, "ConnectionResetError"),
        lambda session, token, code: mark_refused(session, token, code, "DATA 554"),
        lambda session, token, code: mark_uncertain(session, token, code, "TimeoutError"),
    ],
    ids=["put_back", "refused", "uncertain"],
)
def test_a_code_that_became_worthless_while_it_was_sent_is_void_and_forgotten_afterwards(
    ending: Callable[[Session, str, int], None],
) -> None:
    token, code = a_code_that_is_being_sent()
    assert not tidied()
    with writing() as session:
        ending(session, token, code)
    assert tidied()
    assert the_message() == (MessageState.VOID, "", {})
    assert not tidied()


def test_one_that_was_taken_after_all_was_sent() -> None:
    token, code = a_code_that_is_being_sent()
    assert not tidied()
    with writing() as session:
        mark_sent(session, token, code)
    assert not tidied()
    assert the_message() == (MessageState.SENT, "", {})


def test_one_whose_sender_died_is_void_and_forgotten_at_once() -> None:
    a_code_that_is_being_sent()
    senders_die()
    assert tidied()
    assert the_message() == (MessageState.VOID, "", {})
    assert not tidied()
