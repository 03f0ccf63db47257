"""J13: people of expired batches are erased after 90 days and not after 89; what names nobody stays."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from models.actions.calendar.retention import RETENTION
from models.queries.reinstatement import is_erased
from models.queries.retention import batches_to_come, imports_to_come
from models.records.batch import Batch
from models.records.claim import Claim
from models.records.database import reading, writing
from models.records.job import JobState
from models.records.person import BatchPerson
from models.records.person_correction import PersonCorrection, PersonCorrectionFile
from models.records.plan_year import PlanYearRecord, plan_of
from models.records.sealed_columns import SEALED_COLUMNS
from models.records.sealing import unseal
from models.records.validation import PledgeAcceptance, ValidationFinding, ValidationReport
from models.rules.permissions import Role
from models.rules.person import Person
from models.rules.refusal import Refused
from tests.corrections import wrong
from tests.expired import expired, reinstated
from tests.imports import an_import, marked_workbook_of, submitted, typed
from tests.people import a_passport, stored_people
from tests.person_corrections import a_correction_of
from tests.privacy.places import dump
from tests.privacy.scanner import numbers_in
from tests.records import BatchOf, a_batch_to_fill, people_on
from tests.retention import PEOPLE, entries, night, night_comes, people_left, rows_left
from tests.scheduled import calendar_at, calendar_begins_at
from tests.vouchers import a_batch_to_pay, staff


@pytest.fixture
def kept(database: str) -> BatchOf:
    """Four people on a roster that expired, with a check's report and the evidence of a correction."""
    batch = a_batch_to_fill()
    people_on(batch, PEOPLE)
    submitted(batch)
    a_correction_of(stored_people(batch)[0].id, staff(Role.REVIEWER, batch.now), batch.now)
    return expired(batch)


def test_89_days_after_they_expired_people_are_still_there(kept: BatchOf) -> None:
    night_comes(kept, 89)
    assert (people_left(kept), entries("erase_batch")) == (4, [])


def test_nothing_is_due_before_three_of_the_ninetieth_day(kept: BatchOf) -> None:
    at = night(kept, 90)
    with reading() as session:
        before = RETENTION.next_at(session, at - timedelta(days=1), at - timedelta(seconds=1))
        assert (before, RETENTION.next_at(session, at - timedelta(days=1), at)) == (None, at)


def test_the_calendar_does_it_and_says_how_much(kept: BatchOf) -> None:
    calendar_begins_at(night(kept, 90) - timedelta(hours=1))
    [job] = [job for job in calendar_at(night(kept, 90)) if job.kind == RETENTION.kind]
    assert (job.state, job.progress["found"], people_left(kept)) == (JobState.DONE, {"done": 1, "failed": 0}, 0)


def test_of_nights_that_were_missed_the_latest_is_due(kept: BatchOf) -> None:
    with reading() as session:
        due = RETENTION.next_at(session, night(kept, 80), night(kept, 95) + timedelta(hours=5))
    assert due == night(kept, 95)


def test_after_90_days_they_are_gone_with_what_belongs_to_them(kept: BatchOf) -> None:
    night_comes(kept, 90)
    gone = (BatchPerson, PersonCorrection, PersonCorrectionFile, ValidationReport, ValidationFinding)
    assert rows_left(*gone) == [0] * len(gone)


def test_that_is_written_down_for_the_batch_with_counts_alone(kept: BatchOf) -> None:
    night_comes(kept, 90)
    [entry] = entries("erase_batch")
    assert (entry.batch_id, entry.account_id, entry.at) == (kept.batch_id, None, night(kept, 90))
    assert entry.details == {"people": 4, "uploads": 0, "findings": 0}


def test_what_names_nobody_stays(kept: BatchOf) -> None:
    night_comes(kept, 90)
    with reading() as session:
        batch = session.get_one(Batch, kept.batch_id)
        pledge = session.get_one(PledgeAcceptance, kept.batch_id)
        assert (batch.state, batch.erased_at, pledge.people) == ("expired", night(kept, 90), 4)


def test_the_batch_cannot_be_reinstated_any_more(kept: BatchOf) -> None:
    night_comes(kept, 90)
    later = replace(kept, now=night(kept, 91))
    with pytest.raises(Refused, match="BAT-008"):
        reinstated(later, later.now + timedelta(days=5))


