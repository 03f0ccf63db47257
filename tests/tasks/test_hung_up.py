"""A mail server that hangs up over some addresses: all others get their letters, and codes wait for nobody."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from models.actions.outgoing import post_code
from models.records.database import reading, writing
from models.records.delivery_line import DeliveryLine
from models.records.notice import MessageState
from models.rules.notices import GIVE_UP_AFTER, Channel, retry_after
from tasks import notices
from tests.mail_server import Temper
from tests.mailing import port, server
from tests.told import deliver, messages, states, tell_many, time_passes

__all__ = ["port", "server"]

SENT, WAITING, FAILED = MessageState.SENT, MessageState.WAITING, MessageState.FAILED

HangUp = Callable[[Temper, str], None]


def _drop(server: Temper, address: str) -> None:
    server.drops.add(address)


def _say_421(server: Temper, address: str) -> None:
    server.refuses[address] = "421 4.3.2 closing"


hangs_up = pytest.mark.parametrize("hang_up", [_drop, _say_421])


def a_code_for(address: str) -> None:
    with writing() as session:
        post_code(session, Channel.EMAIL, address, "registration_code", valid=timedelta(minutes=10), code="123456")


def line() -> DeliveryLine:
    with reading() as session:
        return session.get_one(DeliveryLine, "email")


@hangs_up
def test_all_others_arrive_in_the_same_run(server: Temper, hang_up: HangUp) -> None:
    first, *others = tell_many(5)
    hang_up(server, first)
    deliver()
    assert (server.recipients, states()) == (others, {SENT: 4, WAITING: 1})
    assert (line().failures, line().shut_until) == (0, 0)


@hangs_up
def test_it_is_tried_again_for_three_days_and_has_failed_then(server: Temper, hang_up: HangUp) -> None:
    [address] = tell_many(1)
    hang_up(server, address)
    waited = timedelta()
    while states() != {FAILED: 1}:
        deliver()
        waited += retry_after(messages()[0].refusals) or timedelta()
        time_passes()
        assert messages()[0].refusals < 100
    assert GIVE_UP_AFTER <= waited < GIVE_UP_AFTER + timedelta(hours=12)
    deliver()
    assert len(server.asked) == messages()[0].refusals


@hangs_up
def test_a_code_to_such_an_address_holds_nobody_up(server: Temper, hang_up: HangUp) -> None:
    addresses = tell_many(3)
    hang_up(server, "stranger@nowhere.example")
    a_code_for("stranger@nowhere.example")
    a_code_for("li@unit.example")
    deliver()
    deliver()  # the stranger's is not due again so soon
    assert server.recipients == ["li@unit.example", *addresses]
    assert server.asked.count("stranger@nowhere.example") == 1


def test_a_server_that_hangs_up_over_everybody_is_left_alone_until_somebody_rings(
    server: Temper, monkeypatch: pytest.MonkeyPatch
) -> None:
    rung: list[Channel] = []
    monkeypatch.setattr(notices.doorbell, "ring_delivery", rung.append)
    addresses = tell_many(12)
    server.drops.update(addresses)
    deliver()
    assert (len(server.asked), rung) == (notices.HUNG_UP_IN_A_ROW, [])
    assert (line().failures, line().last_error) == (1, "SMTPServerDisconnected")


def test_after_that_a_code_is_sent_at_once(server: Temper) -> None:
    addresses = tell_many(12)
    server.drops.update(addresses)
    deliver()
    a_code_for("li@unit.example")
    deliver()
    assert server.recipients == ["li@unit.example"]


def test_a_code_that_is_asked_for_in_that_run_is_sent_by_it(server: Temper, monkeypatch: pytest.MonkeyPatch) -> None:
    addresses = tell_many(12)
    server.drops.update(addresses)
    leave = notices.leave_line

    def asked_for_just_before(*args: Any, **how: Any) -> None:
        leave(*args, **how)
        if not server.recipients:  # whoever rings now finds the line taken, and goes
            session = args[0]
            post_code(session, Channel.EMAIL, "li@unit.example", "login_code", valid=timedelta(minutes=5), code="1")

    monkeypatch.setattr(notices, "leave_line", asked_for_just_before)
    notices.deliver(Channel.EMAIL)
    assert server.recipients == ["li@unit.example"]


def test_addresses_here_and_there_over_which_it_hangs_up_end_no_run(server: Temper) -> None:
    addresses = tell_many(14)
    server.drops.update(addresses[::2])
    deliver()
    assert server.recipients == addresses[1::2]
