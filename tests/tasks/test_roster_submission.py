"""清册提交 as a job: what it fixes, what it claims, and what it leaves alone when it fails (DOMAIN 10, T07, T08)."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import delete, select, update

from config.clock import SHANGHAI
from config.pledge import pledge
from models.actions.write_text import write_text
from models.records.batch import Batch
from models.records.claim import Claim
from models.records.database import reading, writing
from models.records.text_version import TextKind
from models.records.validation import PledgeAcceptance
from models.rules.lifecycle import BatchState
from models.rules.permissions import Role
from models.rules.plan import EnrolmentType
from tasks.roster_check import submit
from tests.builders import a_person, resident_id
from tests.checks import (
    asked_to_submit,
    clock_shows,
    insured_as,
    submitted_by_job,
    ticked,
    unit_total,
    validated,
)
from tests.claims import claims_of
from tests.imports import a_rival_with, another_batch, the_batch
from tests.people import stored_people
from tests.records import IN_THE_INSTANT_WINDOW, BatchOf, a_batch_to_fill, people_on
from tests.vouchers import staff

PEOPLE = [a_person(name=name, id_no=resident_id(sequence=number)) for number, name in enumerate("甲乙丙")]
OLD = a_person(name="老王", birth=date(1950, 1, 1), id_no=resident_id(date(1950, 1, 1)))


@pytest.fixture
def batch(database: str) -> BatchOf:
    """A central batch with three people in service."""
    batch = a_batch_to_fill()
    people_on(batch, PEOPLE)
    return batch


def test_a_submission_fixes_cover_and_the_moment_of_its_receipt(batch: BatchOf) -> None:
    received = batch.now + timedelta(hours=3)
    submitted_by_job(batch, now=received)
    after = the_batch(batch)
    assert (after.state, after.submitted_at, after.confirm_since) == (
        BatchState.ROSTER_SUBMITTED,
        received,
        received.date(),
    )
    assert (after.coverage_start, after.coverage_end, after.half_price) == (date(2020, 4, 1), date(2021, 3, 31), False)


def test_the_cover_of_an_instant_batch_follows_the_receipt_and_not_the_run(batch: BatchOf) -> None:
    received = datetime(2020, 9, 29, 23, 59, 59, tzinfo=SHANGHAI)
    instant = another_batch(batch.viewer, "0088D2", EnrolmentType.INSTANT, now=IN_THE_INSTANT_WINDOW)
    people_on(instant, PEOPLE)
    job_id = asked_to_submit(instant, now=received)
    clock_shows(received + timedelta(days=2))
    submit(job_id)
    after = the_batch(instant)
    assert (after.coverage_start, after.half_price) == (date(2020, 9, 30), False)


def test_who_is_over_age_is_fixed_person_by_person(batch: BatchOf) -> None:
    people_on(batch, [OLD])
    ticked(batch, "老王")
    submitted_by_job(batch)
    assert [(person.name, person.over_age) for person in stored_people(batch)] == [
        ("甲", False),
        ("乙", False),
        ("丙", False),
        ("老王", True),
    ]


def test_before_a_submission_nobodys_age_is_fixed(batch: BatchOf) -> None:
    validated(batch)
    assert {person.over_age for person in stored_people(batch)} == {None}


def test_claims_carry_the_code_of_people_in_service_alone(batch: BatchOf) -> None:
    people_on(batch, [a_person(name="丁", id_no=resident_id(sequence=9), has_si=False)])
    insured_as(batch, "31018801", "甲", "乙", "丁")
    unit_total("31018801", 2)
    submitted_by_job(batch)
    names = {person.id: person.name for person in stored_people(batch)}
    with reading() as session:
        codes = {names[claim.person_id]: claim.si_unit_code for claim in session.scalars(select(Claim))}
    assert codes == {"甲": "31018801", "乙": "31018801", "丙": None, "丁": None}


def test_the_pledge_is_kept_with_whom_it_was_given_for(batch: BatchOf) -> None:
    viewer = replace(batch.viewer, ip="10.0.0.7")
    submitted_by_job(replace(batch, viewer=viewer))
    kept = pledge_of(batch)
    assert kept is not None
    assert (kept.version, kept.people, kept.account_id, kept.at, kept.ip) == (
        "2020-1",
        3,
        viewer.account_id,
        batch.now,
        "10.0.0.7",
    )
    assert kept.text_sha256 == hashlib.sha256(pledge().text.encode()).hexdigest()
    assert len(kept.roster_sha256) == 64


def test_the_pledge_is_the_one_that_was_agreed_to_though_another_is_in_force_since(batch: BatchOf) -> None:
    job_id = asked_to_submit(batch)
    admin = staff(Role.ADMIN, batch.now)
    with writing() as session:
        write_text(session, admin, TextKind.PLEDGE, "另一", batch.now, batch.now)
    submit(job_id)
    kept = pledge_of(batch)
    assert kept is not None
    assert (kept.version, kept.text_sha256) == ("2020-1", pledge().sha256)


@pytest.mark.parametrize(
    "change", [{"name": "甲甲"}, {"has_si": False}, {"id_no": resident_id(sequence=50)}], ids=["name", "si", "number"]
)
def test_rosters_that_differ_in_one_person_have_different_hashes(batch: BatchOf, change: dict[str, object]) -> None:
    submitted_by_job(batch)
    first = hash_of(batch)
    everybody_is_free()
    second = a_batch_to_fill("3019BJ")
    people_on(second, [replace(PEOPLE[0], **change), *PEOPLE[1:]])  # type: ignore[arg-type]  # Person's own names
    submitted_by_job(second)
    assert hash_of(second) != first


def test_a_roster_has_the_same_hash_in_whatever_order_its_people_came(batch: BatchOf) -> None:
    submitted_by_job(batch)
    first = hash_of(batch)
    everybody_is_free()
    second = a_batch_to_fill("3019BJ")
    people_on(second, PEOPLE[::-1])
    submitted_by_job(second)
    assert hash_of(second) == first


def test_a_submission_that_fails_claims_nobody_and_fixes_nothing(batch: BatchOf) -> None:
    people_on(batch, [OLD])
    report = submitted_by_job(batch)
    after = the_batch(batch)
    assert (report.passed, claims_of(batch), pledge_of(batch)) == (False, set(), None)
    assert (after.state, after.submitted_at, after.coverage_start, after.confirm_since) == (
        BatchState.ROSTER_FAILED,
        None,
        None,
        None,
    )
    assert {person.over_age for person in stored_people(batch)} == {None}


def test_an_earlier_good_report_is_not_trusted(batch: BatchOf) -> None:
    assert validated(batch).passed
    a_rival_with(PEOPLE[1:2])
    assert submitted_by_job(batch).blocking == [("V7", "REG-001", "乙")]


def pledge_of(batch: BatchOf) -> PledgeAcceptance | None:
    with reading() as session:
        return session.get(PledgeAcceptance, batch.batch_id)


def hash_of(batch: BatchOf) -> str:
    kept = pledge_of(batch)
    assert kept is not None
    return kept.roster_sha256


def everybody_is_free() -> None:
    """As if what was submitted had expired."""
    with writing() as session:
        session.execute(delete(Claim))
        session.execute(update(Batch).values(state=BatchState.EXPIRED))
