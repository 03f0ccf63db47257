"""重新发送 goes to where the account gets its messages now, or nowhere."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from models.actions.deliver_messages import LineLostError, mark_sending, take_line
from models.actions.pass_on_notices import pass_on
from models.actions.send_again import give_up, send_again, send_failed_again
from models.queries.outbox import look_at_messages
from models.records.account import Account, HandlerProfile
from models.records.database import reading, writing
from models.records.notice import MessageState, OutgoingMessage
from models.records.viewer import Viewer
from models.rules.notices import Channel
from models.rules.permissions import Role
from tests.records import IN_THE_CENTRAL_WINDOW as NOW
from tests.refusals import refused
from tests.told import PHONE, a_handler, messages, somebody_of, states, tell_one

FAILED, WAITING = MessageState.FAILED, MessageState.WAITING
OFFICE, ANOTHER_PHONE = "office@unit.example", "14200000009"


@pytest.fixture
def admin(database: str) -> Viewer:
    """An administrator; an e-mail and an SMS to a handler have failed, who has both elsewhere since."""
    tell_one(a_handler(), "NTF-03")
    with writing() as session:
        pass_on(session)
        session.execute(update(OutgoingMessage).values(state=FAILED, refusals=20))
        session.execute(update(HandlerProfile).values(email=OFFICE, phone=ANOTHER_PHONE))
    return somebody_of(Role.ADMIN)


def change(table: type[Account] | type[HandlerProfile], **values: object) -> None:
    with writing() as session:
        session.execute(update(table).values(**values))


def recipients() -> list[str]:
    return [message.recipient for message in messages()]


def all_again(admin: Viewer) -> int:
    with writing() as session:
        return send_failed_again(session, admin, NOW)


def test_each_goes_to_the_address_and_phone_of_today(admin: Viewer) -> None:
    with writing() as session:
        for message in messages():
            send_again(session, admin, message.id, NOW)
    assert (recipients(), states()) == ([OFFICE, ANOTHER_PHONE], {WAITING: 2})


def test_all_at_once_go_to_the_addresses_and_phones_of_today(admin: Viewer) -> None:
    assert all_again(admin) == 2
    assert (recipients(), states()) == ([OFFICE, ANOTHER_PHONE], {WAITING: 2})


def test_a_phone_that_is_not_confirmed_any_more_is_sent_nothing(admin: Viewer) -> None:
    change(HandlerProfile, phone_verified_at=None)
    with refused("SMS-001"), writing() as session:
        send_again(session, admin, messages()[1].id, NOW)
    assert all_again(admin) == 1
    assert recipients() == [OFFICE, PHONE]
    assert [message.state for message in messages()] == [WAITING, FAILED]


def test_an_account_that_was_disabled_is_sent_nothing(admin: Viewer) -> None:
    change(Account, disabled_at=NOW)
    admin_again = somebody_of(Role.ADMIN, "another@union.example")
    with refused("SMS-001"), writing() as session:
        send_again(session, admin_again, messages()[0].id, NOW)
    assert (all_again(admin_again), states()) == (0, {FAILED: 2})


def test_what_was_sent_again_waits_since_then_and_alarms_nobody_of_the_days_before(admin: Viewer) -> None:
    with writing() as session:
        session.execute(update(OutgoingMessage).values(created_at=datetime.now(UTC) - timedelta(days=3)))
        send_again(session, admin, messages()[0].id, NOW)
    assert all_again(admin) == 1
    with reading() as session:
        found = look_at_messages(session)
    assert (len(found.oldest_due), found.late) == (2, [])


def test_one_that_was_sent_again_an_hour_ago_and_waits_still_is_late(admin: Viewer) -> None:
    all_again(admin)
    with writing() as session:
        session.execute(update(OutgoingMessage).values(sent_again_at=datetime.now(UTC) - timedelta(seconds=3_700)))
    with reading() as session:
        assert len(look_at_messages(session).late) == 2


def test_one_that_waits_can_be_given_up_and_nobody_sends_it_then(admin: Viewer) -> None:
    letter = messages()[0].id
    with writing() as session:
        session.execute(update(OutgoingMessage).values(state=WAITING))
        give_up(session, admin, letter, NOW)
    with pytest.raises(LineLostError), writing() as session:
        mark_sending(session, Channel.EMAIL, take_line(session, Channel.EMAIL) or "", letter)
    assert [message.state for message in messages()] == [MessageState.VOID, WAITING]


def test_one_that_is_being_sent_can_not_be_given_up(admin: Viewer) -> None:
    with writing() as session:
        session.execute(update(OutgoingMessage).values(state=MessageState.SENDING))
    with refused("BAT-004"), writing() as session:
        give_up(session, admin, messages()[0].id, NOW)
