"""Units that have not finished: by 工委, as a list, within each role's reach."""

from __future__ import annotations

from datetime import timedelta

import pytest

from models.actions.keep_accounts import add_unit
from models.queries.dashboard_units import (
    NO_UNION,
    UnitFilters,
    UnitsPage,
    every_unfinished_unit,
    progress_by_union,
    unfinished_units,
)
from models.records.account import Account
from models.records.batch import Batch
from models.records.database import reading, writing
from models.records.notice import Telling, tell, tell_all
from models.records.unit import EnrolmentCode
from models.records.viewer import Viewer
from models.rules.lifecycle import BatchState
from models.rules.permissions import Role
from models.rules.plan import EnrolmentType
from models.rules.progress import UnitStage
from tests.builders import a_person
from tests.imports import another_batch
from tests.records import BatchOf, a_batch_to_fill, a_clerk, people_on
from tests.refusals import refused
from tests.stages import put_into
from tests.statements import statements
from tests.vouchers import staff

YEAR = "2020"
EVERYTHING = UnitFilters()


def in_union(code: str, union: str) -> None:
    with writing() as session:
        unit = session.query(EnrolmentCode).filter(EnrolmentCode.code == code).one().unit
        unit.district_union = union


def a_unit_without_batch(batch: BatchOf, code: str = "0088D5", union: str = "机电") -> None:
    with writing() as session:
        account = session.get_one(Account, batch.viewer.account_id)
        add_unit(session, f"上海{code}有限公司", code, account, batch.now)
    in_union(code, union)


def units(viewer: Viewer, filters: UnitFilters = EVERYTHING, **page: int) -> UnitsPage:
    with reading() as session:
        return unfinished_units(session, viewer, YEAR, None, filters, **page)


def codes(viewer: Viewer, filters: UnitFilters = EVERYTHING) -> list[str]:
    return [line.code for line in units(viewer, filters).lines]


@pytest.fixture
def batch(database: str) -> BatchOf:
    """A batch of 0088D2, whose unit has no 工委."""
    return a_batch_to_fill()


@pytest.fixture
def reviewer(batch: BatchOf) -> Viewer:
    """Somebody who reads everything."""
    return staff(Role.REVIEWER, batch.now)


def test_a_unit_without_a_batch_and_one_at_its_roster_have_not_finished(batch: BatchOf, reviewer: Viewer) -> None:
    a_unit_without_batch(batch)
    found = units(reviewer)
    assert [(line.code, line.stage, line.batch_no) for line in found.lines] == [
        ("0088D2", UnitStage.ROSTER_DRAFT, batch.batch_no),
        ("0088D5", UnitStage.NO_BATCH, ""),
    ]
    assert found.by_stage == {UnitStage.ROSTER_DRAFT: 1, UnitStage.NO_BATCH: 1}


def test_an_enrolled_unit_has_finished(batch: BatchOf, reviewer: Viewer) -> None:
    put_into(batch, BatchState.ENROLLED)
    assert units(reviewer).total == 0


def test_the_furthest_batch_says_where_a_unit_stands(batch: BatchOf, reviewer: Viewer) -> None:
    put_into(batch, BatchState.PAYMENT_REVIEW)
    instant = another_batch(batch.viewer, "0088D2", EnrolmentType.INSTANT, now=batch.now + timedelta(days=40))
    assert units(reviewer).lines[0].batch_no == batch.batch_no
    put_into(instant, BatchState.ENROLLED)
    assert units(reviewer).total == 0


@pytest.mark.parametrize("state", [BatchState.DELETED, BatchState.EXPIRED])
def test_what_is_deleted_counts_for_nothing_and_what_expired_is_told(
    batch: BatchOf, reviewer: Viewer, state: BatchState
) -> None:
    put_into(batch, state)
    stage = {BatchState.DELETED: UnitStage.NO_BATCH, BatchState.EXPIRED: UnitStage.EXPIRED}[state]
    assert [line.stage for line in units(reviewer).lines] == [stage]


def test_a_batch_of_another_year_says_nothing(batch: BatchOf, reviewer: Viewer) -> None:
    with reading() as session:
        found = unfinished_units(session, reviewer, "2021", YEAR, EVERYTHING)
    assert [line.stage for line in found.lines] == [UnitStage.NO_BATCH]


def test_people_enrolled_the_year_before_are_told_where_there_is_no_batch_yet(batch: BatchOf, reviewer: Viewer) -> None:
    people_on(batch, [a_person()])
    put_into(batch, BatchState.ENROLLED)
    with reading() as session:
        line = unfinished_units(session, reviewer, "2021", YEAR, EVERYTHING).lines[0]
    assert (line.people, line.people_last_year) == (0, 1)


def test_a_code_out_of_use_is_no_unit(batch: BatchOf, reviewer: Viewer) -> None:
    with writing() as session:
        session.query(EnrolmentCode).update({"active": False})
    assert units(reviewer).total == 0


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (UnitFilters(union="机电"), ["0088D5"]),
        (UnitFilters(union=NO_UNION), ["0088D2"]),
        (UnitFilters(union="没有这个工委"), []),
        (UnitFilters(stage="no_batch"), ["0088D5"]),
        (UnitFilters(search="0088d2"), ["0088D2"]),
        (UnitFilters(search="上海0088D5"), ["0088D5"]),
        (UnitFilters(search="%"), []),
    ],
)
def test_filters_narrow_the_list(batch: BatchOf, reviewer: Viewer, filters: UnitFilters, expected: list[str]) -> None:
    a_unit_without_batch(batch)
    assert codes(reviewer, filters) == expected


