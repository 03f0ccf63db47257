"""Which message is sent first, and where one stands that was put back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import update

from models.actions.deliver_messages import next_due, put_back
from models.actions.outgoing import post_code
from models.actions.pass_on_notices import pass_on
from models.records.database import reading, writing
from models.records.notice import OutgoingMessage
from models.rules.notices import Channel
from tests.conftest import use_environment
from tests.mail_server import mail_settings
from tests.told import messages, tell_many


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
