"""The people of a roster as an estimate counts them."""

from __future__ import annotations

from collections import Counter
from datetime import date
from itertools import product

from models.queries.estimate import people_counted
from models.records.database import reading, writing
from models.records.person import put_on_roster, roster_entry
from models.records.plan_year import plan_of
from models.rules.eligibility import over_age
from models.rules.estimate import CountedAs, counts_as
from models.rules.person import EmploymentStatus, Sex
from tests.builders import a_person, resident_id
from tests.records import BatchOf, a_batch_to_fill
from tests.statements import statements

REFERENCE = date(2020, 4, 1)
BIRTHS = [date(1960, 4, 1), date(1960, 4, 2), date(1965, 4, 1), date(1965, 4, 2), date(1990, 1, 1)]


def counted_on(batch: BatchOf) -> Counter[CountedAs]:
    with reading() as session:
        return people_counted(session, batch.batch_id, plan_of(session, "2020"), REFERENCE)


def test_the_database_counts_every_kind_of_person_as_the_rule_does(database: str) -> None:
    batch, expected = a_batch_to_fill(), Counter[CountedAs]()
    with writing() as session:
        plan = plan_of(session, "2020")
        people = []
        for number, (birth, sex, status) in enumerate(product(BIRTHS, Sex, EmploymentStatus)):
            person = a_person(id_no=resident_id(birth, sex, number), birth=birth, sex=sex)
            people.append(roster_entry(batch.batch_id, person, status))
            expected[counts_as(status, over_age(birth, sex, REFERENCE, plan))] += 1
        put_on_roster(session, people)
    assert counted_on(batch) == expected
    assert all(expected[each] for each in CountedAs)


def test_people_of_another_roster_are_not_counted(database: str) -> None:
    batch, other = a_batch_to_fill(), a_batch_to_fill("3019BJ")
    with writing() as session:
        put_on_roster(session, [roster_entry(other.batch_id, a_person(), EmploymentStatus.IN_SERVICE)])
    assert counted_on(batch).total() == 0


def test_counting_takes_one_statement(sqlite: None) -> None:
    batch = a_batch_to_fill()
    with reading() as session:
        plan = plan_of(session, "2020")
        with statements() as asked:
            people_counted(session, batch.batch_id, plan, REFERENCE)
    assert len(asked) == 1