def test_nor_can_one_that_was_empty(database: str) -> None:
    batch = expired(a_batch_to_fill())
    night_comes(batch, 90)
    with reading() as session:
        record = session.get_one(Batch, batch.batch_id)
        assert is_erased(session, record, plan_of(session, "2020"), batch.now)
    assert entries("erase_batch") == []  # there was nothing to erase


def test_a_second_night_erases_nothing_more(kept: BatchOf) -> None:
    assert [night_comes(kept, 90), night_comes(kept, 91), len(entries("erase_batch"))] == [1, 0, 1]


def test_done_again_it_has_one_effect(kept: BatchOf) -> None:
    at = night(kept, 90)
    with reading() as session:
        [unit] = RETENTION.units(session, at)
    did = []
    for _ in range(2):
        with writing() as session:
            did.append(RETENTION.do(session, unit, at, at))
    assert (did, len(entries("erase_batch"))) == ([True, False], 1)


def test_one_that_was_reinstated_keeps_its_people(kept: BatchOf) -> None:
    reinstated(kept, kept.now + timedelta(days=200))
    night_comes(kept, 90)
    assert people_left(kept) == 4


def test_one_that_is_reinstated_in_that_night_is_left_alone(kept: BatchOf) -> None:
    at = night(kept, 90)
    with reading() as session:
        [unit] = RETENTION.units(session, at)
    reinstated(kept, kept.now + timedelta(days=200))
    with writing() as session:
        assert not RETENTION.do(session, unit, at, at)
    assert people_left(kept) == 4


def test_other_batches_keep_their_people(kept: BatchOf) -> None:
    other = a_batch_to_pay(code="3019BJ")
    with writing() as session:
        session.execute(update(Batch).where(Batch.id == other.batch_id).values(state="enrolled"))
    night_comes(kept, 90)
    assert (people_left(kept), people_left(other)) == (0, 2)


def test_a_claim_that_should_not_be_there_is_not_dropped_in_silence(kept: BatchOf) -> None:
    person = stored_people(kept)[0]
    with writing() as session:
        session.add(
            Claim(plan_year="2020", id_type=person.id_type, id_digest=person.id_digest, batch_id=kept.batch_id,
                  person_id=person.id, claimed_at=kept.now)
        )  # fmt: skip
    night_comes(kept, 90)
    assert people_left(kept) == 4


def test_the_plan_year_of_the_batch_says_how_long(kept: BatchOf) -> None:
    with writing() as session:
        record = session.get_one(PlanYearRecord, "2020")
        record.data = {**record.data, "expired_retention_days": 10}
    night_comes(kept, 9)
    before = people_left(kept)
    night_comes(kept, 10)
    assert (before, people_left(kept)) == (4, 0)


def test_what_comes_next_is_told_with_its_night(kept: BatchOf) -> None:
    with reading() as session:
        [batch], batches = batches_to_come(session, 10)
        _, imports = imports_to_come(session, 10)
    assert (batch.batch_no, batch.on, batches, imports) == (kept.batch_no, night(kept, 90).date(), 1, 0)


def numbers_anywhere(database: str, people: Iterable[Person]) -> set[str]:
    """Those that can be read out of the database, also with its keys: every sealed value is opened."""
    opened = [dump(database)]
    with reading() as session:
        for sealed in SEALED_COLUMNS:
            rows = session.execute(select(sealed.column, *sealed.bound).where(sealed.column.is_not(None)))
            opened += [unseal(content, sealed.place(*bound)) for content, *bound in rows]
    found: set[str] = numbers_in(b"\n".join(opened), {person.id_no for person in people})
    return found


def test_the_numbers_of_erased_people_are_nowhere_any_more(database: str) -> None:
    passport = a_passport()
    everybody = [*PEOPLE, passport]
    batch = a_batch_to_fill()
    done = an_import(batch, [*(typed(person) for person in [*PEOPLE[:3], passport]), wrong(PEOPLE[3])])
    marked_workbook_of(done)
    submitted(batch)
    expired(batch)
    before = numbers_anywhere(database, everybody)
    night_comes(batch, 90)
    assert before >= {person.id_no for person in [*PEOPLE[:3], passport]}
    assert numbers_anywhere(database, everybody) == set()
