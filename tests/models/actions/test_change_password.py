"""修改密码."""

from __future__ import annotations

import pytest

from models.actions.change_password import change_password
from models.actions.keep_accounts import add_account, reset_password
from models.actions.keep_tokens import add_token, viewer_of_token
from models.actions.log_in import begin_session, check_password, viewer_of
from models.records.account import Account
from models.records.audit import AuditEntry
from models.records.database import reading, writing
from models.records.viewer import Viewer
from models.rules.permissions import Role
from tests.records import IN_THE_CENTRAL_WINDOW as NOW
from tests.refusals import refused

EMAIL, NEW = "clerk@unit.example", "correct battery staple"


@pytest.fixture
def reset(database: str) -> tuple[Viewer, str]:
    """Somebody whose password was reset by somebody else, logged in by the temporary one."""
    with writing() as session:
        account, _ = add_account(session, EMAIL, Role.HANDLER, now=NOW)
        password = reset_password(session, account, NOW)
        token = begin_session(session, account.id)
    with reading() as session:
        who = viewer_of(session, token, "192.0.2.7")
    assert who is not None
    return who, password


def change(who: Viewer, present: str, new: str = NEW) -> str:
    with reading() as session:
        verified = check_password(session, EMAIL, present)
    return change_verified(who, verified, present, new)


def change_verified(who: Viewer, verified: Account, present: str, new: str = NEW) -> str:
    with writing() as session:
        return change_password(session, who, verified, present=present, new=new, now=NOW)


def test_whoever_logs_in_by_a_reset_password_is_known_to_have_to_change_it(reset: tuple[Viewer, str]) -> None:
    assert reset[0].must_change_password


def test_the_new_password_works_and_the_old_one_does_not(reset: tuple[Viewer, str]) -> None:
    change(*reset)
    with reading() as session:
        assert not check_password(session, EMAIL, NEW).must_change_password
        with refused("AUTH-001"):
            check_password(session, EMAIL, reset[1])


def test_every_other_log_in_ends(reset: tuple[Viewer, str]) -> None:
    with writing() as session:
        elsewhere = begin_session(session, reset[0].account_id)
    here = change(*reset)
    with reading() as session:
        assert viewer_of(session, elsewhere) is None
        who = viewer_of(session, here)
    assert who is not None
    assert not who.must_change_password


@pytest.mark.parametrize("new", ["short", "password1234"])
def test_a_poor_one_is_refused_and_changes_nothing(reset: tuple[Viewer, str], new: str) -> None:
    with refused("AUTH-009"):
        change(*reset, new)
    with reading() as session:
        assert session.query(Account).one().must_change_password
        assert check_password(session, EMAIL, reset[1])


def test_the_temporary_password_cannot_be_kept(reset: tuple[Viewer, str]) -> None:
    with refused("AUTH-009"):
        change(*reset, new=reset[1])


def test_the_audit_says_who_and_from_where_and_no_password(reset: tuple[Viewer, str]) -> None:
    change(*reset)
    with reading() as session:
        entry = session.query(AuditEntry).filter_by(action="change_password").one()
    assert (entry.account_id, entry.ip, entry.at, entry.details) == (reset[0].account_id, "192.0.2.7", NOW, {})


def test_a_password_that_was_reset_since_it_was_verified_changes_nothing(reset: tuple[Viewer, str]) -> None:
    with reading() as session:
        verified = check_password(session, EMAIL, reset[1])
    with writing() as session:
        later = reset_password(session, session.query(Account).one(), NOW)
    with refused("AUTH-001"):
        change_verified(reset[0], verified, reset[1])
    with reading() as session:
        assert check_password(session, EMAIL, later)


def test_programs_go_on_with_their_tokens(reset: tuple[Viewer, str]) -> None:
    with writing() as session:
        _, token = add_token(session, session.get_one(Account, reset[0].account_id), NOW)
    change(*reset)
    with reading() as session:
        assert viewer_of_token(session, token) is not None
