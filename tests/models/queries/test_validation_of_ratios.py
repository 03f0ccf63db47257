"""清册校验, V6: the share of a unit's people in service that takes part (DOMAIN 8.4)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from models.rules.person import Sex
from tests.builders import a_person, resident_id
from tests.checks import batch_has, insured_as, submitted_by_job, unit_total, validated
from tests.records import BatchOf, a_batch_to_fill, people_on

PEOPLE = [a_person(name=name, id_no=resident_id(sequence=number)) for number, name in enumerate("甲乙丙丁戊")]
LAST_OLD_MAN = date(1960, 4, 1)
AT_CODE = "31018801"


@pytest.fixture
def batch(database: str) -> BatchOf:
    """An empty central batch in its window."""
    return a_batch_to_fill()


@pytest.mark.parametrize(("total", "found"), [(4, []), (5, [("V6", "VAL-003", None)])], ids=["75 %", "60 %"])
def test_v6_three_people_are_enough_of_four_and_not_of_five(batch: BatchOf, total: int, found: list[object]) -> None:
    people_on(batch, PEOPLE[:3])
    insured_as(batch, AT_CODE)
    unit_total(AT_CODE, total)
    assert validated(batch).blocking == found


def test_v6_says_how_many_are_missing(batch: BatchOf) -> None:
    people_on(batch, PEOPLE[:3])
    insured_as(batch, AT_CODE)
    unit_total(AT_CODE, 5)
    assert validated(batch).values == [
        {"si": AT_CODE, "n": 3, "total": 5, "percent": "60.00", "min": 75, "need": 4},
    ]


def test_v6_counts_each_code_by_itself_and_only_people_in_service(batch: BatchOf) -> None:
    people_on(batch, [*PEOPLE[:2], replace(PEOPLE[2], has_si=False), PEOPLE[3]])
    insured_as(batch, AT_CODE, "甲", "乙", "丙")
    insured_as(batch, "31018802", "丁")
    unit_total(AT_CODE, 3)
    unit_total("31018802", 1)
    ratios = [(each["si_unit_code"], each["people"], each["ok"]) for each in validated(batch).ratios]
    assert ratios == [(AT_CODE, 2, False), ("31018802", 1, True)]


def test_v6_of_a_code_whose_people_are_not_in_service_counts_nobody(batch: BatchOf) -> None:
    people_on(batch, [replace(PEOPLE[0], has_si=False)])
    insured_as(batch, AT_CODE)
    unit_total(AT_CODE, 1)
    assert [(each["people"], each["ok"]) for each in validated(batch).ratios] == [(0, False)]


def test_v6_counts_whoever_takes_part_already_elsewhere(batch: BatchOf) -> None:
    rival = a_batch_to_fill("3019BJ")
    people_on(rival, PEOPLE[1:3])
    insured_as(rival, AT_CODE)
    submitted_by_job(rival)
    people_on(batch, PEOPLE[:1])
    insured_as(batch, AT_CODE)
    unit_total(AT_CODE, 4)
    assert [(each["people"], each["ok"]) for each in validated(batch).ratios] == [(3, True)]


def test_v6_counts_nobody_twice_who_is_on_both_rosters(batch: BatchOf) -> None:
    rival = a_batch_to_fill("3019BJ")
    people_on(rival, PEOPLE[:2])
    insured_as(rival, AT_CODE)
    submitted_by_job(rival)
    people_on(batch, PEOPLE[1:3])
    insured_as(batch, AT_CODE)
    unit_total(AT_CODE, 4)
    assert [each["people"] for each in validated(batch).ratios] == [3]


def test_v6_does_not_count_people_without_social_insurance_elsewhere(batch: BatchOf) -> None:
    rival = a_batch_to_fill("3019BJ")
    people_on(rival, [replace(PEOPLE[1], has_si=False)])
    insured_as(rival, AT_CODE)
    submitted_by_job(rival)
    people_on(batch, PEOPLE[:1])
    insured_as(batch, AT_CODE)
    unit_total(AT_CODE, 2)
    assert [(each["people"], each["ok"]) for each in validated(batch).ratios] == [(1, False)]


def test_v6_is_shown_and_not_judged_of_an_exempt_batch(batch: BatchOf) -> None:
    people_on(batch, PEOPLE[:1])
    insured_as(batch, AT_CODE)
    unit_total(AT_CODE, 5)
    batch_has(batch, ratio_exempt=True)
    report = validated(batch)
    assert (report.found, [(each["people"], each["ok"]) for each in report.ratios]) == ([], [(1, None)])


@pytest.mark.parametrize("total", [None, 0], ids=["unknown", "nought"])
def test_v6_a_code_without_a_total_is_a_notice_that_refuses_nothing(batch: BatchOf, total: int | None) -> None:
    people_on(batch, PEOPLE[:1])
    insured_as(batch, AT_CODE)
    if total is not None:
        unit_total(AT_CODE, total)
    report = validated(batch)
    assert (report.passed, report.found) == (True, [("V6", "VAL-010", None)])


def test_v6_counts_people_over_age_with_a_promise(batch: BatchOf) -> None:
    id_no = resident_id(LAST_OLD_MAN, Sex.MALE)
    people_on(batch, [a_person(name="老王", birth=LAST_OLD_MAN, sex=Sex.MALE, id_no=id_no)])
    insured_as(batch, AT_CODE)
    unit_total(AT_CODE, 1)
    assert [each["people"] for each in validated(batch).ratios] == [1]
