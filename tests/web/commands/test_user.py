"""`canbao user`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from models.actions.log_in import check_password
from models.records.account import Account, HandlerProfile
from models.records.database import reading
from models.rules.permissions import Role
from tests.quick_passwords import quick_passwords
from tests.refusals import refused
from tests.web.commands.told import tell

__all__ = ["quick_passwords"]
EMAIL = "clerk@unit.example"


def account_of(password: str) -> Account:
    with reading() as session:
        return check_password(session, EMAIL, password)


def test_an_account_is_added_with_a_password_that_works(database: str) -> None:
    told = tell("user", "add", EMAIL, "--role", "reviewer", "--json")
    assert (told.status, told.data["email"], told.data["role"]) == (0, EMAIL, "reviewer")
    assert account_of(told.data["password"]).role == Role.REVIEWER


def test_without_json_the_password_is_in_the_line_for_people(database: str) -> None:
    said = tell("user", "add", EMAIL, "--role", "admin").said
    assert account_of(said.split()[-1]).role == Role.ADMIN


def test_a_second_account_of_an_address_is_no_by_its_code(database: str) -> None:
    tell("user", "add", EMAIL, "--role", "handler")
    told = tell("user", "add", EMAIL.upper(), "--role", "handler")
    assert (told.status, told.said, told.complained.partition(":")[0]) == (1, "", "AUTH-008")


@pytest.mark.usefixtures("sqlite")
def test_an_unknown_role_is_unusable() -> None:
    assert tell("user", "add", EMAIL, "--role", "emperor").status == 2


@pytest.mark.usefixtures("sqlite")
def test_a_profile_is_read_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "profile.json").write_text(json.dumps({"name": "李小满", "phone": "14200000001"}), encoding="utf-8")
    assert tell("user", "add", EMAIL, "--role", "handler", "--profile", str(tmp_path / "profile.json")).status == 0
    with reading() as session:
        assert session.query(HandlerProfile).one().name == "李小满"


@pytest.mark.usefixtures("sqlite")
@pytest.mark.parametrize(
    ("content", "status"), [("{", 2), ("[]", 2), ('{"name": "李小满"}', 1)], ids=["no JSON", "a list", "no phone"]
)
def test_a_profile_that_is_none_adds_nobody(tmp_path: Path, content: str, status: int) -> None:
    (tmp_path / "profile.json").write_text(content, encoding="utf-8")
    assert tell("user", "add", EMAIL, "--role", "handler", "--profile", str(tmp_path / "profile.json")).status == status
    with reading() as session:
        assert session.query(Account).count() == 0


def test_a_disabled_account_does_not_log_in(database: str) -> None:
    password = tell("user", "add", EMAIL, "--role", "handler", "--json").data["password"]
    assert tell("user", "disable", EMAIL, "--json").data == {"email": EMAIL, "disabled": True}
    with refused("AUTH-001"):
        account_of(password)


def test_a_reset_shows_a_new_password_and_the_old_one_is_worthless(database: str) -> None:
    old = tell("user", "add", EMAIL, "--role", "handler", "--json").data["password"]
    new = tell("user", "reset", EMAIL, "--json").data["password"]
    assert account_of(new).email == EMAIL
    with refused("AUTH-001"):
        account_of(old)


@pytest.mark.usefixtures("sqlite")
@pytest.mark.parametrize("command", ["disable", "reset"])
def test_an_account_that_there_is_not_is_named(command: str) -> None:
    told = tell("user", command, "nobody@unit.example")
    assert (told.status, "nobody@unit.example" in told.complained) == (1, True)
