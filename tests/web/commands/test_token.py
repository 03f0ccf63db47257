"""`canbao token`."""

from __future__ import annotations

import json

import pytest

from models.actions.keep_accounts import add_account
from models.actions.keep_tokens import viewer_of_token
from models.records.database import reading, writing
from models.rules.permissions import Role
from tests.quick_passwords import quick_passwords
from tests.records import IN_THE_CENTRAL_WINDOW as NOW
from tests.web.commands.told import tell

__all__ = ["quick_passwords"]
EMAIL = "clerk@unit.example"


@pytest.fixture(autouse=True)
def account(database: str) -> None:
    with writing() as session:
        add_account(session, EMAIL, Role.HANDLER, now=NOW)


def let_in(token: str) -> bool:
    with reading() as session:
        return viewer_of_token(session, token) is not None


def test_a_token_is_shown_once_and_works() -> None:
    told = tell("token", "add", EMAIL.upper(), "--json")
    assert (told.status, told.data["email"]) == (0, EMAIL)
    assert let_in(told.data["token"])
    assert told.data["token"] not in tell("token", "list", "--json").said


def test_without_json_the_token_is_in_the_line_for_people() -> None:
    assert let_in(tell("token", "add", EMAIL).said.split()[-1])


def test_the_list_tells_them_apart_and_which_are_revoked() -> None:
    first = tell("token", "add", EMAIL, "--json").data
    tell("token", "add", EMAIL)
    assert tell("token", "revoke", str(first["id"]), "--json").data == {"revoked": [first["id"]]}
    second, listed = json.loads(tell("token", "list", EMAIL, "--json").said)
    assert (listed["id"], first["token"].startswith(listed["begins"])) == (first["id"], True)
    assert listed["revoked_at"] is not None
    assert second["revoked_at"] is None


@pytest.mark.parametrize("which", ["id", "token", "email"])
def test_a_revoked_token_is_worthless(which: str) -> None:
    made = tell("token", "add", EMAIL, "--json").data
    assert tell("token", "revoke", str(made[which])).status == 0
    assert not let_in(made["token"])


@pytest.mark.parametrize(
    "arguments", [("add", "nobody@unit.example"), ("list", "nobody@unit.example"), ("revoke", "7")]
)
def test_what_there_is_not_is_no(arguments: tuple[str, ...]) -> None:
    assert tell("token", *arguments).status == 1


def test_no_tokens_are_an_empty_list() -> None:
    assert tell("token", "list", "--json").said.strip() == "[]"
    assert tell("token", "list").said.strip() == "There are no tokens."


def test_a_disabled_account_gets_no_token() -> None:
    tell("user", "disable", EMAIL)
    told = tell("token", "add", EMAIL)
    assert (told.status, "disabled" in told.complained) == (1, True)
    assert json.loads(tell("token", "list", "--json").said) == []
