"""Delivery by e-mail to a real server: down, slow, refusing, dropping; everything arrives, nothing twice."""

from __future__ import annotations

import socket
import sys
import threading
from datetime import timedelta

import pytest
from celery.exceptions import SoftTimeLimitExceeded
from sqlalchemy import update

from models.actions.deliver_messages import mark_sending, take_line
from models.actions.outgoing import post_code
from models.actions.send_again import send_again
from models.records.database import reading, writing
from models.records.delivery_line import DeliveryLine
from models.records.notice import MessageState, Notice
from models.rules.notices import GIVE_UP_AFTER, Channel, retry_after
from models.rules.permissions import Role
from tasks import doorbell, notices
from tasks.app import app
from tasks.delivery.smtp import MailServer
from tasks.queues import MESSAGES
from tests.conftest import use_environment
from tests.mail_server import Temper, a_mail_server, mail_settings
from tests.mailing import port, server
from tests.records import IN_THE_CENTRAL_WINDOW as NOW
from tests.sms import GATEWAY
from tests.told import a_handler, deliver, messages, senders_die, somebody_of, states, tell_many, tell_one, time_passes

__all__ = ["port", "server"]

SENT, WAITING, FAILED = MessageState.SENT, MessageState.WAITING, MessageState.FAILED
UNCERTAIN, OUTBOX = MessageState.UNCERTAIN, MessageState.OUTBOX


def line() -> DeliveryLine:
    with reading() as session:
        return session.get_one(DeliveryLine, "email")


def test_whoever_was_told_gets_one_letter_at_the_address_of_their_profile(server: Temper) -> None:
    tell_one(a_handler("li@unit.example", letters_to="office@unit.example"))
    for _ in range(3):
        deliver()
    assert server.recipients == ["office@unit.example"]
    assert [(message.state, bool(message.sent_at)) for message in messages()] == [(SENT, True)]


def test_while_the_server_is_down_all_wait_and_one_alone_has_asked(port: int) -> None:
    tell_many(5)
    deliver()
    assert states() == {WAITING: 5}
    assert (line().last_error, line().failures) == ("ConnectionRefusedError", 1)
    with a_mail_server(Temper(), port) as server:
        deliver()  # too soon: the line is shut
        assert server.asked == []


def test_once_the_server_is_back_everything_arrives_once(port: int) -> None:
    addresses = tell_many(30)
    for _ in range(3):
        deliver()
        time_passes()
    with a_mail_server(Temper(), port) as server:
        deliver()
        deliver()
    assert sorted(server.recipients) == addresses
    assert (states(), line().failures) == ({SENT: 30}, 0)


def test_a_server_that_accepts_and_says_nothing_is_asked_once_a_while(port: int) -> None:
    addresses = tell_many(10)
    with socket.create_server(("127.0.0.1", port)) as mute:
        deliver()
        mute.settimeout(5)
        mute.accept()
        mute.settimeout(0.2)
        with pytest.raises(TimeoutError):
            mute.accept()
    time_passes()
    with a_mail_server(Temper(), port) as server:
        deliver()
    assert sorted(server.recipients) == addresses


def test_one_address_that_is_refused_keeps_no_other_from_its_letter(server: Temper) -> None:
    first, *others = tell_many(5)
    server.refuses[first] = "450 come back later"
    deliver()
    deliver()
    assert (server.recipients, server.asked.count(first), line().failures) == (others, 1, 0)
    [waiting] = [message for message in messages() if message.state == WAITING]
    assert (waiting.recipient, waiting.refusals, waiting.last_error) == (first, 1, "RCPT 450")
    server.refuses.clear()
    time_passes(61)
    deliver()
    assert sorted(server.recipients) == sorted([first, *others])


def test_an_address_that_is_refused_for_three_days_has_failed(server: Temper) -> None:
    [address] = tell_many(1)
    server.refuses[address] = "550 nobody here"
    waited = timedelta()
    while states() != {FAILED: 1}:
        deliver()
        waited += retry_after(messages()[0].refusals) or timedelta()
        time_passes()
    assert GIVE_UP_AFTER <= waited < GIVE_UP_AFTER + timedelta(hours=12)
    deliver()
    assert len(server.asked) == messages()[0].refusals


