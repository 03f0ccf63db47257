"""A unit's new name is written down at a desk, with the proof of it (DOMAIN 12.4)."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from models.actions.keep_accounts import add_unit
from models.actions.register_rename import register_rename, rename_at_counter
from models.queries.renames import RenameFilters, code_to_rename, list_renames, rename_file
from models.records.audit import AuditEntry
from models.records.database import reading, writing
from models.records.rename import NameChangeFile
from models.records.unit import EnrolmentCode
from models.records.viewer import Viewer
from models.rules.attachment import Attachment
from models.rules.permissions import Action, Role
from tests.records import IN_THE_CENTRAL_WINDOW as NOW
from tests.refusals import refused
from tests.renames import CODE, FORM, NEW, OLD, exchanged, registered, staff, the_change


@pytest.fixture
def desk(database: str) -> Viewer:
    """A district desk; the unit is nobody's yet."""
    with writing() as session:
        add_unit(session, OLD, CODE, None, NOW)
    return staff(Role.SERVICE_DESK)


def changes(viewer: Viewer, action: Action, **filters: str) -> list[str]:
    with reading() as session:
        return [change.new_name for change in list_renames(session, viewer, action, RenameFilters(**filters)).changes]


def name_now() -> str:
    with reading() as session:
        return code_to_rename(session, CODE).unit.name


def test_what_was_registered_waits_with_its_evidence(desk: Viewer) -> None:
    change = registered(desk, f" {CODE.lower()} ", f" {NEW} ")
    found = the_change(change)
    assert (found.former_name, found.new_name, found.status, found.registered_at) == (OLD, NEW, "pending", NOW)
    assert name_now() == OLD
    with reading() as session:
        assert rename_file(session, staff_admin(), change, 1) == FORM


def staff_admin() -> Viewer:
    return Viewer(0, Role.ADMIN)


def test_the_evidence_is_stored_sealed(desk: Viewer) -> None:
    registered(desk)
    with reading() as session:
        assert FORM.content not in session.query(NameChangeFile).one().content_sealed


@pytest.mark.parametrize(
    ("code", "name", "files", "no"),
    [
        ("0088D", NEW, [FORM], "COD-003"),
        ("0088D9", NEW, [FORM], "COD-001"),
        (CODE, "", [FORM], "SYS-002"),
        (CODE, OLD, [FORM], "SYS-003"),
        (CODE, "豆" * 101, [FORM], "SYS-003"),
        (CODE, NEW, [], "SYS-002"),
        (CODE, NEW, [FORM] * 11, "SYS-003"),
    ],
    ids=["malformed code", "unknown code", "no name", "the same name", "too long", "no evidence", "too many files"],
)
def test_what_is_missing_or_wrong_is_refused(
    desk: Viewer, code: str, name: str, files: Sequence[Attachment], no: str
) -> None:
    with refused(no):
        registered(desk, code, name, files)
    assert changes(desk, Action.REGISTER_UNIT_RENAME) == []


def test_a_code_out_of_use_is_refused(desk: Viewer) -> None:
    with writing() as session:
        session.query(EnrolmentCode).one().active = False
    with refused("COD-004", code=CODE):
        registered(desk)


def test_a_unit_waits_for_one_name_at_a_time(desk: Viewer) -> None:
    registered(desk)
    with refused("SYS-004"):
        registered(desk, new_name="上海豆荚有限公司")
    exchanged()
    registered(desk, new_name="上海豆荚有限公司")
    assert changes(desk, Action.REGISTER_UNIT_RENAME) == ["上海豆荚有限公司", NEW]


def test_at_the_counter_it_holds_at_once(desk: Viewer) -> None:
    admin = staff(Role.ADMIN)
    with writing() as session:
        rename_at_counter(session, admin, CODE, NEW, [FORM], NOW)
    assert name_now() == NEW
    with reading() as session:
        actions = [entry.action for entry in session.query(AuditEntry).filter_by(account_id=admin.account_id)]
    assert actions == ["register_unit_rename", "apply_unit_rename"]


def test_a_desk_sees_what_it_has_registered_and_an_administrator_everything(desk: Viewer) -> None:
    other, admin = staff(Role.SERVICE_DESK, "other@union.example"), staff(Role.ADMIN)
    with writing() as session:
        add_unit(session, "上海豆苗仪表有限公司", "0088D3", None, NOW)
    registered(desk)
    registered(other, "0088D3", "上海豆苗科技有限公司")
    assert changes(desk, Action.REGISTER_UNIT_RENAME) == [NEW]
    assert changes(admin, Action.APPLY_UNIT_RENAME) == ["上海豆苗科技有限公司", NEW]
    assert changes(admin, Action.APPLY_UNIT_RENAME, status="pending") == [NEW, "上海豆苗科技有限公司"]
    assert changes(admin, Action.APPLY_UNIT_RENAME, code="0088d3") == ["上海豆苗科技有限公司"]
    assert changes(admin, Action.APPLY_UNIT_RENAME, unit_name="仪表") == ["上海豆苗科技有限公司"]
    assert changes(admin, Action.APPLY_UNIT_RENAME, status="applied") == []


def test_who_registered_what_is_written_down(desk: Viewer) -> None:
    registered(desk)
    with reading() as session:
        entry = session.query(AuditEntry).filter_by(action="register_unit_rename").one()
    assert (entry.account_id, entry.ip, entry.details["before"], entry.details["after"]) == (
        desk.account_id, "192.0.2.7", OLD, NEW,
    )  # fmt: skip


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.SERVICE_DESK])
def test_only_a_desk_registers(desk: Viewer, role: Role) -> None:
    with refused("AUTH-006"), writing() as session:
        register_rename(session, Viewer(desk.account_id, role), CODE, NEW, [FORM], NOW)


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMIN])
def test_only_an_administrator_renames_at_the_counter(desk: Viewer, role: Role) -> None:
    with refused("AUTH-006"), writing() as session:
        rename_at_counter(session, Viewer(desk.account_id, role), CODE, NEW, [FORM], NOW)
