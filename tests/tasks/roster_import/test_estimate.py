"""预估保费 at the end of an import: over whom, by which projects, and what when none can be formed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest
from sqlalchemy import update

from config.clock import SHANGHAI
from models.records.batch import Batch
from models.records.database import writing
from models.records.person import put_on_roster, roster_entry
from models.rules.lifecycle import BatchState
from models.rules.person import EmploymentStatus, Person, Sex
from models.rules.plan import EnrolmentType
from tests.builders import a_person, resident_id
from tests.imports import an_import, another_batch, submitted, typed
from tests.records import IN_THE_INSTANT_WINDOW, BatchOf, a_batch_to_fill, people_on

COMBO_FEN, B0_C0_FEN = 18000, 5500 + 1500
PEOPLE = [a_person(name=name, id_no=resident_id(sequence=number)) for number, name in enumerate("甲乙丙丁戊")]
INSURED, OTHERS = PEOPLE[:3], [replace(person, has_si=False) for person in PEOPLE[3:]]
SIXTY = date(1960, 4, 1)


@pytest.fixture
def batch(database: str) -> BatchOf:
    """An empty central batch in its window."""
    return a_batch_to_fill()


def estimate(
    batch: BatchOf, people: Sequence[Person], projects: Sequence[str] | None = None, *, check_only: bool = False
) -> dict[str, Any]:
    found = an_import(batch, map(typed, people), projects=projects, check_only=check_only, repeat=True).upload.estimate
    assert found is not None
    return found


def an_old_person(sequence: int, *, has_si: bool) -> Person:
    number = resident_id(SIXTY, Sex.MALE, sequence)
    return a_person(name="六十岁", id_no=number, birth=SIXTY, sex=Sex.MALE, has_si=has_si)


def instant(batch: BatchOf, now: datetime = IN_THE_INSTANT_WINDOW) -> BatchOf:
    return another_batch(batch.viewer, "0088D2", EnrolmentType.INSTANT, now=now)


def central_took_part(batch: BatchOf, state: BatchState, projects: list[str]) -> None:
    people_on(batch, [a_person(id_no=resident_id(sequence=99))])
    submitted(batch)
    with writing() as session:
        session.execute(update(Batch).where(Batch.id == batch.batch_id).values(state=state, projects=projects))


def test_without_a_choice_the_three_basics_are_the_basis(batch: BatchOf) -> None:
    found = estimate(batch, [*INSURED, *OTHERS])
    assert (found["projects"], found["basis"]) == (["A0", "B0", "C0"], "default")
    assert found["total_fen"] == 3 * COMBO_FEN + 2 * B0_C0_FEN


def test_ticked_projects_are_the_basis(batch: BatchOf) -> None:
    found = estimate(batch, INSURED, ["B0", "C0"])
    assert (found["basis"], found["total_fen"]) == ("chosen", 3 * B0_C0_FEN)


def test_everybody_on_the_roster_is_priced_not_only_the_file(batch: BatchOf) -> None:
    people_on(batch, PEOPLE[:2])
    assert estimate(batch, PEOPLE[2:3])["total_fen"] == 3 * COMBO_FEN


def test_people_met_again_are_priced_once(batch: BatchOf) -> None:
    people_on(batch, PEOPLE[:2])
    assert estimate(batch, PEOPLE[:3])["total_fen"] == 3 * COMBO_FEN


def test_an_updated_person_is_priced_as_they_are_afterwards(batch: BatchOf) -> None:
    people_on(batch, INSURED)
    found = estimate(batch, [replace(INSURED[0], has_si=False)])
    assert (found["si_people"], found["other_people"], found["total_fen"]) == (2, 1, 2 * COMBO_FEN + B0_C0_FEN)


def test_a_check_prices_the_people_it_would_add(batch: BatchOf) -> None:
    people_on(batch, PEOPLE[:1])
    assert estimate(batch, PEOPLE, check_only=True)["total_fen"] == 5 * COMBO_FEN


def test_retired_people_are_not_priced(batch: BatchOf) -> None:
    with writing() as session:
        put_on_roster(session, [roster_entry(batch.batch_id, PEOPLE[0], EmploymentStatus.RETIRED)])
    found = estimate(batch, PEOPLE[1:2])
    assert (found["total_fen"], found["other_people"]) == (COMBO_FEN, 0)


def test_a_selection_of_which_others_may_take_nothing_has_no_premium_and_says_for_how_many(batch: BatchOf) -> None:
    found = estimate(batch, [*INSURED, *OTHERS], ["A0"])
    assert (found["code"], found["values"]) == ("PRJ-006", {"n": 2})
    assert "total_fen" not in found


def test_a_roster_on_which_nobody_can_be_priced_says_so(batch: BatchOf) -> None:
    found = an_import(batch, [("", "", "x", "", "", "", "")]).upload.estimate
    assert found is not None
    assert found["code"] == "VAL-001"


def test_people_over_age_without_social_insurance_are_priced_and_counted(batch: BatchOf) -> None:
    found = estimate(batch, [an_old_person(1, has_si=False), an_old_person(2, has_si=True), *INSURED])
    assert found["over_age_without_si"] == 1
    assert found["total_fen"] == 4 * COMBO_FEN + B0_C0_FEN


def test_they_are_counted_also_where_they_were_on_the_roster_before(batch: BatchOf) -> None:
    people_on(batch, [an_old_person(1, has_si=False)])
    assert estimate(batch, [an_old_person(2, has_si=False)])["over_age_without_si"] == 2


def test_somebody_over_age_who_gets_social_insurance_is_counted_no_longer(batch: BatchOf) -> None:
    people_on(batch, [an_old_person(1, has_si=False)])
    assert estimate(batch, [an_old_person(1, has_si=True)])["over_age_without_si"] == 0


def test_somebody_over_age_who_loses_social_insurance_is_counted(batch: BatchOf) -> None:
    people_on(batch, [an_old_person(1, has_si=True)])
    assert estimate(batch, [an_old_person(1, has_si=False)])["over_age_without_si"] == 1


@pytest.mark.parametrize(
    "state",
    [BatchState.AWAITING_PAYMENT, BatchState.PAYMENT_REVIEW, BatchState.PAYMENT_REJECTED, BatchState.ENROLLED],
)
def test_an_instant_batch_is_priced_by_the_projects_of_the_central_one_that_took_part(
    batch: BatchOf, state: BatchState
) -> None:
    central_took_part(batch, state, ["B0", "C0"])
    found = estimate(instant(batch), INSURED, ["A0"])
    assert (found["projects"], found["basis"], found["total_fen"]) == (["B0", "C0"], "locked", 3 * B0_C0_FEN)


@pytest.mark.parametrize("state", [BatchState.ROSTER_SUBMITTED, BatchState.EXPIRED])
def test_a_central_batch_that_did_not_take_part_locks_nothing(batch: BatchOf, state: BatchState) -> None:
    central_took_part(batch, state, ["B0"])
    assert estimate(instant(batch), INSURED)["basis"] == "default"


@pytest.mark.parametrize(
    ("received", "share"),
    [(datetime(2020, 9, 29, 9, 0, tzinfo=SHANGHAI), 1), (datetime(2020, 9, 30, 9, 0, tzinfo=SHANGHAI), 2)],
    ids=["29 September", "30 September"],
)
def test_an_instant_batch_received_from_30_september_on_costs_half(
    batch: BatchOf, received: datetime, share: int
) -> None:
    found = estimate(instant(batch, received), INSURED)
    assert (found["total_fen"], found["half_price"]) == (3 * COMBO_FEN // share, share == 2)
