"""参保清册 as a page: its lines, its counts, and what it is narrowed to (DOMAIN 7.8)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import update

from models.queries.roster import (
    everybody_in_order,
    named_of,
    reference_of,
)
from models.records.database import reading, writing
from models.records.person import BatchPerson, put_on_roster, roster_entry
from models.records.plan_year import plan_of
from models.rules.person import EmploymentStatus, IdType, Sex
from models.rules.plan import EnrolmentType
from tests.builders import resident_id
from tests.imports import a_rival_with, another_batch, submitted, the_batch
from tests.models.queries.roster_pages import (
    BING,
    FIFTY_FIVE_TODAY,
    FIFTY_FIVE_TOMORROW,
    JIA,
    SIXTY_TODAY,
    SIXTY_TOMORROW,
    TODAY,
    YI,
    a_crowd,
    names,
    page,
    somebody,
    statements_of_a_page,
)
from tests.records import IN_THE_INSTANT_WINDOW, BatchOf, a_batch_to_fill, people_on
from tests.statements import statements


@pytest.fixture
def batch(database: str) -> BatchOf:
    """An empty central batch."""
    return a_batch_to_fill()


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
    assert reference_of(the_batch(instant), plan, date(2020, 7, 1)) == date(2020, 7, 2)


def test_a_submitted_instant_roster_is_judged_by_its_cover_for_ever(batch: BatchOf) -> None:
    instant = another_batch(batch.viewer, "0088D2", EnrolmentType.INSTANT, now=IN_THE_INSTANT_WINDOW)
    people_on(instant, [JIA])
    submitted(instant)
    with reading() as session:
        plan = plan_of(session, "2020")
    assert reference_of(the_batch(instant), plan, date(2021, 2, 1)) == date(2020, 7, 2)


def test_whom_another_unit_has_enrolled_is_shown_as_occupied(batch: BatchOf) -> None:
    people_on(batch, [JIA, BING])
    a_rival_with([BING])
    assert [line.occupied for line in page(batch).lines] == [False, True]


def test_ones_own_claims_occupy_nobody(batch: BatchOf) -> None:
    people_on(batch, [JIA, BING])
    submitted(batch)
    assert [line.occupied for line in page(batch).lines] == [False, False]


EVERY_FILTER: dict[str, dict[str, Any]] = {
    "none": {},
    "name": {"name": "人"},
    "whole number": {"id_no": resident_id(sequence=3)},
    "six characters": {"id_no": "310000"},
    "unit code": {"si_unit_code": "310188"},
    "status": {"employment_status": "unknown"},
    "over age": {"over_age": True},
    "several": {"name": "人", "over_age": False, "employment_status": "in_service", "si_unit_code": "310188"},
}


def test_every_filter_takes_at_most_three_statements_for_30_people_and_for_3000(batch: BatchOf) -> None:
    a_crowd(batch, 30)
    few = {name: statements_of_a_page(batch, **filters) for name, filters in EVERY_FILTER.items()}
    more = a_batch_to_fill("3019BJ")
    a_crowd(more, 3000)
    many = {name: statements_of_a_page(more, **filters) for name, filters in EVERY_FILTER.items()}
    assert max(many.values()) == 3
    assert all(few[name] <= many[name] for name in few), (few, many)


def test_everybody_is_read_in_order_a_chunk_at_a_time(batch: BatchOf) -> None:
    a_crowd(batch, 30)
    a_crowd(a_batch_to_fill("3019BJ"), 5)
    stored = the_batch(batch)
    with reading() as session, statements() as asked:
        plan = plan_of(session, "2020")
        people = [line.person.name for line in everybody_in_order(session, stored, plan, TODAY, chunk=10)]
    assert people == [f"第{number}人" for number in range(30)]
    assert len(asked) == 1 + 2 * 3 + 1


def test_some_people_are_named_and_counted(batch: BatchOf) -> None:
    people_on(batch, [JIA, YI, BING])
    stored = the_batch(batch)
    with reading() as session:
        named = named_of(session, stored, [BatchPerson.name.contains("王")])
    assert (named.people, list(named.names)) == (2, ["王甲", "王丙"])
