"""People on a roster, as rows."""

from __future__ import annotations

from datetime import date

import pytest
from cryptography.exceptions import InvalidTag
from sqlalchemy import delete, select
from sqlalchemy.exc import DBAPIError

from models.records.database import reading, writing
from models.records.person import BatchPerson
from models.rules.person import IdType, Sex
from tests.builders import a_person, resident_id
from tests.imports import roster_of
from tests.records import a_batch_to_fill, people_on

SOMEBODY = a_person(id_no=resident_id(sequence=1), mobile="13912345678")
A_FOREIGNER = a_person(
    name="Jean Dupont",
    id_type=IdType.PASSPORT,
    id_no="H801213602X",
    birth=date(1998, 12, 9),
    sex=Sex.FEMALE,
    has_si=False,
)
A_RARE_NAME = a_person(name="𠮷田\t\\N'\"", id_no=resident_id(sequence=3))


def test_people_come_back_as_they_were_put_there(database: str) -> None:
    batch = a_batch_to_fill()
    people = [SOMEBODY, A_FOREIGNER, A_RARE_NAME]
    people_on(batch, people)
    assert roster_of(batch) == people


def test_a_number_that_is_there_already_fails_everything(database: str) -> None:
    batch = a_batch_to_fill()
    people_on(batch, [SOMEBODY])
    with pytest.raises((DBAPIError, Exception), match=r"(?i)unique"):
        people_on(batch, [A_FOREIGNER, SOMEBODY])
    assert roster_of(batch) == [SOMEBODY]


def test_the_id_of_somebody_who_was_removed_is_given_to_nobody_else(database: str) -> None:
    batch = a_batch_to_fill()
    people_on(batch, [SOMEBODY, A_FOREIGNER])
    with writing() as session:
        gone = session.scalars(delete(BatchPerson).returning(BatchPerson.id)).all()
    people_on(batch, [SOMEBODY])
    with reading() as session:
        assert session.scalars(select(BatchPerson.id)).one() > max(gone)


def test_nobody_can_be_put_on_a_roster(database: str) -> None:
    batch = a_batch_to_fill()
    people_on(batch, [])
    assert roster_of(batch) == []


def test_a_sealed_number_copied_to_another_row_does_not_open(database: str) -> None:
    batch = a_batch_to_fill()
    people_on(batch, [SOMEBODY, A_FOREIGNER])
    with writing() as session:
        mine, theirs = session.scalars(select(BatchPerson).order_by(BatchPerson.id)).all()
        mine.id_sealed = theirs.id_sealed
    with reading() as session, pytest.raises(InvalidTag):
        session.scalars(select(BatchPerson).order_by(BatchPerson.id)).all()[0].id_no  # noqa: B018 -- opening it is the act
