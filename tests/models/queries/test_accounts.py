"""Accounts as those see them who may reset their passwords."""

from __future__ import annotations

import pytest

from models.queries.accounts import AccountFilters, AccountLine, Progress, list_accounts
from models.records.account import Account
from models.records.database import reading, writing
from models.records.viewer import Viewer
from models.rules.lifecycle import BatchState
from models.rules.permissions import Role
from models.rules.plan import EnrolmentType
from tasks.sample_people import fictitious_people
from tests.imports import another_batch
from tests.records import BatchOf, a_batch_to_fill, people_on
from tests.refusals import refused
from tests.renames import staff
from tests.stages import put_into
from tests.statements import statements


@pytest.fixture
def batch(database: str) -> BatchOf:
    """A unit with a batch of three people."""
    batch = a_batch_to_fill()
    people_on(batch, fictitious_people(3, 1))
    return batch


def below(batch: BatchOf, union: Viewer) -> None:
    """The batch's handler stands below this union."""
    with writing() as session:
        session.get_one(Account, batch.viewer.account_id).superior_union_id = union.account_id


def listed(viewer: Viewer, plan_year: str = "2020", **filters: str) -> list[AccountLine]:
    with reading() as session:
        return list(list_accounts(session, viewer, AccountFilters(**filters), plan_year).lines)


def addresses(viewer: Viewer, **filters: str) -> list[str]:
    return [line.account.email for line in listed(viewer, **filters)]


def test_a_union_sees_the_accounts_below_it_with_their_totals(batch: BatchOf) -> None:
    union = staff(Role.SUPERIOR_UNION)
    staff(Role.HANDLER, "alone@unit.example")
    below(batch, union)
    enrolled = another_batch(batch.viewer, "0088D7", EnrolmentType.CENTRAL, now=batch.now)
    put_into(enrolled, BatchState.ENROLLED, total_fen=54000)
    (line,) = listed(union)
    assert line.account.id == batch.viewer.account_id
    assert line.progress == Progress(batches=2, enrolled=1, people=3, total_fen=54000)
    assert line.superior == union.email


def test_totals_are_those_of_one_plan_year_and_of_no_deleted_batch(batch: BatchOf) -> None:
    union = staff(Role.SUPERIOR_UNION)
    below(batch, union)
    assert listed(union, "2021")[0].progress == Progress()
    put_into(batch, BatchState.DELETED)
    assert listed(union)[0].progress == Progress()


def test_tech_support_finds_a_unit_without_a_union_by_its_whole_address(batch: BatchOf) -> None:
    support = staff(Role.TECH_SUPPORT)
    assert addresses(support) == []
    assert addresses(support, unit="机械") == []
    assert addresses(support, email=" 0088D2@Unit.example ") == ["0088d2@unit.example"]
    assert addresses(support, email="0088d2@unit") == []
    assert addresses(support, email=support.email) == []
    below(batch, staff(Role.SUPERIOR_UNION))
    assert addresses(support, email="0088d2@unit.example") == []


def test_an_administrator_sees_all_and_narrows_them_by_address_role_and_unit(batch: BatchOf) -> None:
    admin = staff(Role.ADMIN)
    assert addresses(admin) == ["0088d2@unit.example", "admin@union.example"]
    assert addresses(admin, email="UNIT") == ["0088d2@unit.example"]
    assert addresses(admin, email="%") == []
    assert addresses(admin, role="admin") == ["admin@union.example"]
    assert addresses(admin, unit="0088D2号") == ["0088d2@unit.example"]
    assert addresses(admin, unit="别家") == []


def test_an_account_is_named_with_the_units_of_its_codes_or_the_one_it_filled_in(batch: BatchOf) -> None:
    admin = staff(Role.ADMIN)
    assert listed(admin, role="handler")[0].units == ["上海第0088D2号机械有限公司"]


def test_the_list_takes_as_many_statements_for_two_as_for_one(batch: BatchOf) -> None:
    admin = staff(Role.ADMIN)
    with statements() as for_two:
        assert len(listed(admin)) == 2
    staff(Role.HANDLER, "third@unit.example")
    with statements() as for_three:
        assert len(listed(admin)) == 3
    assert len(for_two) == len(for_three) == 6


@pytest.mark.parametrize("role", [Role.HANDLER, Role.SERVICE_DESK, Role.REVIEWER])
def test_others_see_no_accounts(batch: BatchOf, role: Role) -> None:
    with refused("AUTH-006"):
        listed(Viewer(batch.viewer.account_id, role))
