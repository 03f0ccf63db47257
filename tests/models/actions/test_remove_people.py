"""移除, 批量移除, 移除全部."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from models.actions.remove_people import PEOPLE_AN_ENTRY, remove_everybody, remove_found, remove_people
from models.queries.roster import RosterFilters
from models.records.audit import AuditEntry
from models.records.database import reading, writing
from models.records.person import BatchPerson
from models.rules.lifecycle import BatchState
from tests.builders import a_person, resident_id
from tests.imports import another_batch, roster_of, submitted, the_batch
from tests.records import BatchOf, a_batch_to_fill, an_upload, people_on
from tests.refusals import refused

THREE = [a_person(name=name, id_no=resident_id(sequence=number)) for number, name in enumerate("甲乙丙")]


@pytest.fixture
def batch(database: str) -> BatchOf:
    """A draft with 甲, 乙 and 丙 on it."""
    filled = a_batch_to_fill()
    people_on(filled, THREE)
    return filled


def ids(batch: BatchOf) -> list[int]:
    with reading() as session:
        people = select(BatchPerson.id).where(BatchPerson.batch_id == batch.batch_id).order_by(BatchPerson.id)
        return list(session.scalars(people))


def remove(batch: BatchOf, person_ids: Sequence[int], version: int | None = None) -> int:
    with writing() as session:
        return remove_people(session, batch.viewer, batch.batch_no, person_ids, batch.now, version=version)


def remove_all(batch: BatchOf, version: int | None = None) -> int:
    with writing() as session:
        return remove_everybody(session, batch.viewer, batch.batch_no, batch.now, version=version)


def test_ticked_people_are_removed_and_the_others_stay(batch: BatchOf) -> None:
    first, _, third = ids(batch)
    assert remove(batch, [first, third]) == 2
    assert roster_of(batch) == [THREE[1]]


def test_a_removal_makes_a_new_version_and_is_audited(batch: BatchOf) -> None:
    before = the_batch(batch)
    remove(batch, ids(batch)[:1])
    with reading() as session:
        entry = session.query(AuditEntry).filter_by(action="remove_people").one()
    assert the_batch(batch).roster_version == before.roster_version + 1
    assert (entry.account_id, entry.details["removed"]) == (batch.viewer.account_id, 1)


def left(batch: BatchOf) -> list[dict[str, Any]]:
    with reading() as session:
        found = select(AuditEntry).where(AuditEntry.action == "remove_people").order_by(AuditEntry.id)
        return [entry.details for entry in session.scalars(found)]


def test_the_audit_entry_says_who_left_when_nobody_else_knows_any_more(batch: BatchOf) -> None:
    first, second, third = ids(batch)
    remove(batch, [second, first, 999_999_999])
    remove_all(batch)
    by_hand, rest = left(batch)
    assert by_hand == {
        "removed": 2,
        "chosen": "ticked",
        "people": [{"person_id": first, "name": "甲"}, {"person_id": second, "name": "乙"}],
    }
    assert rest == {"removed": 1, "chosen": "everybody", "people": [{"person_id": third, "name": "丙"}]}


def test_a_large_roster_fills_several_audit_entries(batch: BatchOf) -> None:
    born = [date(1980, 1, 1) + timedelta(number) for number in range(PEOPLE_AN_ENTRY)]
    people_on(batch, [a_person(id_no=resident_id(birth, sequence=9), birth=birth) for birth in born])
    wanted = ids(batch)
    remove_all(batch)
    assert [entry["removed"] for entry in left(batch)] == [PEOPLE_AN_ENTRY, 3]
    assert [one["person_id"] for entry in left(batch) for one in entry["people"]] == wanted


def test_nobody_ticked_removes_nobody(batch: BatchOf) -> None:
    with refused("RST-006"):
        remove(batch, [])
    assert roster_of(batch) == THREE


def test_nobody_ticked_on_a_batch_of_somebody_else_does_not_tell_that_it_exists(batch: BatchOf) -> None:
    stranger = a_batch_to_fill("3019BJ").viewer
    with refused("BAT-005"):
        remove(replace(batch, viewer=stranger), [])


def test_somebody_who_is_gone_already_is_not_counted_and_changes_nothing(batch: BatchOf) -> None:
    first, *_ = ids(batch)
    remove(batch, [first])
    version = the_batch(batch).roster_version
    assert remove(batch, [first]) == 0
    assert the_batch(batch).roster_version == version


def test_people_of_another_batch_are_not_removed_by_their_ids(batch: BatchOf) -> None:
    other = a_batch_to_fill("3019BJ")
    people_on(other, [a_person(id_no=resident_id(sequence=9))])
    assert remove(batch, ids(other)) == 0
    assert len(roster_of(other)) == 1


def test_people_of_another_batch_of_the_same_account_are_not_removed_either(batch: BatchOf) -> None:
    other = another_batch(batch.viewer, "0088D3", now=batch.now)
    people_on(other, [a_person(id_no=resident_id(sequence=9))])
    assert remove(batch, ids(other)) == 0
    assert len(roster_of(other)) == 1


def test_everybody_is_removed_by_an_action_of_its_own(batch: BatchOf) -> None:
    assert remove_all(batch) == 3
    assert roster_of(batch) == []


@pytest.mark.parametrize("everybody", [False, True])
def test_while_an_import_waits_nobody_is_removed(batch: BatchOf, everybody: bool) -> None:
    an_upload(batch)
    with refused("BAT-007"):
        remove_all(batch) if everybody else remove(batch, ids(batch))


def test_while_a_file_is_only_checked_people_may_be_removed(batch: BatchOf) -> None:
    an_upload(batch, check_only=True)
    assert remove_all(batch) == 3


def test_a_submitted_roster_keeps_its_people(batch: BatchOf) -> None:
    submitted(batch)
    with refused("RST-010"):
        remove_all(batch)
    assert (len(roster_of(batch)), the_batch(batch).state) == (3, BatchState.ROSTER_SUBMITTED)


def remove_by(batch: BatchOf, found: int, **filters: Any) -> int:
    with writing() as session:
        return remove_found(session, batch.viewer, batch.batch_no, RosterFilters(**filters), batch.now, found=found)


@pytest.mark.parametrize(
    ("filters", "stay"),
    [
        ({"name": "甲"}, "乙丙"),
        ({"id_no": THREE[1].id_no}, "甲丙"),
        ({"id_no": THREE[1].id_no[:15]}, ""),
        ({"employment_status": "in_service"}, ""),
        ({"over_age": True}, "甲乙丙"),
    ],
)
def test_everybody_found_is_removed_and_the_others_stay(batch: BatchOf, filters: dict[str, Any], stay: str) -> None:
    assert remove_by(batch, 3 - len(stay), **filters) == 3 - len(stay)
    assert "".join(person.name for person in roster_of(batch)) == stay


def test_when_others_are_found_than_were_confirmed_nobody_is_removed(batch: BatchOf) -> None:
    with refused("BAT-004"):
        remove_by(batch, 2, employment_status="in_service")
    assert roster_of(batch) == THREE


def test_nobody_is_found_on_the_roster_of_somebody_else(batch: BatchOf) -> None:
    stranger = a_batch_to_fill("3019BJ").viewer
    with refused("BAT-005"):
        remove_by(replace(batch, viewer=stranger), 3, employment_status="in_service")


def test_more_ids_than_a_statement_holds_are_removed(batch: BatchOf) -> None:
    assert remove(batch, [*range(100_000, 140_000), *ids(batch)]) == 3


@pytest.mark.parametrize("nobodys", [2**63, -1])
def test_ids_that_no_database_holds_are_nobodys(batch: BatchOf, nobodys: int) -> None:
    assert remove(batch, [nobodys, *ids(batch)]) == 3


def test_whoever_saw_another_version_of_the_batch_removes_nobody(batch: BatchOf) -> None:
    seen = the_batch(batch).version
    remove(batch, ids(batch)[:1], seen)
    with refused("BAT-004"):
        remove(batch, ids(batch)[:1], seen)
    with refused("BAT-004"):
        remove_all(batch, seen)
    assert roster_of(batch) == THREE[1:]
