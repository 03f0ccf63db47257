"""The social-insurance register is read again at every check of a roster (DOMAIN 7.6, 7.7)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from models.actions.refresh_from_register import refresh_from_register
from models.actions.set_in_service import set_in_service
from models.records.batch import Batch
from models.records.database import reading, writing
from models.records.plan_year import PlanYearRecord
from models.records.reference import RetiredOverride, SiPerson
from models.records.sealing import id_digest, seal_id_no
from models.rules.lifecycle import BatchState
from models.rules.person import EmploymentStatus, Person
from tests.builders import a_person, resident_id
from tests.checks import register_says, submitted_by_job, validated
from tests.imports import a_rival_with, an_import, the_batch, typed
from tests.people import stored_people
from tests.records import BatchOf, a_batch_to_fill, people_on
from tests.refusals import refused

JIA, YI = (a_person(name=name, id_no=resident_id(sequence=number)) for number, name in enumerate("甲乙"))
RETIRED, IN_SERVICE, UNKNOWN = EmploymentStatus.RETIRED, EmploymentStatus.IN_SERVICE, EmploymentStatus.UNKNOWN


@pytest.fixture
def batch(database: str) -> BatchOf:
    """A central batch with 甲 and 乙, who are in service."""
    batch = a_batch_to_fill()
    people_on(batch, [JIA, YI])
    return batch


def refreshed(batch: BatchOf) -> int:
    with writing() as session:
        return refresh_from_register(session, session.get_one(Batch, batch.batch_id))


def statuses(batch: BatchOf) -> list[tuple[str, bool]]:
    return [(person.employment_status, person.has_si) for person in stored_people(batch)]


def overridden(batch: BatchOf, person: Person, year: str = "2020") -> None:
    with writing() as session:
        session.add(
            RetiredOverride(
                plan_year=year,
                id_type=person.id_type,
                id_digest=id_digest(person.id_no),
                id_sealed=seal_id_no(person.id_no, id_digest(person.id_no)),
                reason="返聘",
                account_id=batch.viewer.account_id,
                at=batch.now,
            )
        )


def test_whoever_the_register_has_learned_to_be_retired_is_retired(batch: BatchOf) -> None:
    register_says(JIA, RETIRED)
    validated(batch)
    assert statuses(batch) == [(RETIRED, False), (IN_SERVICE, True)]


def test_both_numbers_of_the_register_come_to_the_roster(batch: BatchOf) -> None:
    register_says(JIA, IN_SERVICE, "31018801", "310100000001")
    validated(batch)
    assert [(person.si_unit_code, person.personal_si_no) for person in stored_people(batch)] == [
        ("31018801", "310100000001"),
        (None, None),
    ]


def test_a_number_that_the_register_has_lost_is_lost(batch: BatchOf) -> None:
    register_says(JIA, IN_SERVICE, "31018801")
    refreshed(batch)
    register_says(JIA, IN_SERVICE, None, None)
    refreshed(batch)
    assert stored_people(batch)[0].si_unit_code is None


def test_the_register_makes_nobody_in_service(batch: BatchOf) -> None:
    other = a_batch_to_fill("0088D4")
    people_on(other, [replace(JIA, has_si=False)])
    register_says(JIA, IN_SERVICE)
    refreshed(other)
    assert statuses(other) == [(UNKNOWN, False)]


def test_a_roster_that_the_register_says_nothing_new_of_keeps_its_version(batch: BatchOf) -> None:
    register_says(JIA, RETIRED)
    refreshed(batch)
    before = the_batch(batch)
    assert refreshed(batch) == 0
    assert (the_batch(batch).roster_version, the_batch(batch).version) == (before.roster_version, before.version)


def test_a_changed_roster_has_a_new_version_and_the_report_is_of_that_one(batch: BatchOf) -> None:
    before = the_batch(batch).roster_version
    register_says(JIA, RETIRED)
    report = validated(batch)
    assert report.roster_version == the_batch(batch).roster_version == before + 1


def test_whoever_the_register_calls_in_service_again_waits_for_the_handler(batch: BatchOf) -> None:
    register_says(JIA, RETIRED)
    refreshed(batch)
    register_says(JIA, IN_SERVICE)
    refreshed(batch)
    assert statuses(batch)[0] == (UNKNOWN, False)


def test_whoever_the_register_no_longer_knows_stays_retired(batch: BatchOf) -> None:
    register_says(JIA, RETIRED)
    refreshed(batch)
    with writing() as session:
        session.delete(session.scalars(select(SiPerson)).one())
    refreshed(batch)
    assert statuses(batch)[0] == (RETIRED, False)


def test_an_override_gives_back_whom_the_register_has_retired(batch: BatchOf) -> None:
    register_says(JIA, RETIRED)
    refreshed(batch)
    overridden(batch, JIA)
    assert refreshed(batch) == 1
    assert statuses(batch)[0] == (UNKNOWN, False)


def test_an_override_is_of_one_year_alone(batch: BatchOf) -> None:
    with writing() as session:
        of_2020 = session.get_one(PlanYearRecord, "2020")
        session.add(PlanYearRecord(year="2019", data=of_2020.data, loaded_at=of_2020.loaded_at))
    register_says(JIA, RETIRED)
    overridden(batch, JIA, "2019")
    refreshed(batch)
    assert statuses(batch)[0] == (RETIRED, False)


def test_whose_retirement_is_overridden_is_set_in_service_imported_and_submitted(batch: BatchOf) -> None:
    register_says(JIA, RETIRED)
    refreshed(batch)
    overridden(batch, JIA)
    refreshed(batch)
    with writing() as session:
        set_in_service(session, batch.viewer, batch.batch_no, [stored_people(batch)[0].id], batch.now)
    assert an_import(batch, [typed(JIA)]).counts == {"unchanged": 1}
    assert submitted_by_job(batch).passed


def test_nobody_whom_the_register_has_retired_is_set_in_service(batch: BatchOf) -> None:
    register_says(JIA, RETIRED)
    other = a_batch_to_fill("0088D4")
    people_on(other, [replace(JIA, has_si=False)])
    with writing() as session, refused("RST-005"):
        set_in_service(session, other.viewer, other.batch_no, [stored_people(other)[0].id], other.now)


def test_a_retirement_outweighs_what_the_handler_had_confirmed_and_promised(batch: BatchOf) -> None:
    other = a_batch_to_fill("0088D4")
    people_on(other, [a_person(name="老王", birth=date(1950, 1, 1), id_no=resident_id(date(1950, 1, 1)))])
    (person,) = stored_people(other)
    with writing() as session:
        stored = session.get_one(type(person), person.id)
        stored.in_service_set_at = stored.promised_at = other.now
        stored.promised_by, stored.promise_version = other.viewer.account_id, "2020-1"
    register_says(a_person(id_no=resident_id(date(1950, 1, 1))), RETIRED)
    refreshed(other)
    (after,) = stored_people(other)
    assert (after.in_service_set_at, after.promised_at, after.promised_by, after.promise_version) == (None,) * 4


def test_the_people_of_other_batches_are_left_alone(batch: BatchOf) -> None:
    other = a_batch_to_fill("0088D4")
    people_on(other, [JIA])
    register_says(JIA, RETIRED, "31018801")
    refreshed(batch)
    assert [(person.employment_status, person.si_unit_code) for person in stored_people(other)] == [(IN_SERVICE, None)]


def test_a_submitted_roster_keeps_what_it_was_submitted_with(batch: BatchOf) -> None:
    rival = a_rival_with([a_person(name="丙", id_no=resident_id(sequence=9))])
    register_says(a_person(id_no=resident_id(sequence=9)), RETIRED)
    validated(batch)
    assert statuses(rival) == [(IN_SERVICE, True)]
    assert the_batch(rival).state == BatchState.ROSTER_SUBMITTED


def test_a_register_that_retires_somebody_stops_the_submission_that_reads_it(batch: BatchOf) -> None:
    register_says(JIA, RETIRED)
    report = submitted_by_job(batch, now=batch.now + timedelta(hours=1))
    assert ("V3", "RST-005", "甲") in report.found
    with reading() as session:
        assert session.get_one(Batch, batch.batch_id).state == BatchState.ROSTER_FAILED
