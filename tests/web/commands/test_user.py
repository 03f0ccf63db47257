"""`canbao user`."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from models.actions.log_in import check_password, log_in
from models.records.account import Account, HandlerProfile
from models.records.database import reading, writing
from models.records.unit import EnrolmentCode
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


@pytest.mark.usefixtures("sqlite")
def test_what_the_interface_says_of_a_handler_is_a_profile(tmp_path: Path) -> None:
    said = {"name": "李小满", "phone": "+86 142-0000-0001", "phone_verified_at": "2020-04-20T09:00:00+08:00"}
    (tmp_path / "profile.json").write_text(json.dumps(said), encoding="utf-8")
    assert tell("user", "add", EMAIL, "--role", "handler", "--profile", str(tmp_path / "profile.json")).status == 0
    with reading() as session:
        assert session.query(HandlerProfile).one().phone == "14200000001"


@pytest.mark.usefixtures("sqlite")
@pytest.mark.parametrize(
    ("changes", "status", "said"),
    [({"phone": "123"}, 1, "SMS-001"), ({"shoe_size": 41}, 2, "shoe_size")],
    ids=["a phone that can't be confirmed", "an unknown field"],
)
def test_a_wrong_profile_is_refused_by_what_is_wrong(
    tmp_path: Path, changes: dict[str, object], status: int, said: str
) -> None:
    profile = {"name": "李小满", "phone": "14200000001"} | changes
    (tmp_path / "profile.json").write_text(json.dumps(profile), encoding="utf-8")
    told = tell("user", "add", EMAIL, "--role", "handler", "--profile", str(tmp_path / "profile.json"))
    assert (told.status, said in told.complained) == (status, True)
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


def test_without_accounts_the_list_says_how_to_add_one(database: str) -> None:
    assert "user add" in tell("user", "list").said
    assert tell("user", "list", "--json").data == []


def test_every_account_is_listed_with_its_units_and_codes(database: str) -> None:
    tell("user", "add", EMAIL, "--role", "handler")
    tell("user", "add", "staff@association.example", "--role", "reviewer")
    tell("unit", "add", "上海甲厂", "--code", "0088D2", "--account", EMAIL)
    tell("unit", "add", "上海乙厂", "--code", "0088D3", "--account", EMAIL)
    clerk, staff = tell("user", "list", "--json").data
    assert (clerk["email"], clerk["role"], clerk["units"], clerk["codes"]) == (EMAIL, "handler", 2, 2)
    assert (staff["role"], staff["units"], staff["codes"]) == ("reviewer", 0, 0)
    assert clerk["id"] < staff["id"]


def test_a_code_that_is_not_active_is_not_counted(database: str) -> None:
    tell("user", "add", EMAIL, "--role", "handler")
    tell("unit", "add", "上海甲厂", "--code", "0088D2", "--account", EMAIL)
    with writing() as session:
        session.query(EnrolmentCode).one().active = False
    [clerk] = tell("user", "list", "--json").data
    assert (clerk["units"], clerk["codes"]) == (0, 0)


def test_the_list_tells_of_the_last_log_in(database: str) -> None:
    password = tell("user", "add", EMAIL, "--role", "handler", "--json").data["password"]
    assert tell("user", "list", "--json").data[0]["last_log_in_at"] is None
    with writing() as session:
        log_in(session, check_password(session, EMAIL, password))
    at = datetime.fromisoformat(tell("user", "list", "--json").data[0]["last_log_in_at"])
    assert abs(datetime.now(UTC) - at) < timedelta(minutes=1)


def test_the_list_tells_who_must_change_the_password_and_who_is_disabled(database: str) -> None:
    tell("user", "add", EMAIL, "--role", "handler")
    with writing() as session:
        session.query(Account).one().must_change_password = True
    tell("user", "disable", EMAIL)
    [clerk] = tell("user", "list", "--json").data
    assert (clerk["must_change_password"], clerk["disabled_at"] is None) == (True, False)


def test_a_list_for_people_is_a_table(database: str) -> None:
    tell("user", "add", EMAIL, "--role", "admin")
    header, line = tell("user", "list").said.splitlines()
    assert header.split()[:5] == ["id", "email", "role", "units", "codes"]
    assert line.split()[1:] == [EMAIL, "admin", "0", "0", "-", "-", "-"]


@pytest.mark.usefixtures("sqlite")
@pytest.mark.parametrize("command", ["disable", "reset"])
def test_an_account_that_there_is_not_is_named(command: str) -> None:
    told = tell("user", command, "nobody@unit.example")
    assert (told.status, "nobody@unit.example" in told.complained) == (1, True)
