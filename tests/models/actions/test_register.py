"""注册."""

from __future__ import annotations

import itertools
import re
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from models.actions.keep_accounts import add_account, find_account
from models.actions.log_in import check_password, hash_password
from models.actions.register import A_DAY, TRIES, ask_for_account, confirm_registration
from models.actions.slow_log_in import attempt_of
from models.queries.registrations import VALID
from models.records.account import Account
from models.records.audit import AuditEntry
from models.records.database import reading, writing
from models.records.notice import OutgoingMessage
from models.records.registration import Registration
from models.rules.permissions import Role
from tests.at_once import at_once
from tests.records import IN_THE_CENTRAL_WINDOW as NOW
from tests.refusals import refused

EMAIL, PASSWORD = "new@unit.example", "correct battery staple"
_elsewhere = (f"10.0.{number}.1" for number in itertools.count())

pytestmark = pytest.mark.usefixtures("database")


def ask(email: str = EMAIL, asker: str = "own browser", password: str = PASSWORD, *, ip: str = "") -> str:
    """Ask for an account from a network that asks for the first time; the code in the latest letter, or nothing."""
    with writing() as session:
        where_from = attempt_of(email, ip or next(_elsewhere))
        ask_for_account(session, where_from, email, hash_password(password), asker)
    letters = sent()
    found = re.search(r"\d{6}", letters[-1].body) if letters else None
    return found[0] if found else ""


def sent() -> list[OutgoingMessage]:
    with reading() as session:
        return session.query(OutgoingMessage).order_by(OutgoingMessage.id).all()


def confirmed(typed: str, email: str = EMAIL, asker: str = "own browser") -> Account | None:
    with writing() as session:
        return confirm_registration(session, email, asker, typed, now=NOW, ip="192.0.2.7")


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06d}"


def time_passes(by: timedelta) -> None:
    with writing() as session:
        for registration in session.query(Registration):
            registration.asked_at -= by


def logged_in(password: str = PASSWORD) -> Account:
    with reading() as session:
        return check_password(session, EMAIL, password)


def test_whoever_has_the_code_has_an_account_with_the_password_that_was_chosen() -> None:
    account = confirmed(f" {ask(' New@unit.example ')} ", "New@Unit.example")
    assert account is not None
    assert (account.email, account.role) == (EMAIL, Role.HANDLER)
    assert logged_in().id == account.id


def test_before_the_confirmation_there_is_no_account() -> None:
    ask()
    with reading() as session:
        assert find_account(session, EMAIL) is None


def test_who_has_yet_to_confirm_is_told_so_at_the_log_in() -> None:
    ask()
    with refused("AUTH-010"):
        logged_in()


def test_a_wrong_password_learns_nothing_of_a_registration() -> None:
    ask()
    with refused("AUTH-001"):
        logged_in("another battery staple")


def test_after_half_an_hour_nothing_is_left_to_confirm() -> None:
    code = ask()
    time_passes(VALID)
    assert confirmed(code) is None
    with refused("AUTH-001"):
        logged_in()


def test_just_before_that_the_code_is_good() -> None:
    code = ask()
    time_passes(VALID - timedelta(seconds=5))
    assert confirmed(code) is not None


def test_who_has_an_account_is_told_by_letter_and_nothing_changes() -> None:
    with writing() as session:
        account, password = add_account(session, EMAIL, Role.HANDLER, now=NOW)
    assert ask() == ""
    assert [letter.recipient for letter in sent()] == [EMAIL]
    assert "该邮箱已注册，请直接登录或重置密码。" in sent()[0].body
    assert confirmed("000000") is None
    with refused("AUTH-001"):
        logged_in(PASSWORD)
    assert logged_in(password).id == account.id


def test_the_same_is_stored_for_known_and_unknown_addresses() -> None:
    with writing() as session:
        add_account(session, EMAIL, Role.HANDLER, now=NOW)
    ask()
    ask("other@unit.example")
    with reading() as session:
        assert session.query(Registration).count() == 2


def test_the_address_and_the_code_are_not_stored() -> None:
    code = ask()
    with reading() as session:
        row = session.query(Registration).one()
    assert EMAIL.encode() not in row.address_digest
    assert code.encode() not in row.asked_by + (row.code_hash or b"")


def test_a_code_serves_the_browser_that_asked_and_no_other() -> None:
    code = ask()
    assert [confirmed(code, asker="another browser") for _ in range(TRIES + 1)] == [None] * (TRIES + 1)
    assert confirmed(code) is not None


def test_a_strangers_password_is_never_confirmed_by_the_owners_code() -> None:
    ask(asker="stranger", password="the stranger's own words")
    account = confirmed(ask())
    assert account is not None
    assert logged_in(PASSWORD).id == account.id


def test_the_fifth_wrong_try_voids_it() -> None:
    code = ask()
    for _ in range(TRIES):
        assert confirmed(wrong(code)) is None
    assert confirmed(code) is None


def test_of_two_browsers_the_first_to_confirm_has_the_account() -> None:
    first, second = ask(asker="one"), ask(asker="two", password="another battery staple")
    assert confirmed(second, asker="two") is not None
    assert confirmed(first, asker="one") is None
    with refused("AUTH-001"):
        logged_in(PASSWORD)


def test_a_network_waits_a_minute_before_it_asks_for_the_same_address_again() -> None:
    ask(ip="192.0.2.7")
    with refused("SMS-002", seconds=60):
        ask(ip="192.0.2.7")
    ask("other@unit.example", ip="192.0.2.7")


def test_an_address_is_written_to_ten_times_a_day_and_nothing_says_that_it_was_enough() -> None:
    for number in range(A_DAY + 2):
        ask(asker=f"browser {number}")
    assert len(sent()) == A_DAY
    time_passes(timedelta(days=1, seconds=1))
    assert confirmed(ask()) is not None


def test_two_networks_that_ask_at_once_do_not_have_one_letter_more_sent() -> None:
    for number in range(A_DAY - 1):
        ask(asker=f"browser {number}")

    def from_elsewhere(session: Session) -> None:
        ask_for_account(session, attempt_of(EMAIL, next(_elsewhere)), EMAIL, "a hash", next(_elsewhere))

    at_once(from_elsewhere, from_elsewhere)
    assert len(sent()) == A_DAY


def test_a_new_account_is_written_down() -> None:
    account = confirmed(ask())
    with reading() as session:
        entry = session.query(AuditEntry).filter_by(action="register").one()
    assert account is not None
    assert (entry.account_id, entry.ip, entry.at, entry.details) == (account.id, "192.0.2.7", NOW, {"email": EMAIL})
