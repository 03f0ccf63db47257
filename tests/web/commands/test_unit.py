"""`canbao unit`."""

from __future__ import annotations

import pytest

from models.records.database import reading
from models.records.unit import EnrolmentCode
from tests.quick_passwords import quick_passwords
from tests.web.commands.told import Told, tell

__all__ = ["quick_passwords"]
EMAIL, UNIT = "clerk@unit.example", "上海豆豆有限公司"


@pytest.fixture(autouse=True)
def _clerk(database: str) -> None:
    """An account to bind codes to."""
    tell("user", "add", EMAIL, "--role", "handler")


def add(code: str, email: str = EMAIL) -> Told:
    return tell("unit", "add", UNIT, "--code", code, "--account", email, "--json")


def test_a_unit_is_added_with_its_code(database: str) -> None:
    assert add("0088d2").data == {"unit": UNIT, "code": "0088D2", "account": EMAIL}
    with reading() as session:
        assert session.query(EnrolmentCode).one().bound_by == "application"


def test_a_code_that_is_taken_is_no_by_its_code_and_sentence(database: str) -> None:
    add("0088D2")
    told = add("0088D2")
    assert (told.status, told.complained) == (1, "APP-013: 参保编码0088D2已被使用，请更换。\n")


def test_a_malformed_code_is_no(database: str) -> None:
    assert (add("88").status, add("88").complained.partition(":")[0]) == (1, "COD-003")


def test_an_account_that_there_is_not_is_named(database: str) -> None:
    assert "nobody@unit.example" in add("0088D2", "nobody@unit.example").complained


def test_a_code_is_given_to_nobody_of_the_staff(database: str) -> None:
    tell("user", "add", "staff@association.example", "--role", "reviewer")
    told = add("0088D2", "staff@association.example")
    assert (told.status, "reviewer" in told.complained) == (1, True)
    with reading() as session:
        assert session.query(EnrolmentCode).count() == 0
