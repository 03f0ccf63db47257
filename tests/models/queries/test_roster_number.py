"""People found by a part of their number, though numbers are sealed (DOMAIN 7.8)."""

from __future__ import annotations

from datetime import date

import pytest

from models.rules.person import IdType, Sex
from tests.builders import resident_id
from tests.models.queries.roster_pages import a_crowd, names, page, somebody, statements_of_a_page
from tests.records import BatchOf, a_batch_to_fill, people_on

PART_OF_A_NUMBER = {length: resident_id(sequence=3)[:length] for length in (7, 10, 14, 15, 17)}


@pytest.fixture
def batch(database: str) -> BatchOf:
    """An empty central batch."""
    return a_batch_to_fill()


def test_a_part_of_a_number_takes_one_statement_more_for_30_people_and_for_3000(batch: BatchOf) -> None:
    a_crowd(batch, 30)
    few = {length: statements_of_a_page(batch, id_no=number) for length, number in PART_OF_A_NUMBER.items()}
    more = a_batch_to_fill("3019BJ")
    a_crowd(more, 3000)
    many = {length: statements_of_a_page(more, id_no=number) for length, number in PART_OF_A_NUMBER.items()}
    assert max(many.values()) <= 4
    assert all(few[length] <= many[length] for length in few), (few, many)


@pytest.mark.parametrize("length", range(7, 18))
def test_any_part_of_a_number_finds_whose_numbers_begin_so_and_nobody_else(batch: BatchOf, length: int) -> None:
    births = [date(1990, 3, 7), date(1990, 3, 8), date(1990, 3, 10), date(1990, 12, 7), date(1991, 3, 7)]
    people = [
        somebody(resident_id(birth, sex, sequence), birth, sex, id_no=resident_id(birth, sex, sequence))
        for birth in births
        for sex in Sex
        for sequence in (1, 9, 10, 99)
    ]
    people.append(somebody("从别处来", births[0], id_no=resident_id(births[0], province="310100")))
    people += [
        somebody(passport, date(1970, 1, 1), id_no=passport, id_type=IdType.PASSPORT)
        for passport in ("3100001990030", "310000199003A", "31000019900307")
    ]
    people_on(batch, people)
    part = resident_id(births[0], Sex.MALE, 9)[:length]
    found = [line.person.name for line in page(batch, id_no=part, size=100).lines]
    assert found == [person.name for person in people if person.id_no.startswith(part)]


def test_eighteen_characters_of_a_longer_passport_find_it(batch: BatchOf) -> None:
    passports = ["A2345678901234567890", "A234567890123456789", "A23456789012345678", "A2345678901234567X90"]
    born = date(1970, 1, 1)
    people_on(batch, [somebody(number, born, id_no=number, id_type=IdType.PASSPORT) for number in passports])
    assert names(batch, id_no="A23456789012345678") == passports[:3]


@pytest.mark.parametrize("part", ["3100002", "31000019901", "3100001990032", "3100001990033", "31000019900", "3100009"])
def test_a_part_that_ends_within_the_birthday_finds_its_days(batch: BatchOf, part: str) -> None:
    births = [date(1990, 3, 1), date(1990, 3, 20), date(1990, 3, 31), date(1990, 10, 1), date(2001, 12, 31)]
    numbers = [resident_id(birth) for birth in births]
    people_on(batch, [somebody(number, birth, id_no=number) for number, birth in zip(numbers, births, strict=True)])
    assert names(batch, id_no=part) == [number for number in numbers if number.startswith(part)]


def test_of_too_many_passports_that_begin_alike_only_a_whole_number_is_found(
    batch: BatchOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("models.queries.roster_number.OPENED_AT_MOST", 2)
    passports = [f"H8012136{number}" for number in range(3)]
    people_on(batch, [somebody(number, id_no=number, id_type=IdType.PASSPORT) for number in passports])
    assert names(batch, id_no="H801213") == []
    assert names(batch, id_no="H80121361") == ["H80121361"]
