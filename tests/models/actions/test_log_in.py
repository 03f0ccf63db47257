"""Log-in and log-out."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from models.actions.keep_accounts import add_account
from models.actions.log_in import begin_session, check_password, log_out, viewer_of
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
