"""改用邮件验证码."""

from __future__ import annotations

import itertools
import re
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from models.actions.email_code import (
    A_DAY_FOR_STRANGERS,
    A_DAY_IN_ALL,
    RESEND_AFTER,
    TIMES_OF_A_NETWORK,
    TRIES,
    VALID,
    send_email_code,
    use_email_code,
)
from models.actions.keep_accounts import add_account, disable_account, find_account
from models.actions.slow_log_in import WINDOW, attempt_of
from models.records.database import reading, writing
from models.records.login_attempt import EmailCode, EmailCodeRequest
from models.records.notice import OutgoingMessage
from models.rules.permissions import Role
from models.rules.refusal import Refused
from tests.at_once import at_once
from tests.records import IN_THE_CENTRAL_WINDOW as NOW
from tests.refusals import refused

EMAIL = "clerk@unit.example"
HERE = "192.0.2.7"
_elsewhere = (f"10.0.{number}.1" for number in itertools.count())


@pytest.fixture(autouse=True)
def account(database: str) -> None:
    with writing() as session:
        add_account(session, EMAIL, Role.HANDLER, now=NOW)


def ask(asker: str = "own browser", email: str = EMAIL, *, ip: str = HERE, browser: str | None = None) -> None:
    with writing() as session:
        send_email_code(session, attempt_of(email, ip, browser), email, asker)


def send(asker: str = "own browser", email: str = EMAIL, *, known: bool = False) -> str:
    """Have a code sent to a network that asks for the first time; what the latest message says, or nothing."""
    ip = next(_elsewhere)
    ask(asker, email, ip=ip, browser=f"browser at {ip}" if known else None)
    with reading() as session:
        messages = session.query(OutgoingMessage).order_by(OutgoingMessage.id).all()
    found = re.search(r"(?<!\d)\d{6}(?!\d)", messages[-1].body) if messages else None
    return found[0] if found else ""


def right(typed: str, asker: str = "own browser", email: str = EMAIL) -> bool:
    with writing() as session:
        return use_email_code(session, email, asker, typed)


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06d}"


def time_passes(by: timedelta) -> None:
    with writing() as session:
        for code in session.query(EmailCode):
            code.sent_at -= by
        for request in session.query(EmailCodeRequest):
            request.at -= by


def sent() -> int:
    with reading() as session:
        return session.query(OutgoingMessage).count()


def test_the_code_that_was_sent_is_right_once() -> None:
    code = send(email=" Clerk@unit.example ")
    assert right(f" {code} ")
    assert not right(code)


def test_it_goes_to_the_accounts_own_address() -> None:
    send()
    with reading() as session:
        message = session.query(OutgoingMessage).one()
    assert (message.channel, message.recipient, message.sent_at) == ("email", EMAIL, None)


def test_the_code_itself_is_not_stored() -> None:
    code = send()
    with reading() as session:
        stored = session.query(EmailCode).one()
    assert code.encode() not in stored.code_hash + stored.asked_by


def test_a_code_is_valid_for_five_minutes() -> None:
    code = send()
    time_passes(VALID - timedelta(seconds=5))
    assert right(code)
    code = send("later")
    time_passes(VALID)
    assert not right(code, "later")


def test_the_fifth_wrong_try_voids_it() -> None:
    code = send()
    for _ in range(TRIES):
        assert not right(wrong(code))
    assert not right(code)


def test_a_stranger_neither_uses_nor_uses_up_the_owners_code() -> None:
    code = send()
    for _ in range(TRIES + 1):
        assert not right(code, "another browser")
    assert right(code)


def test_a_later_code_of_another_browser_leaves_the_first_one_good() -> None:
    code = send()
    send("another browser")
    assert right(code)


@pytest.mark.parametrize("email", ["nobody@unit.example", ""])
def test_an_unknown_address_is_sent_nothing_and_nothing_says_so(email: str) -> None:
    assert send(email=email) == ""
    assert not right("123456", email=email)


def test_a_disabled_account_is_sent_nothing() -> None:
    with writing() as session:
        account = find_account(session, EMAIL)
        assert account is not None
        disable_account(session, account, NOW)
    assert send() == ""


def test_strangers_cannot_use_up_the_days_codes_of_the_owners_browser() -> None:
    for number in range(A_DAY_FOR_STRANGERS + 3):
        send(f"stranger {number}")
    assert sent() == A_DAY_FOR_STRANGERS
    assert right(send(known=True))


def test_two_networks_that_ask_at_once_do_not_have_one_code_more_sent() -> None:
    for number in range(A_DAY_FOR_STRANGERS - 1):
        send(f"stranger {number}")

    def from_elsewhere(session: Session) -> None:
        send_email_code(session, attempt_of(EMAIL, next(_elsewhere)), EMAIL, next(_elsewhere))

    at_once(from_elsewhere, from_elsewhere)
    assert sent() == A_DAY_FOR_STRANGERS


def test_thirty_codes_a_day_are_the_most_for_anybody() -> None:
    for number in range(A_DAY_IN_ALL + 3):
        send(f"browser {number}", known=True)
    assert sent() == A_DAY_IN_ALL
    time_passes(timedelta(days=1))
    assert right(send())


def test_one_network_waits_a_minute_for_the_next_code_of_an_address_whichever_browser_asks() -> None:
    ask()
    with refused("SMS-002", seconds=60):
        ask("another browser", ip="192.0.2.99")
    assert sent() == 1
    time_passes(RESEND_AFTER)
    ask("another browser")
    assert sent() == 2


@pytest.mark.parametrize("email", [EMAIL, "nobody@unit.example"])
def test_the_wait_says_nothing_of_who_has_an_account(email: str) -> None:
    ask(email=email)
    with refused("SMS-002", seconds=60):
        ask(email=email)


def test_others_wait_for_nobody() -> None:
    ask()
    ask(ip="198.51.100.9")
    ask(browser="of the owner")
    ask(email="other@unit.example")
    with refused("SMS-002"):
        ask(ip="198.51.100.200", browser="of the owner")


def test_a_network_asks_so_often_in_a_quarter_of_an_hour_for_whatever_addresses() -> None:
    for number in range(TIMES_OF_A_NETWORK):
        ask(email=f"clerk{number}@unit.example")
        time_passes(timedelta(seconds=1))
    with pytest.raises(Refused) as caught:
        ask()
    left = WINDOW.seconds - TIMES_OF_A_NETWORK
    assert (caught.value.code, caught.value.values["seconds"] in range(left - 60, left + 1)) == ("SMS-002", True)
    ask(ip="198.51.100.9")
    time_passes(WINDOW)
    ask()
    with reading() as session:
        assert session.query(EmailCodeRequest).count() == 1


def test_addresses_that_were_asked_for_are_not_stored() -> None:
    ask()
    with reading() as session:
        assert EMAIL.encode() not in session.query(EmailCodeRequest).one().account_digest
