"""护照号码冲突: who is refused by REG-003 now, by whatever way they came (DOMAIN 9.5)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from models.queries.passports import Collision, collision_of, collisions, decisions_page
from models.records.database import reading
from models.rules.person import Sex
from tests.builders import a_person
from tests.checks import validated
from tests.imports import a_rival_with, an_import, corrected, typed, undone
from tests.passports import JEAN, MARIE, WANG, applicant, decided
from tests.records import BatchOf, a_batch_to_fill, people_on
from tests.stages import withdraw
from tests.statements import statements


@pytest.fixture
def batch(database: str) -> BatchOf:
    """A central batch in its window."""
    return a_batch_to_fill()


def found() -> list[Collision]:
    with reading() as session:
        return list(collisions(session))


def names() -> list[str]:
    return [one.applicant.name for one in found()]


def test_rows_of_imports_and_checks_are_found_beside_the_holder(batch: BatchOf) -> None:
    rival = a_rival_with([WANG])
    an_import(batch, [typed(JEAN)], check_only=True)
    [one] = found()
    person, holder = one.applicant, one.holder
    assert (person.name, person.id_no, person.birth, person.batch_no) == (
        JEAN.name, JEAN.id_no, JEAN.birth, batch.batch_no,
    )  # fmt: skip
    assert (holder.name, holder.birth, holder.holder.batch_no) == (WANG.name, WANG.birth, rival.batch_no)
    assert one.decision is None


def test_people_whom_a_check_of_their_roster_named_are_found(batch: BatchOf) -> None:
    people_on(batch, [JEAN])
    a_rival_with([WANG])
    assert names() == []
    validated(batch)
    assert names() == [JEAN.name]


def test_each_person_is_found_once_the_latest_first(batch: BatchOf) -> None:
    a_rival_with([WANG])
    an_import(batch, [typed(JEAN), typed(a_person())])
    an_import(batch, [typed(MARIE)])
    an_import(a_batch_to_fill("0088D7"), [typed(JEAN)])
    assert names() == [JEAN.name, MARIE.name]


def test_a_row_that_was_corrected_or_taken_back_is_nobodys_any_more(batch: BatchOf) -> None:
    a_rival_with([WANG])
    done = an_import(batch, [typed(JEAN)])
    corrected(batch, done, {2: typed(replace(JEAN, id_no="E12345678"))})
    assert names() == []
    again = an_import(batch, [typed(MARIE), typed(a_person())])
    assert names() == [MARIE.name]
    undone(batch, again)
    assert names() == []


def test_when_the_holder_gives_the_number_back_nobody_is_in_the_way(batch: BatchOf) -> None:
    rival = a_rival_with([WANG])
    an_import(batch, [typed(JEAN)])
    withdraw(rival)
    assert names() == []


def test_who_is_permitted_waits_for_nothing_any_more(batch: BatchOf) -> None:
    a_rival_with([WANG])
    an_import(batch, [typed(JEAN), typed(replace(MARIE, id_no="E12345678"))])
    decided(JEAN)
    assert names() == []


def test_the_same_person_stays_in_the_list_marked_as_decided(batch: BatchOf) -> None:
    a_rival_with([WANG])
    an_import(batch, [typed(JEAN)])
    decided(JEAN, different=False)
    assert [one.known_to_be_the_same for one in found()] == [True]


def test_somebody_without_a_trace_is_found_by_what_was_typed(batch: BatchOf) -> None:
    a_rival_with([WANG])
    with reading() as session:
        one = collision_of(session, applicant(JEAN))
        nobody = [collision_of(session, applicant(person)) for person in (WANG, replace(JEAN, id_no="E1"))]
    assert one is not None
    assert (one.holder.name, nobody) == (WANG.name, [None, None])


def test_a_row_that_is_wrong_in_another_year_is_not_compared_with_this_one(batch: BatchOf) -> None:
    a_rival_with([WANG])
    with reading() as session:
        assert collision_of(session, replace(applicant(JEAN), plan_year="2021")) is None


def test_decisions_are_listed_without_the_holder_the_latest_first(batch: BatchOf) -> None:
    a_rival_with([WANG])
    decided(JEAN)
    decided(replace(MARIE, sex=Sex.FEMALE), different=False, reason="同一人")
    with reading() as session:
        decisions, total = decisions_page(session, 1, 20)
    assert total == 2
    assert [(one.decision.name, one.decision.reason) for one in decisions] == [
        (MARIE.name, "同一人"),
        (JEAN.name, "核对了护照原件"),
    ]
    assert decisions[0].by


@pytest.mark.parametrize("people", [1, 4])
def test_the_list_takes_the_same_number_of_statements_whatever_its_length(batch: BatchOf, people: int) -> None:
    numbers = [f"E1234567{number}" for number in range(people)]
    a_rival_with([replace(WANG, id_no=number) for number in numbers])
    an_import(batch, [typed(replace(JEAN, id_no=number)) for number in numbers])
    with reading() as session, statements() as asked:
        assert len(collisions(session)) == people
    assert len(asked) == 6, asked
