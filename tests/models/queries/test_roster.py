"""参保清册 as a page: its lines, its counts, and what it is narrowed to (DOMAIN 7.8)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import update

from models.queries.roster import RosterFilters, RosterPage, reference_date, roster_page
from models.records.database import reading, writing
from models.records.person import BatchPerson, put_on_roster, roster_entry
from models.records.plan_year import plan_of
from models.rules.person import EmploymentStatus, IdType, Person, Sex
from models.rules.plan import EnrolmentType
from tests.builders import a_person, resident_id
from tests.imports import a_rival_with, another_batch, submitted, the_batch
from tests.records import IN_THE_INSTANT_WINDOW, BatchOf, a_batch_to_fill, people_on
from tests.statements import statements

START = date(2020, 4, 1)
TODAY = date(2020, 4, 20)
SIXTY_TODAY, SIXTY_TOMORROW = date(1960, 4, 1), date(1960, 4, 2)
FIFTY_FIVE_TODAY, FIFTY_FIVE_TOMORROW = date(1965, 4, 1), date(1965, 4, 2)


def somebody(name: str, birth: date = date(1990, 3, 7), sex: Sex = Sex.MALE, **changes: Any) -> Person:
    return a_person(name=name, birth=birth, sex=sex, id_no=changes.pop("id_no", resident_id(birth, sex)), **changes)


JIA, YI = somebody("王甲"), somebody("李乙_", sex=Sex.FEMALE, has_si=False)
BING = somebody("王丙", id_no="H801213602X", id_type=IdType.PASSPORT)


@pytest.fixture
def batch(database: str) -> BatchOf:
    """An empty central batch."""
    return a_batch_to_fill()


def page(batch: BatchOf, *, number: int = 1, size: int = 20, **filters: Any) -> RosterPage:
    with reading() as session:
        plan = plan_of(session, "2020")
        return roster_page(session, the_batch(batch), plan, RosterFilters(**filters), TODAY, page=number, size=size)


def names(batch: BatchOf, **filters: Any) -> list[str]:
    return [line.person.name for line in page(batch, **filters).lines]


def test_people_come_in_the_order_in_which_they_came(batch: BatchOf) -> None:
    people_on(batch, [YI, JIA])
    people_on(batch, [BING])
    assert names(batch) == ["李乙_", "王甲", "王丙"]


def test_pages_hold_so_many_lines_and_tell_how_many_were_found(batch: BatchOf) -> None:
    people_on(batch, [somebody(f"第{number}人", id_no=resident_id(sequence=number)) for number in range(7)])
    last = page(batch, number=3, size=3)
    assert ([line.person.name for line in last.lines], last.found) == (["第6人"], 7)


def test_people_of_other_batches_are_not_there(batch: BatchOf) -> None:
    people_on(a_batch_to_fill("3019BJ"), [JIA])
    assert (names(batch), page(batch).counts.people) == ([], 0)


def test_the_counts_are_of_everybody_whatever_the_filter(batch: BatchOf) -> None:
    people_on(batch, [JIA, YI])
    with writing() as session:
        retired = somebody("退休者", SIXTY_TODAY, has_si=False)
        put_on_roster(session, [roster_entry(batch.batch_id, retired, EmploymentStatus.RETIRED)])
    counts = page(batch, name="王").counts
    assert (counts.people, counts.in_service, counts.unknown, counts.retired, counts.over_age) == (3, 1, 1, 1, 1)


@pytest.mark.parametrize(
    ("typed", "found"), [("王", ["王甲", "王丙"]), (" 甲 ", ["王甲"]), ("_", ["李乙_"]), ("%", [])]
)
def test_a_name_is_found_by_any_part_of_it(batch: BatchOf, typed: str, found: list[str]) -> None:
    people_on(batch, [JIA, YI, BING])
    assert names(batch, name=typed) == found


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        (JIA.id_no, ["王甲"]),
        (f" {JIA.id_no[:6]} {JIA.id_no[6:]}", ["王甲"]),
        (JIA.id_no[:6], ["王甲", "李乙_"]),
        (JIA.id_no[:17], ["王甲"]),
        (JIA.id_no[:14], ["王甲", "李乙_"]),
        (JIA.id_no[:5], []),
        (JIA.id_no[6:], []),
        ("h801213602x", ["王丙"]),
        ("Ｈ８０１２１", ["王丙"]),
        ("H80122", []),
        (JIA.id_no + "0", []),
    ],
    ids=[
        "whole",
        "with blanks",
        "six",
        "seventeen",
        "fourteen",
        "five",
        "the end",
        "small",
        "full width",
        "other",
        "19",
    ],
)
def test_a_number_is_found_whole_or_by_six_characters_or_more(batch: BatchOf, typed: str, found: list[str]) -> None:
    people_on(batch, [JIA, YI, BING])
    assert names(batch, id_no=typed) == found


def test_a_passport_of_five_characters_is_found_whole(batch: BatchOf) -> None:
    people_on(batch, [somebody("短号", id_no="A1234", id_type=IdType.PASSPORT), BING])
    assert names(batch, id_no="a1234") == ["短号"]


@pytest.mark.parametrize(
    ("typed", "found"), [("31018801", ["王甲"]), ("310188", ["王甲"]), ("31018", []), ("_10188", [])]
)
def test_a_unit_code_is_found_whole_or_by_six_characters_or_more(batch: BatchOf, typed: str, found: list[str]) -> None:
    people_on(batch, [JIA, YI])
    with writing() as session:
        session.execute(update(BatchPerson).where(BatchPerson.name == "王甲").values(si_unit_code="31018801"))
    assert names(batch, si_unit_code=typed) == found


@pytest.mark.parametrize(("status", "found"), [("in_service", ["王甲"]), ("unknown", ["李乙_"]), ("retired", [])])
def test_people_are_found_by_their_employment_status(batch: BatchOf, status: str, found: list[str]) -> None:
    people_on(batch, [JIA, YI])
    assert names(batch, employment_status=status) == found


def test_filters_narrow_together(batch: BatchOf) -> None:
    people_on(batch, [JIA, YI, BING])
    assert names(batch, name="王", id_no="H80121", over_age=False, employment_status="in_service") == ["王丙"]


def test_men_are_over_age_from_their_sixtieth_birthday_on_the_first_day_of_cover(batch: BatchOf) -> None:
    people_on(batch, [somebody("六十", SIXTY_TODAY), somebody("差一天", SIXTY_TOMORROW)])
    assert (names(batch, over_age=True), names(batch, over_age=False)) == (["六十"], ["差一天"])


def test_women_are_over_age_from_their_fifty_fifth_birthday(batch: BatchOf) -> None:
    people_on(
        batch, [somebody("五五", FIFTY_FIVE_TODAY, Sex.FEMALE), somebody("差一天", FIFTY_FIVE_TOMORROW, Sex.FEMALE)]
    )
    assert (names(batch, over_age=True), names(batch, over_age=False)) == (["五五"], ["差一天"])


def test_the_line_and_the_count_agree_with_the_filter(batch: BatchOf) -> None:
    births = [SIXTY_TODAY, SIXTY_TOMORROW, FIFTY_FIVE_TODAY, FIFTY_FIVE_TOMORROW, date(1900, 1, 1), date(2002, 1, 1)]
    people_on(batch, [somebody(f"{sex}{birth}", birth, sex) for birth in births for sex in Sex])
    seen = page(batch)
    old = [line.person.name for line in seen.lines if line.over_age]
    assert names(batch, over_age=True) == old
    assert seen.counts.over_age == len(old) == 6


def test_an_instant_roster_is_judged_by_tomorrow_until_it_is_submitted(batch: BatchOf) -> None:
    instant = another_batch(batch.viewer, "0088D2", EnrolmentType.INSTANT, now=IN_THE_INSTANT_WINDOW)
    with reading() as session:
        plan = plan_of(session, "2020")
    assert reference_date(the_batch(instant), plan, date(2020, 7, 1)) == date(2020, 7, 2)


def test_a_submitted_instant_roster_is_judged_by_its_cover_for_ever(batch: BatchOf) -> None:
    instant = another_batch(batch.viewer, "0088D2", EnrolmentType.INSTANT, now=IN_THE_INSTANT_WINDOW)
    people_on(instant, [JIA])
    submitted(instant)
    with reading() as session:
        plan = plan_of(session, "2020")
    assert reference_date(the_batch(instant), plan, date(2021, 2, 1)) == date(2020, 7, 2)


@pytest.mark.parametrize("today", [date(2020, 5, 1), date(2021, 5, 1)], ids=["before", "after"])
def test_outside_its_window_an_instant_roster_still_shows_ages(batch: BatchOf, today: date) -> None:
    instant = another_batch(batch.viewer, "0088D2", EnrolmentType.INSTANT, now=IN_THE_INSTANT_WINDOW)
    with reading() as session:
        assert (reference_date(the_batch(instant), plan_of(session, "2020"), today) - today).days == 1


def test_whom_another_unit_has_enrolled_is_shown_as_occupied(batch: BatchOf) -> None:
    people_on(batch, [JIA, YI])
    a_rival_with([YI])
    assert [line.occupied for line in page(batch).lines] == [False, True]


def test_ones_own_claims_occupy_nobody(batch: BatchOf) -> None:
    people_on(batch, [JIA, YI])
    submitted(batch)
    assert [line.occupied for line in page(batch).lines] == [False, False]


@pytest.mark.parametrize("people", [1, 60])
def test_a_page_takes_four_statements_however_many_people_there_are(batch: BatchOf, people: int) -> None:
    people_on(batch, [somebody(f"第{number}人", id_no=resident_id(sequence=number)) for number in range(people)])
    stored = the_batch(batch)
    with reading() as session:
        plan = plan_of(session, "2020")
        with statements() as asked:
            roster_page(session, stored, plan, RosterFilters(name="人", over_age=False), TODAY, size=50)
    assert len(asked) == 4


@pytest.mark.parametrize("people", [1, 60])
def test_a_long_beginning_of_a_number_takes_one_statement_more(batch: BatchOf, people: int) -> None:
    people_on(batch, [somebody(f"第{number}人", id_no=resident_id(sequence=number)) for number in range(people)])
    stored = the_batch(batch)
    with reading() as session:
        plan = plan_of(session, "2020")
        with statements() as asked:
            roster_page(session, stored, plan, RosterFilters(id_no="31000019900307"), TODAY, size=50)
    assert len(asked) == 5
