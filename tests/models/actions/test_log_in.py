"""Log-in and log-out."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text, update

from models.actions.keep_accounts import add_account, disable_account, reset_password
from models.actions.log_in import begin_session, check_password, log_in, log_out, viewer_of
from models.records.account import Account, LoginSession
from models.records.database import reading, writing
from models.records.viewer import Viewer
from models.rules.permissions import Role
from tests.records import IN_THE_CENTRAL_WINDOW
from tests.refusals import refused


@pytest.fixture
def account(database: str) -> tuple[Account, str]:
    """A handler and the password."""
    with writing() as session:
        return add_account(session, "clerk@unit.example", Role.HANDLER, now=IN_THE_CENTRAL_WINDOW, name="李小满")


def begun(account: Account) -> str:
    with writing() as session:
        return begin_session(session, account.id)


def viewer(token: str) -> Viewer | None:
    with reading() as session:
        return viewer_of(session, token, "192.0.2.7")


@pytest.mark.parametrize(
    ("email", "password"),
    [("clerk@unit.example", "wrong"), ("nobody@unit.example", "wrong"), ("", "")],
)
def test_a_wrong_log_in_is_refused_in_the_same_words_whatever_is_wrong(
    account: tuple[Account, str], email: str, password: str
) -> None:
    with reading() as session, refused("AUTH-001"):
        check_password(session, email, password)


def test_the_address_may_be_typed_in_capitals(account: tuple[Account, str]) -> None:
    with reading() as session:
        assert check_password(session, " CLERK@Unit.example", account[1]).id == account[0].id


def test_a_token_tells_who_is_logged_in(account: tuple[Account, str]) -> None:
    who, _ = account
    assert viewer(begun(who)) == Viewer(who.id, Role.HANDLER, "clerk@unit.example", "李小满", "192.0.2.7")


def test_the_token_itself_is_not_stored(account: tuple[Account, str]) -> None:
    token = begun(account[0])
    with reading() as session:
        stored = session.query(LoginSession).one().token_hash
    assert token.encode() not in stored


def test_a_guessed_token_is_nobodys(account: tuple[Account, str]) -> None:
    begun(account[0])
    assert viewer("guess") is None


def test_logging_out_ends_this_log_in_and_no_other(account: tuple[Account, str]) -> None:
    here, elsewhere = begun(account[0]), begun(account[0])
    with writing() as session:
        log_out(session, here)
    assert viewer(here) is None
    assert viewer(elsewhere) is not None


def test_a_log_in_ends_by_itself(account: tuple[Account, str]) -> None:
    token = begun(account[0])
    with writing() as session:
        session.execute(update(LoginSession).values(expires_at=datetime.now(UTC) - timedelta(seconds=1)))
    assert viewer(token) is None


def verified(account: tuple[Account, str]) -> Account:
    with reading() as session:
        return check_password(session, account[0].email, account[1])


def reset(account: Account) -> None:
    with writing() as session:
        reset_password(session, session.get_one(Account, account.id), IN_THE_CENTRAL_WINDOW)


def test_a_verified_password_lets_in(account: tuple[Account, str]) -> None:
    right = verified(account)
    with writing() as session:
        who, token = log_in(session, right)
    assert who.id == account[0].id
    assert viewer(token) is not None


def test_a_password_that_was_reset_since_it_was_verified_lets_nobody_in(account: tuple[Account, str]) -> None:
    right = verified(account)
    reset(account[0])
    with refused("AUTH-001"), writing() as session:
        log_in(session, right)


def test_an_account_that_was_disabled_since_it_was_verified_lets_nobody_in(account: tuple[Account, str]) -> None:
    right = verified(account)
    with writing() as session:
        disable_account(session, session.get_one(Account, right.id), IN_THE_CENTRAL_WINDOW)
    with refused("AUTH-001"), writing() as session:
        log_in(session, right)


def somebody_waits() -> bool:
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    with reading() as session:
        return bool(session.execute(text(waiting)).scalar_one())


@pytest.mark.postgresql
@pytest.mark.usefixtures("postgresql")
def test_a_reset_waits_for_a_log_in_that_has_begun_and_ends_it_too() -> None:
    with writing() as session:
        account = add_account(session, "clerk@unit.example", Role.HANDLER, now=IN_THE_CENTRAL_WINDOW)
    right = verified(account)
    with ThreadPoolExecutor(1) as threads:
        with writing() as session:
            _, token = log_in(session, right)
            session.flush()
            resetting = threads.submit(reset, account[0])
            deadline = time.monotonic() + 20
            while not resetting.done() and not somebody_waits():
                assert time.monotonic() < deadline
        resetting.result()
    assert viewer(token) is None


def test_log_ins_that_ran_out_are_swept_away_by_the_next_one(account: tuple[Account, str]) -> None:
    begun(account[0])
    with writing() as session:
        session.execute(update(LoginSession).values(expires_at=datetime.now(UTC) - timedelta(seconds=1)))
    goes_on = [begun(account[0]), begun(account[0])]
    with reading() as session:
        assert session.query(LoginSession).count() == 2
    assert all(viewer(token) for token in goes_on)
