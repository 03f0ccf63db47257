"""工委 and 对口联系人 as an administrator keeps them (Appendix B)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy.orm import Session

from models.actions.keep_unions import (
    add_contact,
    add_union,
    change_union,
    close_union,
    remove_contact,
    reopen_union,
)
from models.queries.unions import contacts_of_union, liaison_groups, open_unions
from models.records.account import HandlerProfile
from models.records.audit import AuditEntry
from models.records.code_application import CodeApplication
from models.records.database import reading, writing
from models.records.union import DistrictUnion
from models.records.unit import Unit
from models.records.viewer import Viewer
from models.rules.form_fields import FormRefused
from models.rules.permissions import Role
from tests.applications import applied
from tests.at_once import at_once
from tests.records import IN_THE_CENTRAL_WINDOW as NOW
from tests.records import a_clerk
from tests.refusals import refused
from tests.renames import staff

DING = {"liaison_group": "1", "name": "丁一", "phone": "142 0000 0021"}


@pytest.fixture
def admin(database: str) -> Viewer:
    return staff(Role.ADMIN)


def union_id(name: str = "机电") -> int:
    with reading() as session:
        return session.query(DistrictUnion).filter_by(name=name).one().id


def offered() -> list[str]:
    with reading() as session:
        return list(open_unions(session))


def contacts(union: str = "机电") -> list[tuple[str, str]]:
    with reading() as session:
        return [(contact.name, contact.phone) for contact in contacts_of_union(session, union)]


def change(admin: Viewer, name: str, group: str = "1", union: str = "机电") -> None:
    number = union_id(union)
    with writing() as session:
        change_union(session, admin, number, {"name": name, "liaison_group": group}, NOW)


def add(admin: Viewer, **typed: str) -> None:
    with writing() as session:
        add_union(session, admin, {"name": "豆业", "liaison_group": "3"} | typed, NOW)


def test_a_new_database_offers_the_unions_of_the_six_groups_in_their_order(admin: Viewer) -> None:
    with reading() as session:
        assert [len(group.unions) for group in liaison_groups(session)] == [21, 20, 21, 21, 18, 18]
    assert (offered()[:2], offered()[-1]) == (["普陀", "黄浦"], "诺基亚贝尔")


def test_a_new_union_is_offered_among_those_of_its_group(admin: Viewer) -> None:
    add(admin)
    assert offered().index("豆业") == offered().index("浦东") - 1


@pytest.mark.parametrize(
    ("typed", "field", "code"),
    [
        ({"name": " "}, "name", "SYS-002"),
        ({"name": "豆" * 51}, "name", "SYS-003"),
        ({"name": "机电"}, "name", "SYS-004"),
        ({"liaison_group": "7"}, "liaison_group", "SYS-003"),
        ({"liaison_group": ""}, "liaison_group", "SYS-002"),
    ],
)
def test_a_wrong_union_is_told_at_its_field(admin: Viewer, typed: dict[str, str], field: str, code: str) -> None:
    with pytest.raises(FormRefused) as no:
        add(admin, **typed)
    assert {name: problem.code for name, problem in no.value.problems.items()} == {field: code}


def test_a_union_can_not_be_renamed_to_another(admin: Viewer) -> None:
    with refused("SYS-004"):
        change(admin, "百联")
    assert "机电" in offered()


def test_whoever_names_a_renamed_union_names_it_as_it_is_called_now(admin: Viewer) -> None:
    with writing() as session:
        clerk = a_clerk(session)
        session.get_one(HandlerProfile, clerk.account_id).union_first_level = "机电"
        session.query(Unit).one().district_union = "机电"
    application = applied(clerk, NOW)
    change(admin, "机电装备")
    with reading() as session:
        assert session.query(Unit).one().district_union == "机电装备"
        assert session.get_one(CodeApplication, application).district_union == "机电装备"
        assert session.get_one(HandlerProfile, clerk.account_id).union_first_level == "机电装备"
        entry = session.query(AuditEntry).filter_by(action="change_union").one()
    assert (entry.details["before"]["name"], entry.details["after"]["name"]) == ("机电", "机电装备")


def test_of_two_new_names_at_once_everybody_has_the_one_that_holds(admin: Viewer) -> None:
    with writing() as session:
        a_clerk(session)
        session.query(Unit).one().district_union = "机电"
    number = union_id()

    def renamed(name: str) -> Callable[[Session], object]:
        return lambda session: change_union(session, admin, number, {"name": name, "liaison_group": "1"}, NOW)

    at_once(renamed("机电一"), renamed("机电二"))
    with reading() as session:
        named = session.query(Unit).one().district_union, session.get_one(DistrictUnion, number).name
    assert named == ("机电二", "机电二")


def test_a_closed_union_is_offered_to_nobody_until_it_is_opened_again(admin: Viewer) -> None:
    number = union_id()
    with writing() as session:
        close_union(session, admin, number, NOW)
    closed = offered()
    with writing() as session:
        reopen_union(session, admin, number, NOW)
    assert ("机电" in closed, "机电" in offered()) == (False, True)


def test_a_closed_union_can_not_be_applied_with(admin: Viewer) -> None:
    with writing() as session:
        clerk = a_clerk(session)
        close_union(session, admin, session.query(DistrictUnion).filter_by(name="机电").one().id, NOW)
    with refused("SYS-003", field="工委名称"):
        applied(clerk, NOW)


def test_nobody_looks_after_a_union_before_somebody_was_entered(admin: Viewer) -> None:
    assert contacts() == []


def test_a_contact_looks_after_every_union_of_the_group_and_no_other(admin: Viewer) -> None:
    with writing() as session:
        add_contact(session, admin, DING, NOW)
    assert [contacts(union) for union in ("机电", "市场监管", "长宁", "火星", "")] == [
        [("丁一", "14200000021")], [("丁一", "14200000021")], [], [], [],
    ]  # fmt: skip


def test_a_union_in_another_group_has_that_groups_contacts(admin: Viewer) -> None:
    with writing() as session:
        add_contact(session, admin, DING | {"liaison_group": "2"}, NOW)
    change(admin, "机电", "2")
    assert contacts() == [("丁一", "14200000021")]


@pytest.mark.parametrize(
    ("typed", "code"),
    [({"name": ""}, "SYS-002"), ({"phone": "12345"}, "SMS-001"), ({"liaison_group": "0"}, "SYS-003")],
)
def test_a_wrong_contact_is_refused(admin: Viewer, typed: dict[str, str], code: str) -> None:
    with refused(code), writing() as session:
        add_contact(session, admin, DING | typed, NOW)


def test_a_contact_that_is_removed_twice_is_gone_once(admin: Viewer) -> None:
    with writing() as session:
        number = add_contact(session, admin, DING, NOW).id
    for _ in range(2):
        with writing() as session:
            remove_contact(session, admin, number, NOW)
    assert contacts() == []
    with reading() as session:
        entry = session.query(AuditEntry).filter_by(action="remove_liaison_contact").one()
    assert entry.details["before"]["name"] == "丁一"


def test_the_page_is_narrowed_by_a_part_of_the_name_and_keeps_all_groups(admin: Viewer) -> None:
    with reading() as session:
        groups = liaison_groups(session, "电")
    assert [group.number for group in groups] == [1, 2, 3, 4, 5, 6]
    assert [union.name for union in groups[0].unions] == ["机电", "电力工业", "电力股份"]


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMIN])
def test_only_an_administrator_keeps_them(admin: Viewer, role: Role) -> None:
    viewer: Any = Viewer(admin.account_id, role)
    for act in (
        lambda session: add_union(session, viewer, {}, NOW),
        lambda session: change_union(session, viewer, 1, {}, NOW),
        lambda session: close_union(session, viewer, 1, NOW),
        lambda session: add_contact(session, viewer, DING, NOW),
        lambda session: remove_contact(session, viewer, 1, NOW),
    ):
        with refused("AUTH-006"), writing() as session:
            act(session)
