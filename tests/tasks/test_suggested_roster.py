"""获取上年度建议名单, by its job, on both databases (DOMAIN 7.2, AC08)."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import update

from config.plans import plan_data
from models.actions.copy_suggested import queue_suggestion
from models.actions.keep_plans import load_plan, publish_plan
from models.records.account import HandlerProfile
from models.records.batch import Batch
from models.records.database import reading, writing
from models.records.job import Job, JobState
from models.records.person import BatchPerson
from models.records.unit import EnrolmentCode, Unit
from models.rules.lifecycle import BatchState
from models.rules.person import EmploymentStatus, Person
from tasks.queues import ROSTER_SMALL
from tasks.sample_people import fictitious_person
from tasks.suggested_roster import suggest
from tests.historical import on_an_earlier_roster
from tests.imports import the_batch
from tests.people import SI_UNIT_CODE, known_to_the_register, stored_people
from tests.records import BatchOf, a_batch_to_fill, people_on
from tests.refusals import refused

FORMER = [fictitious_person(7, number) for number in range(4)]
USCC = "91350100M000100Y43"


@pytest.fixture
def batch(database: str) -> BatchOf:
    """A batch under a code that was bound by it; unit and handler have the same 统一社会信用代码."""
    filled = a_batch_to_fill()
    with writing() as session:
        session.execute(update(Unit).values(uscc=USCC))
        session.execute(update(HandlerProfile).values(uscc=USCC))
        session.execute(update(EnrolmentCode).values(bound_by="first_batch"))
    return filled


def asked(batch: BatchOf) -> Job:
    with writing() as session:
        job_id = queue_suggestion(session, batch.viewer, batch.batch_no, batch.now, ROSTER_SMALL).id
    suggest(job_id)
    with reading() as session:
        return session.get_one(Job, job_id)


def names(batch: BatchOf) -> set[str]:
    return {person.name for person in stored_people(batch)}


def test_people_of_an_earlier_roster_come_as_they_were_and_marked(batch: BatchOf) -> None:
    on_an_earlier_roster(*FORMER)
    job = asked(batch)
    assert (job.state, job.progress["found"]) == (JobState.DONE, {"added": 4})
    stored = {person.id_no: person for person in stored_people(batch)}
    for former in FORMER:
        person = stored[former.id_no]
        assert (person.name, person.birth, person.mobile) == (former.name, former.birth, former.mobile)
        assert person.is_suggested
        assert person.has_si is (person.employment_status == EmploymentStatus.IN_SERVICE)


def test_asked_twice_nobody_comes_twice_and_nothing_is_changed(batch: BatchOf) -> None:
    on_an_earlier_roster(*FORMER)
    asked(batch)
    before = the_batch(batch).roster_version
    assert asked(batch).progress["found"] == {"added": 0}
    assert len(stored_people(batch)) == 4
    assert the_batch(batch).roster_version == before


def test_whoever_is_on_the_roster_stays_as_the_clerk_put_them(batch: BatchOf) -> None:
    people_on(batch, FORMER[:1])
    on_an_earlier_roster(*FORMER)
    asked(batch)
    assert [person.is_suggested for person in stored_people(batch)] == [False, True, True, True]


def test_the_register_says_who_has_retired_and_whose_unit_code_is_which(batch: BatchOf) -> None:
    on_an_earlier_roster(*FORMER)
    known_to_the_register(FORMER[0], EmploymentStatus.RETIRED)
    asked(batch)
    retired = next(person for person in stored_people(batch) if person.id_no == FORMER[0].id_no)
    assert (retired.employment_status, retired.has_si, retired.si_unit_code) == ("retired", False, SI_UNIT_CODE)


def test_of_several_earlier_rosters_the_latest_counts(batch: BatchOf) -> None:
    on_an_earlier_roster(FORMER[0], year="2018")
    on_an_earlier_roster(*FORMER[1:])
    asked(batch)
    assert names(batch) == {person.name for person in FORMER[1:]}


def test_people_of_an_enrolled_batch_of_the_year_before_are_offered_and_no_older_ones(batch: BatchOf) -> None:
    last_year = _enrolled_in_the_year_before(batch, FORMER[:2])
    on_an_earlier_roster(fictitious_person(7, 0), year="2018")
    asked(batch)
    assert {person.id_no for person in stored_people(batch)} == {person.id_no for person in last_year}


def _enrolled_in_the_year_before(batch: BatchOf, people: list[Person]) -> list[Person]:
    with writing() as session:
        data = {
            name: re.sub(r"^20\d\d(?=-)", lambda year: str(int(year[0]) - 1), value)
            if isinstance(value, str)
            else value
            for name, value in plan_data("2020").items()
        }
        data["plan_year"] = "2019"
        load_plan(session, data, batch.now)
        publish_plan(session, "2019", batch.now)
        code = session.get_one(Batch, batch.batch_id).code_id
        before = Batch(
            batch_no="SZSH201904010001",
            code_id=code,
            account_id=batch.viewer.account_id,
            plan_year="2019",
            enrolment_type="central",
            state=BatchState.ENROLLED,
            unit_name="",
            created_at=batch.now,
            updated_at=batch.now,
        )
        session.add(before)
        session.flush()
        filled = BatchOf(batch.viewer, before.batch_no, before.id, batch.now)
    people_on(filled, people)
    return people


def test_another_codes_people_are_not_offered(batch: BatchOf) -> None:
    on_an_earlier_roster(*FORMER, code="0088D3")
    with refused("RST-009"):
        asked(batch)


def test_a_code_that_may_be_anybodys_is_refused(batch: BatchOf) -> None:
    on_an_earlier_roster(*FORMER)
    with writing() as session:
        session.execute(update(HandlerProfile).values(uscc=""))
    with refused("COD-006"):
        asked(batch)


@pytest.mark.parametrize("bound_by", ["application", "staff"])
def test_a_code_that_the_association_has_seen_to_is_known(batch: BatchOf, bound_by: str) -> None:
    on_an_earlier_roster(*FORMER)
    with writing() as session:
        session.execute(update(HandlerProfile).values(uscc=""))
        session.execute(update(EnrolmentCode).values(bound_by=bound_by))
    assert asked(batch).progress["found"] == {"added": 4}


def test_a_submitted_roster_takes_nobody(batch: BatchOf) -> None:
    on_an_earlier_roster(*FORMER)
    with writing() as session:
        session.execute(update(Batch).values(state=BatchState.ROSTER_SUBMITTED))
    with refused("RST-010"):
        asked(batch)


def test_delivered_twice_the_job_has_one_effect(batch: BatchOf) -> None:
    on_an_earlier_roster(*FORMER)
    job = asked(batch)
    suggest(job.id)
    with reading() as session:
        assert session.query(BatchPerson).count() == 4