def test_a_liaison_group_has_the_units_of_its_unions(batch: BatchOf, reviewer: Viewer) -> None:
    from models.records.union import DistrictUnion

    with reading() as session:
        union = session.query(DistrictUnion).filter(DistrictUnion.liaison_group == 2).first()
        assert union is not None
        name = union.name
    a_unit_without_batch(batch, union=name)
    assert codes(reviewer, UnitFilters(group=2)) == ["0088D5"]
    assert codes(reviewer, UnitFilters(group=1)) == []


def test_a_stage_does_not_change_what_the_others_count(batch: BatchOf, reviewer: Viewer) -> None:
    a_unit_without_batch(batch)
    assert units(reviewer, UnitFilters(stage="no_batch")).total == 2


def test_a_superior_union_reads_the_units_below_it_alone(batch: BatchOf) -> None:
    union = staff(Role.SUPERIOR_UNION, batch.now)
    assert codes(union) == []
    with writing() as session:
        session.get_one(Account, batch.viewer.account_id).superior_union_id = union.account_id
    assert codes(union) == ["0088D2"]


def test_a_handler_reads_its_own_codes(batch: BatchOf) -> None:
    assert codes(batch.viewer) == ["0088D2"]
    with writing() as session:
        other = a_clerk(session, "0088D9")
    assert codes(other) == ["0088D9"]


def test_who_reads_by_code_walks_past_no_list_and_who_reads_no_batch_is_refused(batch: BatchOf) -> None:
    assert codes(staff(Role.SERVICE_DESK, batch.now)) == []
    with refused("AUTH-006"):
        units(staff(Role.TECH_SUPPORT, batch.now))


def test_the_latest_reminder_is_told_and_other_notices_are_not(batch: BatchOf, reviewer: Viewer) -> None:
    account, later = batch.viewer.account_id, batch.now + timedelta(hours=1)
    with writing() as session:
        tell(session, account, "NTF-09", "x", at=later, batch=batch.batch_no, start="1", end="2")
    assert units(reviewer).lines[0].reminded_at is None
    with writing() as session:
        tell(session, account, "NTF-07", "y", at=batch.now, batch=batch.batch_no, days=3, status="x")
    assert units(reviewer).lines[0].reminded_at == batch.now


def test_a_reminder_that_came_too_late_to_be_sent_reminded_nobody(batch: BatchOf, reviewer: Viewer) -> None:
    telling = Telling(batch.viewer.account_id, "NTF-07", "x", {"batch": "x", "days": 3, "status": "x"})
    with writing() as session:
        tell_all(session, [telling], at=batch.now, moment=batch.now - timedelta(days=2))
    assert units(reviewer).lines[0].reminded_at is None


def test_a_reminder_of_one_code_is_none_of_the_accounts_others(batch: BatchOf, reviewer: Viewer) -> None:
    a_unit_without_batch(batch)
    account, later = batch.viewer.account_id, batch.now + timedelta(hours=1)
    with writing() as session:
        tell(session, account, "NTF-07", "x", at=later, batch_id=batch.batch_id, batch="x", days=3, status="x")
    assert [line.reminded_at for line in units(reviewer).lines] == [later, None]
    with writing() as session:
        tell(session, account, "NTF-08", "y", at=batch.now, year=YEAR, end="x")
    assert [line.reminded_at for line in units(reviewer).lines] == [later, batch.now]


def test_a_batch_whose_people_are_erased_does_not_say_that_it_had_none(batch: BatchOf, reviewer: Viewer) -> None:
    put_into(batch, BatchState.EXPIRED)
    assert units(reviewer).lines[0].people == 0
    with writing() as session:
        session.get_one(Batch, batch.batch_id).erased_at = batch.now
    assert units(reviewer).lines[0].people is None


def test_unions_are_counted_the_most_unfinished_first(batch: BatchOf) -> None:
    a_unit_without_batch(batch)
    a_unit_without_batch(batch, "0088D6")
    put_into(batch, BatchState.ENROLLED)
    with reading() as session:
        found = progress_by_union(session, YEAR)
    assert [(line.union, line.units, line.unfinished) for line in found] == [("机电", 2, 2), (NO_UNION, 1, 0)]


def test_a_page_takes_the_same_statements_for_two_units_as_for_one(batch: BatchOf, reviewer: Viewer) -> None:
    with statements() as one:
        units(reviewer)
    a_unit_without_batch(batch)
    with statements() as two:
        units(reviewer)
    assert len(one) == len(two) == 6


def test_pages_follow_each_other_and_the_whole_list_is_all_of_them(batch: BatchOf, reviewer: Viewer) -> None:
    a_unit_without_batch(batch)
    first, second = units(reviewer, page=1, size=1), units(reviewer, page=2, size=1)
    with reading() as session:
        whole = list(every_unfinished_unit(session, reviewer, YEAR, None, EVERYTHING))
    assert [*first.lines, *second.lines] == whole
