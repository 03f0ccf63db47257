"""查看."""

from __future__ import annotations

from dataclasses import replace

import pytest

from models.actions.view_person import view_person
from models.queries.people import PersonSeen
from models.records.database import writing
from models.records.viewer import Viewer
from models.rules.permissions import Role
from tests.builders import a_person, resident_id
from tests.imports import a_rival_with, another_batch, submitted, the_batch
from tests.people import audited, somebody_of, stored_people
from tests.records import BatchOf, a_batch_to_fill, people_on
from tests.refusals import refused
from tests.statements import statements

JIA = a_person(name="甲", id_no=resident_id())


@pytest.fixture
def batch(database: str) -> BatchOf:
    """A draft with 甲 on it."""
    filled = a_batch_to_fill()
    people_on(filled, [JIA])
    return filled


def view(batch: BatchOf, person_id: int = 0, viewer: Viewer | None = None) -> PersonSeen:
    with writing() as session:
        person_id = person_id or stored_people(batch)[0].id
        return view_person(session, viewer or batch.viewer, batch.batch_no, person_id, batch.now)


def test_a_view_shows_the_full_number(batch: BatchOf) -> None:
    assert view(batch).person.id_no == JIA.id_no


def test_a_view_is_written_down_with_who_when_and_whom_and_a_masked_number(batch: BatchOf) -> None:
    person = view(replace(batch, viewer=replace(batch.viewer, ip="192.0.2.7"))).person
    (entry,) = audited("view_person")
    assert (entry.account_id, entry.ip, entry.at, entry.batch_id) == (
        batch.viewer.account_id,
        "192.0.2.7",
        batch.now,
        batch.batch_id,
    )
    assert entry.details == {
        "why": "view",
        "person_id": person.id,
        "name": "甲",
        "id_no": f"3100*****{JIA.id_no[-4:]}",
    }


def test_a_view_tells_whether_somebody_else_holds_the_person(batch: BatchOf) -> None:
    assert not view(batch).line.occupied
    a_rival_with([JIA])
    assert view(batch).line.occupied


def test_a_view_changes_nothing_of_the_batch(batch: BatchOf) -> None:
    before = the_batch(batch)
    view(batch)
    after = the_batch(batch)
    assert (after.version, after.roster_version, after.state) == (before.version, before.roster_version, before.state)


def test_a_submitted_roster_can_be_viewed(batch: BatchOf) -> None:
    submitted(batch)
    assert view(batch).person.name == "甲"


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.ADMIN])
def test_staff_view_people_of_every_unit(batch: BatchOf, role: Role) -> None:
    assert view(batch, viewer=somebody_of(role, batch)).person.name == "甲"


@pytest.mark.parametrize("role", [Role.SUPERIOR_UNION, Role.TECH_SUPPORT, Role.SERVICE_DESK])
def test_roles_that_see_totals_at_most_view_nobody(batch: BatchOf, role: Role) -> None:
    with refused("AUTH-006"):
        view(batch, viewer=somebody_of(role, batch))
    assert audited("view_person") == []


def test_another_unit_views_nobody(batch: BatchOf) -> None:
    with refused("BAT-005"):
        view(batch, viewer=a_batch_to_fill("3019BJ").viewer)
    assert audited("view_person") == []


@pytest.mark.parametrize("person_id", [-1, 2**62, 2**63, 10**40])
def test_nobody_has_an_id_that_was_made_up(batch: BatchOf, person_id: int) -> None:
    with refused("BAT-005"):
        view(batch, person_id)


def test_a_person_is_found_on_their_own_roster_only(batch: BatchOf) -> None:
    other = another_batch(batch.viewer, "0088D3", now=batch.now)
    with refused("BAT-005"):
        view(other, stored_people(batch)[0].id)


def test_a_view_asks_as_often_on_a_long_roster(batch: BatchOf) -> None:
    first = stored_people(batch)[0].id
    with statements() as alone:
        view(batch, first)
    people_on(batch, [a_person(id_no=resident_id(sequence=number)) for number in range(2, 52)])
    with statements() as among_fifty:
        view(batch, first)
    assert len(among_fifty) == len(alone) <= 8
