"""医保享受在职待遇: for whom it may be promised, and how long a promise lasts (DOMAIN 8.3, T06)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from config.clock import SHANGHAI
from models.actions.edit_person import edit_person
from models.actions.promise import promise
from models.actions.remove_people import remove_people
from models.actions.set_in_service import set_in_service
from models.records.database import writing
from models.records.person import BatchPerson
from models.rules.lifecycle import ROSTER_EDITABLE, BatchState
from models.rules.permissions import Role
from models.rules.person import EmploymentStatus, Sex
from tests.builders import a_person, resident_id
from tests.checks import (
    asked_to_submit,
    asked_to_validate,
    batch_has,
    register_says,
    submitted_by_job,
    the_report,
    validated,
)
from tests.imports import an_import, the_batch, typed, undone
from tests.people import a_passport, audited, somebody_of, stored_people
from tests.records import BatchOf, a_batch_to_fill, an_upload, people_on
from tests.refusals import refused

BIRTH = date(1950, 1, 1)
OLD = a_person(name="老王", birth=BIRTH, id_no=resident_id(BIRTH))
OLD_FOREIGNER = a_passport(name="王翁", birth=BIRTH, has_si=True)
YOUNG = a_person(name="甲")
FIRST_YOUNG_MAN, LAST_OLD_MAN = date(1960, 4, 2), date(1960, 4, 1)


@pytest.fixture
def batch(database: str) -> BatchOf:
    """A central batch with three people in service: two over age, one of them with a passport, and 甲."""
    batch = a_batch_to_fill()
    people_on(batch, [OLD, OLD_FOREIGNER, YOUNG])
    return batch


def named(batch: BatchOf, name: str) -> BatchPerson:
    (person,) = (person for person in stored_people(batch) if person.name == name)
    return person


def tick(
    batch: BatchOf,
    name: str = "老王",
    promised: bool = True,
    *,
    now: datetime | None = None,
    version: int | None = None,
    person_id: int | None = None,
) -> None:
    whom = person_id or named(batch, name).id
    with writing() as session:
        promise(session, batch.viewer, batch.batch_no, whom, promised, now or batch.now, version=version)


def promised(batch: BatchOf) -> list[str]:
    """Who is promised for; nobody has a part of a promise alone."""
    people = stored_people(batch)
    for person in people:
        parts = {person.promised_at is None, person.promised_by is None, person.promise_version is None}
        assert len(parts) == 1, person.name
    return [person.name for person in people if person.promised_at is not None]


def test_a_promise_says_who_gave_it_when_and_in_which_words(batch: BatchOf) -> None:
    tick(batch)
    person = named(batch, "老王")
    assert (person.promised_at, person.promised_by, person.promise_version) == (
        batch.now,
        batch.viewer.account_id,
        "2020-1",
    )


def test_a_promise_is_written_down(batch: BatchOf) -> None:
    tick(batch)
    tick(batch, promised=False)
    assert [(entry.details["name"], entry.details["promised"]) for entry in audited("promise")] == [
        ("老王", True),
        ("老王", False),
    ]


@pytest.mark.parametrize("state", sorted(ROSTER_EDITABLE))
def test_a_promise_leaves_the_roster_and_its_state_as_they_are(batch: BatchOf, state: BatchState) -> None:
    batch_has(batch, state=state)
    before = the_batch(batch)
    tick(batch)
    after = the_batch(batch)
    assert (after.state, after.roster_version, after.version) == (state, before.roster_version, before.version + 1)


def test_a_report_stays_fresh_while_promises_are_ticked(batch: BatchOf) -> None:
    version = validated(batch).roster_version
    tick(batch)
    assert the_batch(batch).roster_version == version


def test_all_over_age_people_must_be_promised_for(batch: BatchOf) -> None:
    tick(batch)
    assert submitted_by_job(batch).blocking == [("V4", "VAL-002", "王翁")]
    tick(batch, "王翁")
    assert submitted_by_job(batch).passed


def test_a_promise_that_is_taken_back_is_missing_again(batch: BatchOf) -> None:
    tick(batch)
    tick(batch, promised=False)
    assert promised(batch) == []
    assert ("V4", "VAL-002", "老王") in validated(batch).found


def test_a_promise_that_is_given_again_is_of_now(batch: BatchOf) -> None:
    tick(batch)
    later = batch.now + timedelta(days=1)
    tick(batch, now=later)
    assert named(batch, "老王").promised_at == later


@pytest.mark.parametrize(
    ("birth", "takes"),
    [(LAST_OLD_MAN, True), (FIRST_YOUNG_MAN, False)],
    ids=["the last old man", "the first young man"],
)
def test_only_people_over_age_are_promised_for(batch: BatchOf, birth: date, takes: bool) -> None:
    people_on(batch, [a_person(name="老李", birth=birth, id_no=resident_id(birth))])
    if takes:
        tick(batch, "老李")
    else:
        with refused("SYS-003", field="医保享受在职待遇"):
            tick(batch, "老李")
    assert promised(batch) == (["老李"] if takes else [])


def test_somebody_without_social_insurance_must_be_set_in_service_first(batch: BatchOf) -> None:
    people_on(batch, [a_passport(name="王媪", birth=BIRTH, id_no="E7654321", sex=Sex.FEMALE)])
    with refused("VAL-005", name="王媪"):
        tick(batch, "王媪")
    with writing() as session:
        set_in_service(session, batch.viewer, batch.batch_no, [named(batch, "王媪").id], batch.now)
    tick(batch, "王媪")
    assert promised(batch) == ["王媪"]


def test_nobody_retired_is_promised_for(batch: BatchOf) -> None:
    register_says(OLD, EmploymentStatus.RETIRED)
    validated(batch)
    with refused("RST-005"):
        tick(batch)


def test_taking_back_is_never_refused_for_what_the_person_is(batch: BatchOf) -> None:
    tick(batch, "甲", promised=False)
    assert promised(batch) == []


def test_a_promise_is_kept_when_others_change(batch: BatchOf) -> None:
    tick(batch)
    an_import(batch, [typed(a_person(name="乙", id_no=resident_id(sequence=8)))])
    with writing() as session:
        remove_people(session, batch.viewer, batch.batch_no, [named(batch, "甲").id], batch.now)
    validated(batch)
    assert promised(batch) == ["老王"]


def test_an_edit_drops_the_promise(batch: BatchOf) -> None:
    tick(batch, "王翁")
    edited(batch, name="王翁翁")
    assert promised(batch) == []


def test_an_edit_that_changes_nothing_drops_nothing(batch: BatchOf) -> None:
    tick(batch, "王翁")
    edited(batch, name="王翁")
    assert promised(batch) == ["王翁"]


def edited(batch: BatchOf, **cells: str) -> None:
    with writing() as session:
        edit_person(session, batch.viewer, batch.batch_no, named(batch, "王翁").id, cells, batch.now)


@pytest.mark.parametrize(
    ("change", "left"),
    [({"has_si": False}, ["王翁"]), ({"mobile": "13900000000"}, ["老王", "王翁"]), ({}, ["老王", "王翁"])],
    ids=["without social insurance", "another mobile", "nothing new"],
)
def test_an_import_drops_the_promise_of_whoever_it_makes_uninsured(
    batch: BatchOf, change: dict[str, object], left: list[str]
) -> None:
    tick(batch)
    tick(batch, "王翁")
    an_import(batch, [typed(replace(OLD, **change))])  # type: ignore[arg-type]  # the names are Person's own
    assert promised(batch) == left


def test_an_import_that_makes_the_person_insured_again_promises_nothing(batch: BatchOf) -> None:
    tick(batch)
    an_import(batch, [typed(replace(OLD, has_si=False))])
    an_import(batch, [typed(OLD)])
    assert (named(batch, "老王").has_si, promised(batch)) == (True, [])


def test_an_undo_that_makes_the_person_uninsured_drops_the_promise(batch: BatchOf) -> None:
    an_import(batch, [typed(replace(OLD, has_si=False))])
    insured = an_import(batch, [typed(OLD)])
    tick(batch)
    undone(batch, insured)
    assert (named(batch, "老王").has_si, promised(batch)) == (False, [])


def test_the_promise_of_somebody_removed_is_not_there_when_they_come_again(batch: BatchOf) -> None:
    tick(batch)
    with writing() as session:
        remove_people(session, batch.viewer, batch.batch_no, [named(batch, "老王").id], batch.now)
    people_on(batch, [OLD])
    assert promised(batch) == []


def test_a_promise_from_before_a_withdrawal_counts(batch: BatchOf) -> None:
    tick(batch)
    tick(batch, "王翁")
    batch_has(batch, withdrawn_at=batch.now + timedelta(hours=1))
    assert submitted_by_job(batch, now=batch.now + timedelta(hours=2)).passed


def test_while_an_import_waits_nothing_is_promised(batch: BatchOf) -> None:
    an_upload(batch)
    with refused("BAT-007", job="清册导入"):
        tick(batch)


@pytest.mark.parametrize(
    ("asked", "job"), [(asked_to_validate, "清册校验"), (asked_to_submit, "清册提交")], ids=["validate", "submit"]
)
def test_while_the_roster_is_checked_nothing_is_promised(batch: BatchOf, asked: object, job: str) -> None:
    asked(batch)  # type: ignore[operator]  # one of two functions
    with refused("BAT-007", job=job):
        tick(batch)


def test_a_stale_version_is_refused(batch: BatchOf) -> None:
    with refused("BAT-004"):
        tick(batch, version=the_batch(batch).version + 1)


def test_after_the_window_nothing_is_promised(batch: BatchOf) -> None:
    with refused("WIN-002"):
        tick(batch, now=datetime(2020, 5, 11, 17, 0, tzinfo=SHANGHAI))


def test_a_submitted_roster_is_left_alone(batch: BatchOf) -> None:
    tick(batch)
    tick(batch, "王翁")
    submitted_by_job(batch)
    with refused("BAT-002", action="医保享受在职待遇"):
        tick(batch, promised=False)
    assert the_report(batch).passed


def test_nobody_of_another_roster_is_promised_for(batch: BatchOf) -> None:
    other = a_batch_to_fill("3019BJ")
    people_on(other, [a_person(name="老李", birth=BIRTH, id_no=resident_id(BIRTH, sequence=9))])
    with refused("BAT-005"):
        tick(batch, person_id=named(other, "老李").id)
    with refused("BAT-005"):
        tick(replace(other, viewer=batch.viewer), "老李")


def test_only_handlers_promise(batch: BatchOf) -> None:
    with refused("AUTH-006"):
        tick(replace(batch, viewer=somebody_of(Role.REVIEWER, batch)))
