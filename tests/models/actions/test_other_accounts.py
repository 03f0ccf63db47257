"""What one account does to another (DOMAIN 2, AC02)."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy.orm import Session

from models.actions.keep_accounts import disable_account
from models.actions.keep_tokens import viewer_of_token
from models.actions.log_in import begin_session, check_password, viewer_of
from models.actions.other_accounts import (
    add_staff,
    disable_other,
    enable_other,
    end_log_ins,
    issue_token,
    reset_other,
    revoke_other,
    set_superior_union,
)
from models.records.account import Account
from models.records.api_token import ApiToken
from models.records.audit import AuditEntry
from models.records.database import reading, writing
from models.records.viewer import Viewer
from models.rules.form_fields import FormRefused
from models.rules.permissions import Role
from models.rules.refusal import Refused
from tests.records import IN_THE_CENTRAL_WINDOW as NOW
from tests.refusals import refused
from tests.renames import staff

Act = Callable[[Session, Viewer, int], object]

KEEPING: dict[str, Act] = {
    "disable": lambda session, viewer, other: disable_other(session, viewer, other, NOW),
    "enable": lambda session, viewer, other: enable_other(session, viewer, other, NOW),
    "end log-ins": lambda session, viewer, other: end_log_ins(session, viewer, other, NOW),
    "superior union": lambda session, viewer, other: set_superior_union(session, viewer, other, "", NOW),
    "token": lambda session, viewer, other: issue_token(session, viewer, other, NOW),
    "revoke": lambda session, viewer, other: revoke_other(session, viewer, other, 1, NOW),
}
"""What only administrators do."""


@pytest.fixture
def admin(database: str) -> Viewer:
    return staff(Role.ADMIN)


@pytest.fixture
def union(admin: Viewer) -> Viewer:
    """A 上级工会 with `below`."""
    return staff(Role.SUPERIOR_UNION)


@pytest.fixture
def support(admin: Viewer) -> Viewer:
    return staff(Role.TECH_SUPPORT)


@pytest.fixture
def below(admin: Viewer, union: Viewer) -> Viewer:
    """A handler below `union`."""
    clerk = staff(Role.HANDLER, "below@unit.example")
    with writing() as session:
        set_superior_union(session, admin, clerk.account_id, str(union.account_id), NOW)
    return clerk


@pytest.fixture
def alone(admin: Viewer) -> Viewer:
    """A handler without a union."""
    return staff(Role.HANDLER, "alone@unit.example")


def reset(viewer: Viewer, other: Viewer) -> str:
    with writing() as session:
        return reset_other(session, viewer, other.account_id, NOW, address=other.email)[1]


def the_account(viewer: Viewer) -> Account:
    with reading() as session:
        return session.get_one(Account, viewer.account_id)


def logs_in(viewer: Viewer, password: str) -> bool:
    with reading() as session:
        try:
            return check_password(session, viewer.email, password).id == viewer.account_id
        except Refused:
            return False


def written(action: str) -> AuditEntry:
    with reading() as session:
        return session.query(AuditEntry).filter_by(action=action).order_by(AuditEntry.id.desc()).first()  # type: ignore[return-value]  # one is there


def test_a_superior_union_resets_an_account_below_it(union: Viewer, below: Viewer) -> None:
    password = reset(union, below)
    assert logs_in(below, password)
    assert the_account(below).must_change_password
    entry = written("reset_password")
    assert (entry.account_id, entry.ip, entry.details["email"]) == (union.account_id, "192.0.2.7", below.email)
    assert password not in repr(entry.details)


def test_a_superior_union_resets_no_other_account(union: Viewer, alone: Viewer, admin: Viewer, support: Viewer) -> None:
    elsewhere = staff(Role.SUPERIOR_UNION, "elsewhere@union.example")
    for other in (alone, admin, support, elsewhere, union):
        with refused("BAT-005"):
            reset(union, other)


def test_tech_support_resets_accounts_of_units_without_a_union(support: Viewer, alone: Viewer) -> None:
    assert logs_in(alone, reset(support, alone))


def test_tech_support_reaches_an_account_by_its_whole_address_alone(
    support: Viewer, alone: Viewer, below: Viewer
) -> None:
    for address in ("", "alone", below.email):
        with refused("BAT-005"), writing() as session:
            reset_other(session, support, alone.account_id, NOW, address=address)


def test_tech_support_resets_no_account_with_a_union_and_no_colleagues(
    support: Viewer, below: Viewer, admin: Viewer, union: Viewer
) -> None:
    reviewer = staff(Role.REVIEWER)
    for other in (below, admin, union, reviewer, support):
        with refused("BAT-005"):
            reset(support, other)


def test_an_administrator_resets_every_account_but_the_own(admin: Viewer, below: Viewer, support: Viewer) -> None:
    for other in (below, support, staff(Role.ADMIN, "second@union.example")):
        assert logs_in(other, reset(admin, other))
    with refused("BAT-002"):
        reset(admin, admin)


@pytest.mark.parametrize("role", [Role.HANDLER, Role.SERVICE_DESK, Role.REVIEWER])
def test_other_roles_reset_nobody(admin: Viewer, alone: Viewer, role: Role) -> None:
    with refused("AUTH-006"):
        reset(Viewer(alone.account_id, role), alone)


def test_a_reset_ends_log_ins_and_tokens(admin: Viewer, alone: Viewer) -> None:
    with writing() as session:
        log_in = begin_session(session, alone.account_id)
        _, token = issue_token(session, admin, alone.account_id, NOW)
    reset(admin, alone)
    with reading() as session:
        assert (viewer_of(session, log_in), viewer_of_token(session, token)) == (None, None)
    assert written("revoke_token").account_id == admin.account_id


def test_a_colleague_is_added_with_a_password_that_must_be_changed(admin: Viewer) -> None:
    with writing() as session:
        account, password = add_staff(
            session, admin, email=" New@Union.example ", name="审核员二号", role="reviewer", now=NOW
        )
        made = Viewer(account.id, Role.REVIEWER, account.email)
    found = the_account(made)
    assert (found.email, found.name, found.role, found.must_change_password) == (
        "new@union.example", "审核员二号", "reviewer", True,
    )  # fmt: skip
    assert logs_in(made, password)
    assert written("add_account").account_id == admin.account_id


@pytest.mark.parametrize(
    ("field", "typed", "code"),
    [
        ("email", "", "SYS-002"),
        ("email", "clerk", "APP-007"),
        ("email", "admin@union.example", "AUTH-008"),
        ("name", "", "SYS-002"),
        ("name", "名" * 51, "SYS-003"),
        ("role", "", "SYS-002"),
        ("role", "handler", "SYS-003"),
        ("role", "emperor", "SYS-003"),
    ],
)
def test_a_wrong_field_of_a_new_account_is_told_at_its_place(admin: Viewer, field: str, typed: str, code: str) -> None:
    fields = {"email": "new@union.example", "name": "审核员二号", "role": "reviewer"} | {field: typed}
    with pytest.raises(FormRefused) as no, writing() as session:
        add_staff(session, admin, now=NOW, **fields)
    assert {name: problem.code for name, problem in no.value.problems.items()} == {field: code}


def test_a_disabled_account_logs_in_again_once_it_is_enabled(admin: Viewer, alone: Viewer) -> None:
    password = reset(admin, alone)
    with writing() as session:
        disable_other(session, admin, alone.account_id, NOW)
    while_disabled = logs_in(alone, password)
    with writing() as session:
        enable_other(session, admin, alone.account_id, NOW)
    assert (while_disabled, logs_in(alone, password)) == (False, True)
    assert [written(action).account_id for action in ("disable_account", "enable_account")] == [admin.account_id] * 2


def test_nobody_disables_the_own_account(admin: Viewer) -> None:
    staff(Role.ADMIN, "second@union.example")
    with refused("BAT-002"), writing() as session:
        disable_other(session, admin, admin.account_id, NOW)


def test_the_last_administrator_in_use_is_not_disabled(admin: Viewer) -> None:
    second = staff(Role.ADMIN, "second@union.example")
    with writing() as session:
        disable_account(session, session.get_one(Account, admin.account_id), NOW)
    with refused("BAT-002", status="这是最后一个启用的管理员账户"), writing() as session:
        disable_other(session, admin, second.account_id, NOW)


def test_of_two_administrators_who_disable_each_other_one_stays(admin: Viewer) -> None:
    second = staff(Role.ADMIN, "second@union.example")
    begin = threading.Barrier(2)

    def disable(one: Viewer, other: Viewer) -> str:
        begin.wait(30)
        try:
            with writing() as session:
                disable_other(session, one, other.account_id, NOW)
        except Refused as refusal:
            return refusal.code
        return "done"

    with ThreadPoolExecutor(2) as threads:
        both = [threads.submit(disable, *pair) for pair in ((admin, second), (second, admin))]
        ended = sorted(one.result(timeout=60) for one in both)
    assert ended[1] == "done"
    assert [the_account(viewer).disabled_at for viewer in (admin, second)].count(None) == 1


def test_log_ins_are_ended_and_the_password_stays(admin: Viewer, alone: Viewer) -> None:
    password = reset(admin, alone)
    with writing() as session:
        log_in = begin_session(session, alone.account_id)
        end_log_ins(session, admin, alone.account_id, NOW)
    with reading() as session:
        assert viewer_of(session, log_in) is None
    assert logs_in(alone, password)


def test_a_superior_union_is_set_and_taken_away(admin: Viewer, union: Viewer, below: Viewer) -> None:
    assert the_account(below).superior_union_id == union.account_id
    with writing() as session:
        set_superior_union(session, admin, below.account_id, "", NOW)
    assert the_account(below).superior_union_id is None
    details = written("set_superior_union").details
    assert (details["before"], details["after"]) == (union.account_id, None)


def test_only_an_account_of_a_union_that_is_in_use_stands_above_a_handler(
    admin: Viewer, union: Viewer, alone: Viewer
) -> None:
    with writing() as session:
        disable_other(session, admin, union.account_id, NOW)
    for typed in (str(union.account_id), str(admin.account_id), "999", "x", "9" * 30):
        with refused("SYS-003", field="上级工会"), writing() as session:
            set_superior_union(session, admin, alone.account_id, typed, NOW)


def test_nobody_but_handlers_stands_below_a_union(admin: Viewer, union: Viewer, support: Viewer) -> None:
    with refused("SYS-003"), writing() as session:
        set_superior_union(session, admin, support.account_id, str(union.account_id), NOW)


def test_a_token_lets_in_until_it_is_revoked(admin: Viewer, alone: Viewer) -> None:
    with writing() as session:
        _, token = issue_token(session, admin, alone.account_id, NOW)
    with reading() as session:
        let_in = viewer_of_token(session, token)
        number = session.query(ApiToken).one().id
    with writing() as session:
        revoke_other(session, admin, alone.account_id, number, NOW)
    with reading() as session:
        assert (let_in is not None, viewer_of_token(session, token)) == (True, None)
    assert [written(action).account_id for action in ("add_token", "revoke_token")] == [admin.account_id] * 2


def test_a_disabled_account_gets_no_token(admin: Viewer, alone: Viewer) -> None:
    with writing() as session:
        disable_other(session, admin, alone.account_id, NOW)
    with refused("BAT-002"), writing() as session:
        issue_token(session, admin, alone.account_id, NOW)


def test_anothers_token_is_not_revoked_by_way_of_this_account(admin: Viewer, alone: Viewer, below: Viewer) -> None:
    with writing() as session:
        issue_token(session, admin, below.account_id, NOW)
        number = session.query(ApiToken).one().id
    with refused("SYS-003"), writing() as session:
        revoke_other(session, admin, alone.account_id, number, NOW)


@pytest.mark.parametrize("act", KEEPING)
def test_nobody_but_an_administrator_keeps_accounts(union: Viewer, below: Viewer, support: Viewer, act: str) -> None:
    for viewer in (union, support, below):
        with refused("AUTH-006"), writing() as session:
            KEEPING[act](session, viewer, below.account_id)


@pytest.mark.parametrize("act", KEEPING)
def test_an_account_that_there_is_not_is_not_found(admin: Viewer, act: str) -> None:
    with refused("BAT-005"), writing() as session:
        KEEPING[act](session, admin, 999)