def test_a_letter_whose_server_did_not_answer_is_never_sent_again_by_itself(server: Temper) -> None:
    addresses = tell_many(4)
    server.drops_after_the_text = 1
    for _ in range(3):
        deliver()
        time_passes()
    assert states() == {SENT: 3, UNCERTAIN: 1}
    assert sorted(server.recipients) == addresses  # it had arrived


def test_staff_send_it_again_to_where_letters_go_now(server: Temper) -> None:
    tell_many(1)
    server.drops_after_the_text = 1
    deliver()
    time_passes()
    admin = somebody_of(Role.ADMIN)
    with writing() as session:
        send_again(session, admin, messages()[0].id, NOW)
    deliver()
    assert (states(), len(server.taken)) == ({SENT: 1}, 2)


def test_a_slow_answer_to_the_text_costs_one_letter_its_certainty_and_no_other_its_delivery(server: Temper) -> None:
    addresses = tell_many(4)
    server.sleeps_after_the_text = 1.5
    deliver()
    assert states() == {UNCERTAIN: 1, WAITING: 3}
    server.sleeps_after_the_text = 0
    time_passes()
    deliver()
    assert (sorted(server.recipients), states()) == (addresses, {UNCERTAIN: 1, SENT: 3})


def test_a_connection_that_drops_before_the_text_costs_nothing(server: Temper) -> None:
    addresses = tell_many(4)
    server.drops_before_the_text = 2
    for _ in range(3):
        deliver()
        time_passes()
    assert (sorted(server.recipients), states()) == (addresses, {SENT: 4})


def test_who_died_after_the_mark_leaves_a_letter_that_nobody_sends_again(server: Temper) -> None:
    tell_many(2)
    first, second = _marked_by_somebody_who_died()
    senders_die()
    deliver()
    assert (server.recipients, states()) == ([second], {UNCERTAIN: 1, SENT: 1})
    assert next(message for message in messages() if message.recipient == first).last_error == "interrupted"


def test_while_somebody_is_sending_it_nobody_takes_it_for_lost(server: Temper) -> None:
    tell_many(1)
    _marked_by_somebody_who_died()
    deliver()
    assert (server.asked, states()) == ([], {MessageState.SENDING: 1})


