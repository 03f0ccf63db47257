"""清册校验: each check finds what it is there for, up to its boundary, and nothing else (DOMAIN 8.1)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.engine import Engine

from config.clock import SHANGHAI
from models.queries.validation import judge, malformed_people
from models.records.batch import Batch
from models.records.database import reading
from models.records.plan_year import plan_of
from models.rules.lifecycle import BatchState
from models.rules.person import EmploymentStatus, Person, Sex
from models.rules.plan import EnrolmentType
from tests.builders import a_person, resident_id
from tests.checks import batch_has, insured_as, register_says, unit_total, validated
from tests.imports import a_rival_with, another_batch
from tests.people import a_passport, known_to_the_register
from tests.records import IN_THE_INSTANT_WINDOW, BatchOf, a_batch_to_fill, people_on
from tests.statements import statements

PEOPLE = [a_person(name=name, id_no=resident_id(sequence=number)) for number, name in enumerate("甲乙丙丁戊")]
LAST_OLD_MAN, FIRST_YOUNG_MAN = date(1960, 4, 1), date(1960, 4, 2)
LAST_OLD_WOMAN, FIRST_YOUNG_WOMAN = date(1965, 4, 1), date(1965, 4, 2)
LAST_CHILD, FIRST_GROWN_UP = date(2004, 4, 2), date(2004, 4, 1)
AT_CODE = "31018801"


def born(birth: date, sex: Sex = Sex.MALE, **changes: object) -> Person:
    return a_person(name="老王", birth=birth, sex=sex, id_no=resident_id(birth, sex), **changes)


@pytest.fixture
def batch(database: str) -> BatchOf:
    """An empty central batch in its window."""
    return a_batch_to_fill()


def test_v1_an_empty_roster_fails_and_nothing_else_is_said(batch: BatchOf) -> None:
    assert validated(batch).found == [("V1", "VAL-001", None)]


def test_v1_one_person_is_a_roster(batch: BatchOf) -> None:
    people_on(batch, PEOPLE[:1])
    report = validated(batch)
    assert (report.passed, report.blocking) == (True, [])


@pytest.mark.parametrize(
    ("birth", "found"),
    [(LAST_CHILD, [("V2", "ROW-016", "老王")]), (FIRST_GROWN_UP, [])],
    ids=["the last child", "the first grown-up"],
)
def test_v2_whoever_is_under_age_when_cover_starts_is_not_well_formed(
    batch: BatchOf, birth: date, found: list[object]
) -> None:
    people_on(batch, [born(birth)])
    assert validated(batch).blocking == found


def test_v2_names_everybody_whose_data_no_longer_pass_with_every_reason(batch: BatchOf) -> None:
    people_on(batch, [PEOPLE[0], replace(PEOPLE[1], mobile="12"), replace(born(LAST_CHILD), mobile="13")])
    assert validated(batch).blocking == [("V2", "ROW-010", "乙"), ("V2", "ROW-016", "老王"), ("V2", "ROW-010", "老王")]


def test_v2_says_how_many_it_has_looked_at(batch: BatchOf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("models.queries.validation.CHUNK", 2)
    people_on(batch, [*PEOPLE[:4], replace(PEOPLE[4], mobile="12")])
    told: list[int] = []
    with reading() as session:
        record = session.get_one(Batch, batch.batch_id)
        plan = plan_of(session, record.plan_year)
        found = malformed_people(session, record, plan, batch.now.date(), told.append)
    assert ([finding.code for finding in found], told) == (["ROW-010"], [2, 4])


def test_v3_whoever_is_retired_stands_in_the_way(batch: BatchOf) -> None:
    known_to_the_register(PEOPLE[0], EmploymentStatus.RETIRED)
    known_to_the_register(PEOPLE[1], EmploymentStatus.IN_SERVICE)
    people_on(batch, PEOPLE[:2])
    insured_as(batch, AT_CODE)
    assert [each for each in validated(batch).found if each[0] == "V3"] == [("V3", "RST-005", "甲")]


@pytest.mark.parametrize(
    ("person", "found"),
    [
        (born(LAST_OLD_MAN), [("V4", "VAL-002", "老王")]),
        (born(FIRST_YOUNG_MAN), []),
        (born(LAST_OLD_WOMAN, Sex.FEMALE), [("V4", "VAL-002", "老王")]),
        (born(FIRST_YOUNG_WOMAN, Sex.FEMALE), []),
    ],
    ids=["the last old man", "the first young man", "the last old woman", "the first young woman"],
)
def test_v4_people_over_age_need_a_promise(batch: BatchOf, person: Person, found: list[object]) -> None:
    people_on(batch, [person])
    assert validated(batch).blocking == found


@pytest.mark.parametrize(
    ("person", "found"),
    [(born(LAST_OLD_MAN, has_si=False), [("V5", "VAL-005", "老王")]), (born(FIRST_YOUNG_MAN, has_si=False), [])],
    ids=["the last old man", "the first young man"],
)
def test_v5_people_over_age_without_social_insurance_are_not_insured(
    batch: BatchOf, person: Person, found: list[object]
) -> None:
    people_on(batch, [person])
    assert validated(batch).blocking == found


def test_ages_of_an_instant_batch_are_judged_on_the_day_after_the_receipt(batch: BatchOf) -> None:
    """Born on 2 July 1960: sixty on the first day of a cover that was asked for on 1 July."""
    instant = another_batch(batch.viewer, "0088D2", EnrolmentType.INSTANT, now=IN_THE_INSTANT_WINDOW)
    people_on(instant, [born(date(1960, 7, 2)), replace(born(date(1960, 7, 3)), name="小王")])
    assert validated(instant).blocking == [("V4", "VAL-002", "老王")]


def test_v7_names_everybody_whom_another_unit_has_and_claims_nobody(batch: BatchOf) -> None:
    a_rival_with(PEOPLE[1:3])
    people_on(batch, PEOPLE)
    report = validated(batch)
    assert report.blocking == [("V7", "REG-001", "乙"), ("V7", "REG-001", "丙")]
    assert {values["unit"] for values in report.values if "unit" in values} == {"上海第3019BJ号机械有限公司"}


def test_v7_a_roster_that_is_not_submitted_is_in_nobodys_way(batch: BatchOf) -> None:
    rival = a_batch_to_fill("3019BJ")
    people_on(rival, PEOPLE)
    validated(rival)
    people_on(batch, PEOPLE)
    assert validated(batch).blocking == []


def test_v8_a_renewed_passport_is_a_notice_that_refuses_nothing(batch: BatchOf) -> None:
    a_rival_with([a_passport(id_no="H801213601X")])
    people_on(batch, [a_passport()])
    report = validated(batch)
    assert (report.passed, report.blocking) == (True, [("V8", "REG-005", "王豆")])


@pytest.mark.parametrize(
    "other",
    [{"name": "王豆豆"}, {"birth": date(1998, 12, 10)}, {"sex": Sex.FEMALE}],
    ids=["name", "birth", "sex"],
)
def test_v8_somebody_of_another_name_birth_or_sex_is_somebody_else(batch: BatchOf, other: dict[str, object]) -> None:
    a_rival_with([a_passport(id_no="H801213601X", **other)])
    people_on(batch, [a_passport()])
    assert validated(batch).blocking == []


def test_v8_two_passports_on_one_roster_are_two_people(batch: BatchOf) -> None:
    people_on(batch, [a_passport(), a_passport(id_no="H801213601X")])
    assert validated(batch).blocking == []


def test_v8_resident_people_are_not_looked_for(batch: BatchOf) -> None:
    a_rival_with([replace(PEOPLE[0], id_no=resident_id(sequence=77))])
    people_on(batch, PEOPLE[:1])
    assert validated(batch).blocking == []


def test_v9_people_without_a_code_are_counted_and_refuse_nothing(batch: BatchOf) -> None:
    people_on(batch, PEOPLE[:3])
    insured_as(batch, AT_CODE, "丙")
    unit_total(AT_CODE, 1)
    report = validated(batch)
    assert (report.passed, report.found, report.values) == (True, [("V9", "VAL-009", None)], [{"n": 2}])


def test_v9_is_not_said_where_everybody_has_a_code(batch: BatchOf) -> None:
    people_on(batch, PEOPLE[:3])
    insured_as(batch, AT_CODE)
    unit_total(AT_CODE, 3)
    assert validated(batch).found == []


@pytest.mark.parametrize(
    ("projects", "found"),
    [(["A0"], [("V10", "PRJ-011", "乙")]), (["A0", "B0"], []), (None, [])],
    ids=["A0 alone", "B0 as well", "no central enrolment"],
)
def test_v10_nobody_is_left_without_a_basic_by_what_the_central_enrolment_fixed(
    batch: BatchOf, projects: list[str] | None, found: list[object]
) -> None:
    if projects is not None:
        batch_has(batch, state=BatchState.ENROLLED, projects=projects)
    instant = another_batch(batch.viewer, "0088D2", EnrolmentType.INSTANT, now=IN_THE_INSTANT_WINDOW)
    people_on(instant, [PEOPLE[0], replace(PEOPLE[1], has_si=False)])
    assert validated(instant).blocking == found


def test_v10_is_not_asked_of_a_central_batch(batch: BatchOf) -> None:
    people_on(batch, [replace(PEOPLE[0], has_si=False)])
    assert validated(batch).blocking == []


def test_everything_that_is_wrong_is_found_in_one_pass(batch: BatchOf) -> None:
    a_rival_with(PEOPLE[:1])
    register_says(PEOPLE[1], EmploymentStatus.RETIRED, AT_CODE)
    people_on(batch, [*PEOPLE[:2], born(LAST_OLD_MAN), replace(PEOPLE[2], mobile="12")])
    insured_as(batch, AT_CODE, "丙")
    unit_total(AT_CODE, 10)
    checks = [check for check, _, _ in validated(batch).found]
    assert checks == ["V2", "V3", "V4", "V6", "V7", "V9"]


def test_a_roster_of_many_is_judged_in_as_many_statements_as_one_of_few(batch: BatchOf) -> None:
    rival = a_rival_with(PEOPLE[:2])
    few, many = batch, a_batch_to_fill("0088D4")
    people_on(few, PEOPLE[:3])
    people_on(many, [a_person(name="众", id_no=resident_id(sequence=number)) for number in range(60)])
    for code, number in (("31018801", few), ("31018802", many), ("31018803", rival)):
        insured_as(number, code)
    with statements() as of_few:
        _judged(few)
    with statements() as of_many:
        _judged(many)
    assert len(of_many) == len(of_few) == 12  # with batch and plan year


def _judged(batch: BatchOf) -> None:
    with reading() as session:
        record = session.get_one(Batch, batch.batch_id)
        judge(session, record, plan_of(session, record.plan_year), date(2020, 4, 1))


def test_a_report_replaces_the_one_before(batch: BatchOf) -> None:
    people_on(batch, [born(LAST_OLD_MAN)])
    assert not validated(batch).passed
    batch_has(batch, roster_version=7)
    report = validated(batch, now=datetime(2020, 4, 21, 9, 0, tzinfo=SHANGHAI))
    assert (report.roster_version, report.blocking) == (7, [("V4", "VAL-002", "老王")])


def test_v8_finds_others_by_the_index_of_passports_however_many_people_there_are(sqlite: None) -> None:
    """Without it each passport was compared with everybody who is enrolled."""
    batch = a_batch_to_fill()
    people_on(batch, [a_passport()])
    asked: list[tuple[str, Any]] = []
    event.listen(Engine, "before_cursor_execute", note := lambda _c, _u, said, values, *_: asked.append((said, values)))
    try:
        _judged(batch)
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    ((statement, values),) = (each for each in asked if "AS enrolled" in each[0])
    with reading() as session:
        plan = session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values).all()
    assert any("ix_batch_person_passport" in step.detail for step in plan), plan
