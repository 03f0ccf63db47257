"""设置在职, 批量设置在职."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from models.actions.set_in_service import person_to_set_in_service, set_in_service
from models.queries.roster import RosterFilters, roster_page
from models.records.database import reading, writing
from models.records.plan_year import plan_of
from models.rules.lifecycle import BatchState
from models.rules.permissions import Role
from models.rules.person import EmploymentStatus
from tests.builders import a_person, resident_id
from tests.imports import an_import, submitted, the_batch, typed
from tests.people import audited, known_to_the_register, somebody_of, stored_people
from tests.records import BatchOf, a_batch_to_fill, an_upload, people_on
from tests.refusals import refused
from tests.statements import statements

JIA, YI, BING = (
    a_person(name=name, id_no=resident_id(sequence=number), has_si=name == "丙") for number, name in enumerate("甲乙丙")
)


@pytest.fixture
def batch(database: str) -> BatchOf:
    """A draft with 甲 and 乙, of whom nobody knows whether they are in service, and 丙, who is."""
    filled = a_batch_to_fill()
    people_on(filled, [JIA, YI, BING])
    return filled


def ids(batch: BatchOf) -> list[int]:
    return [person.id for person in stored_people(batch)]


def statuses(batch: BatchOf) -> list[str]:
    return [person.employment_status for person in stored_people(batch)]


def put(batch: BatchOf, person_ids: Sequence[int], version: int | None = None, *, alone: bool = False) -> int:
    with writing() as session:
        return set_in_service(
            session, batch.viewer, batch.batch_no, person_ids, batch.now, version=version, alone=alone
        )


def test_a_person_without_a_status_becomes_in_service_with_social_insurance(batch: BatchOf) -> None:
    assert put(batch, ids(batch)[:1]) == 1
    jia, yi, _ = stored_people(batch)
    assert (jia.employment_status, jia.has_si, jia.in_service_set_at) == ("in_service", True, batch.now)
    assert (yi.employment_status, yi.has_si, yi.in_service_set_at) == ("unknown", False, None)


def test_the_filter_for_people_without_a_status_finds_exactly_the_others(batch: BatchOf) -> None:
    put(batch, ids(batch)[:1])
    with reading() as session:
        record = the_batch(batch)
        plan = plan_of(session, record.plan_year)
        found = roster_page(session, record, plan, RosterFilters(employment_status="unknown"), batch.now.date())
    assert [line.person.name for line in found.lines] == ["乙"]


def test_ticked_people_of_another_status_stay_as_they_are(batch: BatchOf) -> None:
    assert put(batch, ids(batch)) == 2
    assert statuses(batch) == ["in_service"] * 3
    assert stored_people(batch)[2].in_service_set_at is None


def test_setting_in_service_makes_a_new_version_that_an_undo_will_see(batch: BatchOf) -> None:
    before = the_batch(batch)
    put(batch, ids(batch)[:2])
    after = the_batch(batch)
    assert (after.roster_version, after.version) == (before.roster_version + 1, before.version + 1)
    versions = [person.edited_version for person in stored_people(batch)]
    assert versions == [after.roster_version, after.roster_version, None]


def test_a_failed_roster_is_a_draft_again(batch: BatchOf) -> None:
    with writing() as session:
        session.merge(the_batch(batch)).state = BatchState.ROSTER_FAILED
    put(batch, ids(batch)[:1])
    assert the_batch(batch).state == BatchState.ROSTER_DRAFT


def test_setting_in_service_is_written_down_with_who_and_when(batch: BatchOf) -> None:
    put(batch, ids(batch))
    (entry,) = audited("set_in_service")
    assert (entry.account_id, entry.at, entry.batch_id) == (batch.viewer.account_id, batch.now, batch.batch_id)
    assert [person["name"] for person in entry.details["people"]] == ["甲", "乙"]


def test_one_person_of_another_status_is_refused(batch: BatchOf) -> None:
    before = the_batch(batch).version
    with refused("RST-004"):
        put(batch, ids(batch)[2:], alone=True)
    assert the_batch(batch).version == before


def test_ticked_alone_among_many_that_could_be_it_stays_as_it_is(batch: BatchOf) -> None:
    before = the_batch(batch).version
    assert put(batch, ids(batch)[2:]) == 0
    assert the_batch(batch).version == before


def test_a_retired_person_is_not_set_in_service(batch: BatchOf) -> None:
    ding = a_person(name="丁", id_no=resident_id(sequence=9))
    known_to_the_register(ding, EmploymentStatus.RETIRED)
    an_import(batch, [typed(ding)])
    with refused("RST-004"):
        put(batch, ids(batch)[3:], alone=True)
    assert put(batch, ids(batch)) == 2
    assert statuses(batch)[3] == EmploymentStatus.RETIRED


def test_nobody_whom_the_register_knows_as_retired_by_now_is_set_in_service(batch: BatchOf) -> None:
    known_to_the_register(JIA, EmploymentStatus.RETIRED)
    with refused("RST-005"):
        put(batch, ids(batch)[:1])
    assert put(batch, ids(batch)) == 1
    assert statuses(batch) == ["unknown", "in_service", "in_service"]
    with refused("RST-005"):
        put(batch, ids(batch))


def test_it_is_asked_about_nobody_of_whom_it_would_be_refused(batch: BatchOf) -> None:
    known_to_the_register(JIA, EmploymentStatus.RETIRED)
    jia, yi, bing = ids(batch)
    with reading() as session:
        _, person = person_to_set_in_service(session, batch.viewer, batch.batch_no, yi, batch.now)
        assert person.name == "乙"
        with refused("RST-005"):
            person_to_set_in_service(session, batch.viewer, batch.batch_no, jia, batch.now)
        with refused("RST-004"):
            person_to_set_in_service(session, batch.viewer, batch.batch_no, bing, batch.now)


def test_several_of_whom_nobody_can_be_set_change_nothing(batch: BatchOf) -> None:
    put(batch, ids(batch))
    before = the_batch(batch).version
    assert put(batch, ids(batch)) == 0
    assert (the_batch(batch).version, len(audited("set_in_service"))) == (before, 1)


def test_nobody_ticked_is_asked_to_tick_somebody(batch: BatchOf) -> None:
    with refused("SYS-002", field="需要设置在职的人员"):
        put(batch, [])


@pytest.mark.parametrize("person_id", [0, 10**6, 2**63, 10**40])
def test_one_unknown_person_is_not_found(batch: BatchOf, person_id: int) -> None:
    with refused("BAT-005"):
        put(batch, [person_id], alone=True)


def test_unknown_people_among_others_are_passed_over(batch: BatchOf) -> None:
    assert put(batch, [*ids(batch), 10**6, 2**63]) == 2


def test_people_of_another_batch_are_not_reached_by_their_ids(batch: BatchOf) -> None:
    other = a_batch_to_fill("3019BJ")
    people_on(other, [replace(JIA, id_no=resident_id(sequence=number)) for number in (7, 8)])
    assert put(batch, ids(other)) == 0
    assert statuses(other) == ["unknown", "unknown"]


def test_another_unit_does_not_learn_that_the_batch_exists(batch: BatchOf) -> None:
    stranger = replace(batch, viewer=a_batch_to_fill("3019BJ").viewer)
    for picked in ([], ids(batch)[:1], ids(batch)):
        with refused("BAT-005"):
            put(stranger, picked)


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.HANDLER])
def test_only_the_units_own_clerk_sets_people_in_service(batch: BatchOf, role: Role) -> None:
    with refused("AUTH-006"):
        put(replace(batch, viewer=somebody_of(role, batch)), ids(batch))
    assert statuses(batch) == ["unknown", "unknown", "in_service"]


def test_a_submitted_roster_stays_as_it_is(batch: BatchOf) -> None:
    submitted(batch)
    with refused("RST-010"):
        put(batch, ids(batch))


def test_while_an_import_waits_nobody_is_set_in_service(batch: BatchOf) -> None:
    an_upload(batch)
    with refused("BAT-007"):
        put(batch, ids(batch))


def test_whoever_saw_another_version_of_the_batch_is_told(batch: BatchOf) -> None:
    seen = the_batch(batch).version
    put(batch, ids(batch)[:1], seen)
    with refused("BAT-004"):
        put(batch, ids(batch)[1:2], seen)


def test_as_many_statements_for_two_people_as_for_fifty(batch: BatchOf) -> None:
    with statements() as for_two:
        put(batch, ids(batch)[:2])
    more = [replace(JIA, id_no=resident_id(sequence=number)) for number in range(10, 60)]
    people_on(batch, more)
    fifty = ids(batch)[3:]
    with statements() as for_fifty:
        assert put(batch, fifty) == 50
    assert len(for_fifty) == len(for_two) - 1  # the two were looked up within the count
