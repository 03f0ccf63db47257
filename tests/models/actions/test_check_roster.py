"""清册提交: everybody is claimed for the plan year, or nobody (T07, T08)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import pytest
from sqlalchemy import update

from config.clock import SHANGHAI
from models.actions.check_roster import Checked, submit_at_once
from models.actions.remove_people import remove_people
from models.records.audit import AuditEntry
from models.records.batch import Batch
from models.records.claim import Claim
from models.records.database import reading, writing
from models.records.plan_year import PlanYearRecord
from models.rules.lifecycle import BatchState
from models.rules.person import IdType, Person, Sex
from models.rules.plan import EnrolmentType
from tests.builders import a_person, resident_id
from tests.claims import broken_claims, claims_of
from tests.imports import a_rival_with, another_batch, submitted, the_batch
from tests.records import BatchOf, a_batch_to_fill, an_upload, people_on
from tests.refusals import refused

PEOPLE = [a_person(name=name, id_no=resident_id(sequence=number)) for number, name in enumerate("甲乙丙丁")]
A_FOREIGNER = a_person(
    name="Jean Dupont", id_type=IdType.PASSPORT, id_no="H801213602X", birth=date(1998, 12, 9), sex=Sex.MALE
)


@pytest.fixture
def batch(database: str) -> BatchOf:
    """An empty central batch in its window."""
    return a_batch_to_fill()


def submit(batch: BatchOf, *, now: datetime | None = None) -> Checked:
    with writing() as session:
        return submit_at_once(session, batch.viewer, batch.batch_no, now or batch.now)


def an_instant_batch(clerk: BatchOf, now: datetime) -> BatchOf:
    return another_batch(clerk.viewer, "0088D2", EnrolmentType.INSTANT, now=now)


def codes(outcome: Checked) -> list[tuple[str, str]]:
    return [(str(conflict.values["name"]), conflict.code) for conflict in outcome.conflicts]


def test_everybody_is_claimed_once(batch: BatchOf) -> None:
    people_on(batch, PEOPLE)
    outcome = submit(batch)
    assert (outcome.passed, outcome.people) == (True, 4)
    assert len(claims_of(batch)) == 4
    assert broken_claims() == []


def test_a_central_batch_is_covered_from_the_years_first_day_at_full_price(batch: BatchOf) -> None:
    people_on(batch, PEOPLE)
    submit(batch)
    after = the_batch(batch)
    assert (after.state, after.submitted_at) == (BatchState.ROSTER_SUBMITTED, batch.now)
    assert (after.coverage_start, after.coverage_end, after.half_price) == (date(2020, 4, 1), date(2021, 3, 31), False)


@pytest.mark.parametrize(
    ("received", "start", "half_price"),
    [
        (datetime(2020, 9, 29, 23, 59, 59, tzinfo=SHANGHAI), date(2020, 9, 30), False),
        (datetime(2020, 9, 30, 0, 0, 0, tzinfo=SHANGHAI), date(2020, 10, 1), True),
    ],
    ids=["29 September", "30 September"],
)
def test_an_instant_batch_is_covered_from_the_day_after_its_receipt(
    batch: BatchOf, received: datetime, start: date, half_price: bool
) -> None:
    instant = an_instant_batch(batch, received)
    people_on(instant, PEOPLE)
    submit(instant)
    assert (the_batch(instant).coverage_start, the_batch(instant).half_price) == (start, half_price)


def test_an_empty_roster_is_not_submitted(batch: BatchOf) -> None:
    with refused("VAL-001"):
        submit(batch)
    assert the_batch(batch).state == BatchState.ROSTER_DRAFT


def test_while_an_import_waits_nothing_is_submitted(batch: BatchOf) -> None:
    people_on(batch, PEOPLE)
    an_upload(batch)
    with refused("BAT-007", job="清册导入"):
        submit(batch)


def test_a_submitted_roster_is_not_submitted_again(batch: BatchOf) -> None:
    people_on(batch, PEOPLE)
    submit(batch)
    with refused("BAT-002", status="清册校验通过", action="清册提交"):
        submit(batch)
    assert broken_claims() == []


def test_at_five_o_clock_it_is_too_late(batch: BatchOf) -> None:
    people_on(batch, PEOPLE)
    with refused("WIN-002"):
        submit(batch, now=datetime(2020, 5, 11, 17, 0, tzinfo=SHANGHAI))
    assert claims_of(batch) == set()


def test_somebody_elses_roster_does_not_exist(batch: BatchOf) -> None:
    people_on(batch, PEOPLE)
    stranger = a_batch_to_fill("3019BJ").viewer
    with refused("BAT-005"):
        submit(replace(batch, viewer=stranger))


def test_with_one_conflict_nobody_is_claimed_and_the_roster_has_failed(batch: BatchOf) -> None:
    a_rival_with(PEOPLE[2:3])
    people_on(batch, PEOPLE)
    outcome = submit(batch)
    assert codes(outcome) == [("丙", "REG-001")]
    assert (claims_of(batch), the_batch(batch).state) == (set(), BatchState.ROSTER_FAILED)
    assert the_batch(batch).submitted_at is None
    assert broken_claims() == []


def test_a_conflict_names_who_was_first_and_whom_to_call(batch: BatchOf) -> None:
    a_rival_with(PEOPLE[:1])
    people_on(batch, PEOPLE)
    values = submit(batch).conflicts[0].values
    assert (values["unit"], values["handler"], values["phone"]) == (
        "上海第3019BJ号机械有限公司",
        "李小满",
        "14200000001",
    )


def test_every_conflict_is_listed_in_the_order_of_the_roster(batch: BatchOf) -> None:
    a_rival_with([PEOPLE[3], PEOPLE[0]])
    people_on(batch, PEOPLE)
    assert codes(submit(batch)) == [("甲", "REG-001"), ("丁", "REG-001")]


def test_without_the_name_nobody_is_told_who_was_first(batch: BatchOf) -> None:
    a_rival_with([replace(PEOPLE[0], name="另有其人")])
    people_on(batch, PEOPLE)
    conflict = submit(batch).conflicts[0]
    assert (conflict.code, set(conflict.values)) == ("REG-002", {"name", "id"})


def test_a_passport_of_somebody_with_another_birth_date_waits_for_the_association(batch: BatchOf) -> None:
    a_rival_with([replace(A_FOREIGNER, birth=date(1980, 1, 1))])
    people_on(batch, [A_FOREIGNER])
    assert codes(submit(batch)) == [("Jean Dupont", "REG-003")]


def test_a_passport_under_another_spelling_of_the_name_is_occupied(batch: BatchOf) -> None:
    a_rival_with([replace(A_FOREIGNER, name="DUPONT Jean")])
    people_on(batch, [A_FOREIGNER])
    assert codes(submit(batch)) == [("Jean Dupont", "REG-002")]


def test_ones_own_other_batch_is_named(batch: BatchOf) -> None:
    other = another_batch(batch.viewer, "0088D3", now=batch.now)
    people_on(other, PEOPLE[:1])
    submitted(other)
    people_on(batch, PEOPLE)
    outcome = submit(batch)
    assert codes(outcome) == [("甲", "REG-004")]
    assert outcome.conflicts[0].values["batch"] == other.batch_no


def test_each_stranger_whom_the_register_names_is_written_down_as_an_answer(batch: BatchOf) -> None:
    other = another_batch(batch.viewer, "0088D3", now=batch.now)
    people_on(other, PEOPLE[:1])
    submitted(other)
    a_rival_with(PEOPLE[1:3])
    people_on(batch, PEOPLE)
    assert codes(submit(batch)) == [("甲", "REG-004"), ("乙", "REG-001"), ("丙", "REG-001")]
    with reading() as session:
        of_batch = session.query(AuditEntry).filter_by(action="submit_roster", batch_id=batch.batch_id)
        assert of_batch.one().details["register_answers"] == 2


def test_once_the_conflicts_are_removed_the_rest_is_claimed(batch: BatchOf) -> None:
    a_rival_with(PEOPLE[:1])
    people_on(batch, PEOPLE)
    conflicts = submit(batch).conflicts
    with writing() as session:
        ids = [conflict.person_id for conflict in conflicts if conflict.person_id]
        remove_people(session, batch.viewer, batch.batch_no, ids, batch.now)
    outcome = submit(batch)
    assert (outcome.passed, outcome.people) == (True, 3)
    assert broken_claims() == []


def test_another_plan_year_is_another_register(batch: BatchOf) -> None:
    """The same numbers claimed in 2019 are in nobody's way in 2020."""
    _claimed_in_another_year(PEOPLE)
    people_on(batch, PEOPLE)
    assert submit(batch).conflicts == []


def _claimed_in_another_year(people: list[Person]) -> None:
    rival = a_rival_with(people)
    with writing() as session:
        of_2020 = session.get_one(PlanYearRecord, "2020")
        session.add(PlanYearRecord(year="2019", data=of_2020.data, loaded_at=of_2020.loaded_at))
        session.flush()
        session.execute(update(Claim).values(plan_year="2019"))
        session.execute(update(Batch).where(Batch.id == rival.batch_id).values(plan_year="2019"))
