"""What the annual register says, in a number of statements that does not grow with the people."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import Engine, event

from models.queries.register import claims_seen, conflicts_of
from models.records.database import reading
from models.records.sealing import id_digest
from models.rules.register import ClaimSeen
from tests.builders import a_person, resident_id
from tests.imports import a_rival_with, the_batch
from tests.records import BatchOf, a_batch_to_fill, people_on
from tests.statements import statements

PEOPLE = [a_person(name=chr(ord("一") + number), id_no=resident_id(sequence=number)) for number in range(60)]


@pytest.fixture
def batch(database: str) -> BatchOf:
    """A central batch in its window."""
    return a_batch_to_fill()


def seen(batch: BatchOf, digests: list[bytes], year: str = "2020") -> dict[bytes, list[ClaimSeen]]:
    with reading() as session:
        return claims_seen(session, year, batch.batch_id, digests)


def digests() -> list[bytes]:
    return [id_digest(person.id_no) for person in PEOPLE]


def test_claims_of_others_are_seen_with_their_holder(batch: BatchOf) -> None:
    rival = a_rival_with(PEOPLE[:2])
    found = seen(batch, digests())
    assert set(found) == set(digests()[:2])
    claim = found[digests()[0]][0]
    assert (claim.name, claim.holder.batch_no, claim.holder.enrolled_on) == ("一", rival.batch_no, date(2020, 4, 20))


def test_claims_of_the_batch_itself_and_of_other_years_are_not_seen(batch: BatchOf) -> None:
    rival = a_rival_with(PEOPLE[:2])
    assert seen(rival, digests()) == {}
    assert seen(batch, digests(), "2021") == {}


def test_nobody_is_asked_for_and_nobody_is_seen(batch: BatchOf) -> None:
    a_rival_with(PEOPLE[:2])
    assert seen(batch, []) == {}


@pytest.mark.parametrize("people", [1, 60])
def test_looking_people_up_takes_one_statement(batch: BatchOf, people: int) -> None:
    a_rival_with(PEOPLE[:people])
    with reading() as session, statements() as asked:
        assert len(claims_seen(session, "2020", batch.batch_id, digests())) == people
    assert len(asked) == 1


def test_the_conflicts_of_a_roster_are_looked_up_by_its_numbers_however_large_the_register_is(sqlite: None) -> None:
    own = the_batch(a_batch_to_fill())
    asked: list[tuple[str, Any]] = []
    event.listen(Engine, "before_cursor_execute", note := lambda _c, _u, said, values, *_: asked.append((said, values)))
    try:
        with reading() as session:
            conflicts_of(session, own)
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    ((statement, values),) = (each for each in asked if "AS claimed" in each[0])
    with reading() as session:
        plan = session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values).all()
    first, second, *_ = (step.detail for step in plan)
    assert (first.split()[1], second.split()[1], "id_digest=?" in second) == ("enrolling", "claim", True), plan


@pytest.mark.parametrize("people", [1, 60])
def test_the_conflicts_of_a_roster_take_one_statement(batch: BatchOf, people: int) -> None:
    a_rival_with(PEOPLE[:people])
    people_on(batch, PEOPLE)
    own = the_batch(batch)
    with reading() as session, statements() as asked:
        assert len(conflicts_of(session, own)) == people
    assert len(asked) == 1
