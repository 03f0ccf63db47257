"""Accounts, units and codes without a page."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from models.actions.keep_accounts import add_account, add_unit, disable_account, find_account, reset_password
from models.actions.keep_tokens import add_token, viewer_of_token
from models.actions.log_in import begin_session, check_password, viewer_of
from models.queries.accounts import codes_to_choose
from models.records.account import Account, HandlerProfile
from models.records.audit import AuditEntry
from models.records.database import reading, writing
from models.records.unit import EnrolmentCode
from models.rules.permissions import Role
from tests.records import IN_THE_CENTRAL_WINDOW as NOW
from tests.refusals import refused

PROFILE = {"name": "李小满", "phone": "14200000001"}


def add(email: str = "clerk@unit.example", role: Role = Role.HANDLER, **profile: Any) -> tuple[Account, str]:
    with writing() as session:
        return add_account(session, email, role, now=NOW, profile=profile or None)


def test_a_new_account_logs_in_with_the_password_that_was_shown(database: str) -> None:
    account, password = add()
    with reading() as session:
        assert check_password(session, "clerk@unit.example", password).id == account.id


def test_the_password_is_stored_as_a_hash_only(database: str) -> None:
    account, password = add()
    assert account.password_hash.startswith("$argon2id$")
    assert password not in account.password_hash


def test_addresses_are_the_same_in_capitals(database: str) -> None:
    account, _ = add(" Clerk@Unit.example ")
    with reading() as session:
        found = find_account(session, "CLERK@unit.EXAMPLE")
    assert found is not None
    assert (found.id, found.email) == (account.id, "clerk@unit.example")


def test_a_second_account_of_an_address_is_refused(database: str) -> None:
    add()
    with refused("AUTH-008"):
        add("CLERK@unit.example")


def test_an_address_without_an_at_sign_is_refused(database: str) -> None:
    with refused("APP-007"):
        add("clerk")


def test_a_profile_given_here_counts_as_confirmed(database: str) -> None:
    account, _ = add(**PROFILE, headcount=12)
    with reading() as session:
        profile = session.get_one(HandlerProfile, account.id)
    assert (profile.name, profile.email, profile.headcount, profile.phone_verified_at) == (
        "李小满",
        "clerk@unit.example",
        12,
        NOW,
    )


@pytest.mark.parametrize(
    "profile", [{"name": "李小满"}, {**PROFILE, "shoe_size": 38}], ids=["no phone", "unknown field"]
)
def test_a_profile_with_a_field_missing_or_too_many_is_refused_whole(database: str, profile: dict[str, Any]) -> None:
    with refused("SYS-003"):
        add(**profile)
    with reading() as session:
        assert session.query(Account).count() == 0


def test_a_disabled_account_neither_logs_in_nor_stays_logged_in(database: str) -> None:
    account, password = add()
    with writing() as session:
        token = begin_session(session, account.id)
    with writing() as session:
        disable_account(session, session.get_one(Account, account.id), NOW)
    with reading() as session:
        assert viewer_of(session, token) is None
        with refused("AUTH-001"):
            check_password(session, account.email, password)


def test_a_reset_password_ends_every_log_in(database: str) -> None:
    account, old = add()
    with writing() as session:
        token = begin_session(session, account.id)
        new = reset_password(session, session.get_one(Account, account.id), NOW)
    with reading() as session:
        assert viewer_of(session, token) is None
        assert check_password(session, account.email, new).id == account.id
        with refused("AUTH-001"):
            check_password(session, account.email, old)


def test_a_reset_password_revokes_the_tokens_of_this_account_alone(database: str) -> None:
    account, _ = add()
    with writing() as session:
        other, _ = add_account(session, "other@unit.example", Role.HANDLER, now=NOW)
        tokens = [add_token(session, each, NOW)[1] for each in (account, other)]
        reset_password(session, session.get_one(Account, account.id), NOW)
    with reading() as session:
        assert [viewer_of_token(session, token) is not None for token in tokens] == [False, True]
        assert session.query(AuditEntry).filter_by(action="revoke_token").count() == 1


def test_a_unit_gets_its_code_bound_to_an_account(database: str) -> None:
    account, _ = add()
    with writing() as session:
        code_id = add_unit(session, "上海豆豆有限公司", "0088d2", account, NOW).id
    with reading() as session:
        code = session.get_one(EnrolmentCode, code_id)
    assert (code.code, code.account_id, code.bound_by) == ("0088D2", account.id, "application")


def test_a_code_that_is_taken_is_refused(database: str) -> None:
    with writing() as session:
        add_unit(session, "上海豆豆有限公司", "0088D2", None, NOW)
    with refused("APP-013", code="0088D2"), writing() as session:
        add_unit(session, "上海豆荚有限公司", "0088d2", None, NOW + timedelta(days=1))


def test_a_malformed_code_is_refused(database: str) -> None:
    with refused("COD-003"), writing() as session:
        add_unit(session, "上海豆豆有限公司", "88D2", None, NOW)


def test_everything_is_audited_without_a_password(database: str) -> None:
    account, password = add()
    with writing() as session:
        add_unit(session, "上海豆豆有限公司", "0088D2", account, NOW)
    with reading() as session:
        entries = session.query(AuditEntry).order_by(AuditEntry.id).all()
    assert [entry.action for entry in entries] == ["add_account", "add_unit"]
    assert password not in repr([entry.details for entry in entries])


def test_an_accounts_codes_in_use_are_offered_for_choice_with_their_units(database: str) -> None:
    account, _ = add()
    with writing() as session:
        for code in ("0088D3", "0088D2", "0088D4"):
            add_unit(session, f"上海{code}有限公司", code, account, NOW)
        add_unit(session, "别家", "0088D5", None, NOW)
        session.query(EnrolmentCode).filter_by(code="0088D4").one().active = False
    with reading() as session:
        offered = codes_to_choose(session, account.id)
    assert [(code.code, code.unit.name) for code in offered] == [
        ("0088D2", "上海0088D2有限公司"),
        ("0088D3", "上海0088D3有限公司"),
    ]
