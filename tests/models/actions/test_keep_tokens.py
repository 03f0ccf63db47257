"""API tokens."""

from __future__ import annotations

import pytest

from models.actions.keep_accounts import add_account, disable_account, reset_password
from models.actions.keep_tokens import add_token, find_tokens, revoke_token, tokens_with_accounts, viewer_of_token
from models.records.account import Account
from models.records.api_token import ApiToken
from models.records.audit import AuditEntry
from models.records.database import reading, writing
from models.records.viewer import Viewer
from models.rules.permissions import Role
from tests.records import IN_THE_CENTRAL_WINDOW as NOW


@pytest.fixture
def account(database: str) -> Account:
    with writing() as session:
        return add_account(session, "clerk@unit.example", Role.HANDLER, now=NOW, name="李小满")[0]


def made(account: Account) -> tuple[int, str]:
    with writing() as session:
        record, token = add_token(session, account, NOW)
        return record.id, token


def let_in(token: str) -> Viewer | None:
    with reading() as session:
        return viewer_of_token(session, token, "192.0.2.7")


def test_a_token_acts_for_its_account(account: Account) -> None:
    _, token = made(account)
    assert let_in(token) == Viewer(account.id, Role.HANDLER, "clerk@unit.example", "李小满", "192.0.2.7")


def test_the_token_itself_is_not_stored(account: Account) -> None:
    _, token = made(account)
    with reading() as session:
        stored = session.query(ApiToken).one()
    assert token.encode() not in stored.token_hash
    assert token.startswith(stored.hint)
    assert len(stored.hint) < 12


def test_a_revoked_token_lets_nobody_in_and_the_other_one_does(account: Account) -> None:
    (number, first), (_, second) = made(account), made(account)
    with writing() as session:
        revoke_token(session, session.get_one(ApiToken, number), NOW)
    assert let_in(first) is None
    assert let_in(second) is not None


def test_a_disabled_accounts_token_lets_nobody_in(account: Account) -> None:
    _, token = made(account)
    with writing() as session:
        disable_account(session, session.get_one(Account, account.id), NOW)
    assert let_in(token) is None


def test_a_token_of_before_a_reset_lets_nobody_in_and_a_later_one_knows_of_it(account: Account) -> None:
    _, before = made(account)
    with writing() as session:
        reset_password(session, session.get_one(Account, account.id), NOW)
    _, after = made(account)
    assert let_in(before) is None
    who = let_in(after)
    assert who is not None
    assert who.must_change_password


def test_tokens_are_found_by_id_by_themselves_or_by_their_account(account: Account) -> None:
    (first, token), (second, _) = made(account), made(account)
    with writing() as session:
        other, _ = add_account(session, "other@unit.example", Role.HANDLER, now=NOW)
    made(other)
    with reading() as session:
        for which, found in (
            (str(first), {first}),
            (token, {first}),
            ("CLERK@unit.example", {first, second}),
            ("cb_unknown", set()),
            ("", set()),
            ("9" * 30, set()),
        ):
            assert {each.id for each in find_tokens(session, which)} == found, which


def test_the_list_holds_the_latest_first(account: Account) -> None:
    first, second = made(account)[0], made(account)[0]
    with reading() as session:
        assert [token.id for token, _ in tokens_with_accounts(session)] == [second, first]
        assert tokens_with_accounts(session, "nobody@unit.example") == []


def test_making_and_revoking_are_audited_without_the_token(account: Account) -> None:
    number, token = made(account)
    with writing() as session:
        revoke_token(session, session.get_one(ApiToken, number), NOW)
    with reading() as session:
        entries = session.query(AuditEntry).filter(AuditEntry.action.like("%_token")).order_by(AuditEntry.id).all()
    assert [entry.action for entry in entries] == ["add_token", "revoke_token"]
    assert token not in str([entry.details for entry in entries])
