"""Which projects a unit may take at all: after its central enrolment (DOMAIN 5.5), and 个性化保障层 (DOMAIN 4.1)."""

from __future__ import annotations

from datetime import date, datetime, time

import pytest
from sqlalchemy import update

from config.clock import SHANGHAI
from config.plans import plan_data
from models.actions.price_batch import generate_premium
from models.records.batch import Batch
from models.records.database import writing
from models.rules.lifecycle import BatchState
from models.rules.plan import EnrolmentType
from models.rules.refusal import Refused
from tests.imports import the_batch
from tests.models.rules.plan_years import a_tailored_year
from tests.premiums import (
    BASICS,
    a_batch_in,
    a_crowd,
    an_instant_batch,
    charges_of,
    confirmed,
    priced,
    submitted_with,
    took_part,
)
from tests.records import BatchOf, a_batch_to_fill, people_on
from tests.refusals import refused


def on(day: str, hour: int = 12) -> datetime:
    return datetime.combine(date.fromisoformat(day), time(hour), tzinfo=SHANGHAI)


def put_into(batch: BatchOf, state: BatchState) -> None:
    with writing() as session:
        session.execute(update(Batch).where(Batch.id == batch.batch_id).values(state=state))


@pytest.fixture
def instant(database: str) -> BatchOf:
    """An instant batch, submitted on 1 July 2020, of a unit that took no part in the central enrolment."""
    return submitted_with(a_batch_in(plan_data("2020"), on("2020-07-01"), EnrolmentType.INSTANT), 2, 1)


@pytest.fixture
def unit(database: str) -> BatchOf:
    """A unit that has confirmed B0 C0 B1 in the central enrolment."""
    return took_part(submitted_with(a_batch_to_fill(), 2, 1), ["B1", "C0", "B0"])


def instant_of(unit: BatchOf, si_people: int = 1, other_people: int = 1) -> BatchOf:
    return submitted_with(an_instant_batch(unit, on("2020-07-01")), si_people, other_people, first=50)


def test_after_the_central_enrolment_its_projects_are_taken_without_asking(unit: BatchOf) -> None:
    batch = instant_of(unit)
    with writing() as session:
        preview = generate_premium(session, batch.viewer, batch.batch_no, None, batch.now)
    assert (preview.projects, preview.locked) == (["B0", "C0", "B1"], True)
    assert confirmed(batch, preview.token).projects_locked is True


def test_the_same_projects_may_be_named_in_any_order(unit: BatchOf) -> None:
    assert priced(instant_of(unit), ["C0", "B1", "B0"]).locked is True


@pytest.mark.parametrize("projects", [BASICS, [], ["B0", "C0"], ["B0", "C0", "B1", "B1"], ["Z9"], ["A1", "A2"]])
def test_other_projects_than_the_central_ones_are_refused_before_all_else(unit: BatchOf, projects: list[str]) -> None:
    with refused("PRJ-007"):
        priced(instant_of(unit), projects)


def test_whoever_is_left_without_a_basic_by_locked_projects_is_to_be_removed(database: str) -> None:
    unit = took_part(submitted_with(a_batch_to_fill(), 2), ["A0"])
    batch = an_instant_batch(unit, on("2020-07-01"))
    people_on(batch, a_crowd(1, 1, first=50))
    with writing() as session:  # 清册校验 would have stopped them (V10)
        cover = {"coverage_start": date(2020, 7, 2), "coverage_end": date(2021, 3, 31), "half_price": False}
        values = update(Batch).where(Batch.id == batch.batch_id).values(state=BatchState.ROSTER_SUBMITTED, **cover)
        session.execute(values)
    with refused("PRJ-011", n=1):
        priced(batch, ["A0"])


@pytest.mark.parametrize("state", [BatchState.ROSTER_SUBMITTED, BatchState.EXPIRED])
def test_a_unit_whose_central_batch_came_to_nothing_chooses_freely(unit: BatchOf, state: BatchState) -> None:
    put_into(unit, state)
    assert priced(instant_of(unit), ["C0"]).locked is False


def test_the_central_enrolment_of_another_code_locks_nothing(unit: BatchOf) -> None:
    other = submitted_with(
        a_batch_in(plan_data("2020"), on("2020-07-01"), EnrolmentType.INSTANT, "3019BJ"), 1, first=90
    )
    assert priced(other, ["C0"]).locked is False


def test_a_later_instant_batch_of_a_unit_without_central_enrolment_is_free_again(instant: BatchOf) -> None:
    took_part(instant, ["B0"])
    assert priced(instant_of(instant), ["C0"]).locked is False


def test_a_confirmed_instant_batch_keeps_its_projects(unit: BatchOf) -> None:
    batch = took_part(instant_of(unit), ["B0", "C0", "B1"])
    with writing() as session:
        session.get_one(Batch, unit.batch_id).projects = ["A0"]
    assert the_batch(batch).projects == ["B0", "C0", "B1"]


TAILORED = a_tailored_year(["0088D2"])


def test_a_custom_project_is_charged_to_the_unit_that_it_was_agreed_with(database: str) -> None:
    batch = submitted_with(a_batch_in(TAILORED, on("2020-04-20")), 1, 1)
    assert priced(batch, ["X1", *BASICS, "C1"]).projects == [*BASICS, "C1", "X1"]
    took_part(batch, ["X1", "B0"])
    assert charges_of(batch) == [10500, 10500]


def test_to_every_other_unit_a_custom_project_does_not_exist(database: str) -> None:
    batch = submitted_with(a_batch_in(TAILORED, on("2020-04-20"), code="3019BJ"), 1)
    with pytest.raises(Refused) as caught:
        priced(batch, [*BASICS, "X1"])
    assert (caught.value.code, caught.value.values) == ("PRJ-005", {"project": "X1"})


def test_a_custom_project_needs_a_basic_like_any_other(database: str) -> None:
    batch = submitted_with(a_batch_in(TAILORED, on("2020-04-20")), 1)
    with refused("PRJ-003"):
        priced(batch, ["X1"])