def test_two_at_once_send_each_letter_once(server: Temper) -> None:
    addresses = tell_many(40)
    server.sleeps_after_the_text = 0.01
    threads = [threading.Thread(target=deliver) for _ in range(3)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        with writing() as session:  # each takes the line from the others in the middle of it
            session.execute(update(DeliveryLine).values(busy_until=0))
        for thread in threads:
            thread.join(0.05)
    time_passes()
    deliver()
    assert sorted(server.recipients) == addresses
    assert states() == {SENT: 40}


def test_a_letter_that_can_not_be_written_keeps_no_other_from_going(server: Temper) -> None:
    _, *others = tell_many(3)
    with writing() as session:
        broken = session.query(Notice).order_by(Notice.id).first()
        assert broken
        broken.values = {}
    deliver()
    assert (server.recipients, states()) == (others, {WAITING: 1, SENT: 2})
    assert messages()[0].last_error == "bug"


def test_in_a_demonstration_without_a_server_letters_stay_in_the_outbox(database: str) -> None:
    tell_many(2)
    deliver()
    assert states() == {OUTBOX: 2}


def test_in_production_without_a_server_letters_wait(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    use_environment(monkeypatch, CANBAO_ENV="production")
    tell_many(2)
    deliver()
    assert states() == {WAITING: 2}


def test_a_run_that_has_no_time_left_leaves_the_rest_to_the_next(
    server: Temper, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell_many(2)
    rung: list[Channel] = []
    monkeypatch.setattr(notices.doorbell, "ring_delivery", rung.append)
    monkeypatch.setattr(notices, "RUN_SECONDS", 0.0)
    notices._pass_on(float("inf"))
    deliver()
    assert (server.taken, rung) == ([], [Channel.EMAIL])
    assert line_is_free()


def test_a_code_does_not_wait_until_all_notices_are_messages(server: Temper, monkeypatch: pytest.MonkeyPatch) -> None:
    tell_many(2)
    with writing() as session:
        post_code(session, Channel.EMAIL, "a@unit.example", "login_code", valid=timedelta(minutes=5), code="123456")
    rung: list[Channel] = []
    monkeypatch.setattr(notices.doorbell, "ring_delivery", rung.append)
    monkeypatch.setattr(notices, "PASS_ON_SECONDS", 0.0)
    notices.deliver(Channel.EMAIL)
    assert (server.recipients, rung) == (["a@unit.example"], [Channel.EMAIL])


def line_is_free() -> bool:
    with writing() as session:
        return take_line(session, Channel.EMAIL) is not None


def _marked_by_somebody_who_died() -> list[str]:
    """The first message is being sent, by nobody who would go on; the recipients in their order."""
    notices._pass_on(float("inf"))
    recipients = [message.recipient for message in messages()]
    with writing() as session:
        token = take_line(session, Channel.EMAIL)
        assert token
        mark_sending(session, Channel.EMAIL, token, messages()[0].id)
    return recipients


def test_a_worker_that_lost_its_line_sends_nothing_more(server: Temper, monkeypatch: pytest.MonkeyPatch) -> None:
    tell_many(2)
    notices._pass_on(float("inf"))
    with writing() as session:
        token = take_line(session, Channel.EMAIL)
        session.execute(update(DeliveryLine).values(token="somebody else's"))
    assert token
    notices._use_line(Channel.EMAIL, token, MailServer(f"smtp://127.0.0.1:{_port_of(server)}", "a@b.example"), 1e12)
    assert (server.taken, states()) == ([], {WAITING: 2})


def _port_of(server: Temper) -> int:
    from config.settings import settings

    return int(settings().smtp_url.get_secret_value().rpartition(":")[2])


def test_a_mistake_about_sms_keeps_no_letter_from_going(server: Temper, monkeypatch: pytest.MonkeyPatch) -> None:
    [address] = tell_many(1, "NTF-03")
    use_environment(monkeypatch, **mail_settings(_port_of(server)), **GATEWAY)
    monkeypatch.setitem(sys.modules, "tasks.delivery.tencent", None)  # as without its package
    tell_one(a_handler(), "NTF-03")
    with pytest.raises(ImportError):
        notices.deliver(Channel.SMS)
    notices.deliver(Channel.EMAIL)
    assert sorted(server.recipients) == sorted([address, "li@unit.example"])


def test_each_channel_is_rung_for_by_itself(server: Temper, monkeypatch: pytest.MonkeyPatch) -> None:
    use_environment(monkeypatch, **mail_settings(_port_of(server)), **GATEWAY)
    rung: list[tuple[list[str], str]] = []

    def publish(_: str, args: list[str], queue: str) -> bool:
        rung.append((args, queue))
        return True

    monkeypatch.setattr(doorbell, "_publish", publish)
    assert doorbell.ring_delivery()
    assert rung == [(["email"], MESSAGES), (["sms"], MESSAGES)]
    rung.clear()
    doorbell.ring_delivery(Channel.SMS)
    assert rung == [(["sms"], MESSAGES)]


def test_beat_rings_for_each_channel() -> None:
    rung = [each["args"] for each in app.conf.beat_schedule.values() if each["task"] == doorbell.DELIVERY_RING]
    assert sorted(rung) == [("email",), ("sms",)]


def test_a_run_that_takes_too_long_ends(server: Temper, monkeypatch: pytest.MonkeyPatch) -> None:
    tell_many(3)

    def overdue(*_: object) -> None:
        raise SoftTimeLimitExceeded

    monkeypatch.setattr(MailServer, "send", overdue)
    with pytest.raises(SoftTimeLimitExceeded):
        deliver()
    assert states() == {WAITING: 3}
    assert line_is_free()


def test_who_finds_all_notices_in_other_hands_goes(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    tell_many(1)
    asked: list[int] = []

    def others_have_them(_: object) -> int:
        asked.append(1)
        return 0 if len(asked) == 1 else 1 // 0

    monkeypatch.setattr(notices, "pass_on", others_have_them)
    notices._pass_on(float("inf"))
    assert asked == [1]
