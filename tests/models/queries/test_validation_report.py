"""The last report of a roster as its page needs it, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from models.actions.promise import promise
from models.actions.queue_check import queue_validation
from models.actions.remove_people import remove_people
from models.actions.set_in_service import set_in_service
from models.queries.validation_lines import notices, people_found, people_of_code, people_over_age
from models.queries.validation_report import OverAge, ReportSeen, Tab, job_at_work, report_seen
from models.records.batch import Batch
from models.records.database import reading, writing
from models.records.plan_year import plan_of
from models.records.reference import SiUnit
from models.rules.person import EmploymentStatus, Person, Sex
from tasks.queues import people_queue
from tasks.roster_check import validate
from tests.builders import a_person, resident_id
from tests.imports import a_rival_with, the_batch
from tests.people import SI_UNIT_CODE, a_passport, known_to_the_register, stored_people
from tests.records import BatchOf, a_batch_to_fill, an_upload, people_on
from tests.statements import statements

TODAY = date(2020, 4, 20)
SIXTY, FIFTY_NINE = date(1960, 4, 1), date(1960, 4, 2)


def a_man(name: str, birth: date, sequence: int = 1, *, has_si: bool = True) -> Person:
    """Somebody over age on 1 April 2020 if born by `SIXTY`."""
    return a_person(name=name, birth=birth, sex=Sex.MALE, id_no=resident_id(birth, Sex.MALE, sequence), has_si=has_si)


OLD, OLDER, UNKNOWN, YOUNG = (
    a_man("老甲", SIXTY),
    a_man("老乙", SIXTY, 2),
    a_man("老丙", SIXTY, 3, has_si=False),
    a_man("小丁", FIFTY_NINE),
)


@pytest.fixture
def batch(database: str, silent_doorbell: None) -> BatchOf:
    """An empty central batch in its window."""
    return a_batch_to_fill()


def check(batch: BatchOf) -> None:
    """清册校验, with the worker's part."""
    with writing() as session:
        job_id = queue_validation(session, batch.viewer, batch.batch_no, batch.now, people_queue).id
    validate(job_id)


def seen(batch: BatchOf) -> ReportSeen:
    with reading() as session:
        stored = session.get_one(Batch, batch.batch_id)
        return report_seen(session, stored, plan_of(session, "2020"), TODAY)


def over_age(batch: BatchOf, *, page: int = 1, size: int = 50) -> list[str]:
    with reading() as session:
        stored, plan = session.get_one(Batch, batch.batch_id), plan_of(session, "2020")
        return [found.person.name for found in people_over_age(session, stored, plan, TODAY, page=page, size=size)]


def of_tab(batch: BatchOf, tab: Tab) -> list[tuple[str, str, bool]]:
    with reading() as session:
        stored, plan = session.get_one(Batch, batch.batch_id), plan_of(session, "2020")
        found = people_found(session, stored, plan, tab, TODAY)
        return [(each.person.name, each.code, each.changed) for each in found]


def id_of(batch: BatchOf, person: Person) -> int:
    return next(stored.id for stored in stored_people(batch) if stored.name == person.name)


def promise_of(batch: BatchOf, person: Person) -> None:
    with writing() as session:
        promise(session, batch.viewer, batch.batch_no, id_of(batch, person), True, batch.now)


def test_before_any_check_there_is_no_report_and_nothing_runs(batch: BatchOf) -> None:
    people_on(batch, [YOUNG])
    now = seen(batch)
    assert (now.report, now.fresh, now.running, now.broken, now.people) == (None, False, False, False, 1)


def test_a_queued_check_runs_until_it_has_been_done(batch: BatchOf) -> None:
    people_on(batch, [YOUNG])
    with writing() as session:
        job_id = queue_validation(session, batch.viewer, batch.batch_no, batch.now, people_queue).id
    assert seen(batch).running
    validate(job_id)
    assert (seen(batch).running, seen(batch).fresh) == (False, True)


def test_people_over_age_are_counted_by_what_is_still_to_be_done(batch: BatchOf) -> None:
    people_on(batch, [YOUNG, OLD, OLDER, UNKNOWN])
    promise_of(batch, OLD)
    check(batch)
    assert seen(batch).over_age == OverAge(people=3, promised=1, to_confirm=0, unpromised=1, without_si=1)
    assert seen(batch).over_age.open == 2


def test_a_promise_from_before_the_last_withdrawal_is_to_be_confirmed(batch: BatchOf) -> None:
    people_on(batch, [OLD, OLDER])
    promise_of(batch, OLD)
    with writing() as session:
        session.get_one(Batch, batch.batch_id).withdrawn_at = batch.now + timedelta(seconds=1)
    assert seen(batch).over_age == OverAge(people=2, promised=1, to_confirm=1, unpromised=1, without_si=0)


def test_with_the_roster_submitted_again_no_promise_is_left_to_be_confirmed(batch: BatchOf) -> None:
    people_on(batch, [OLD])
    promise_of(batch, OLD)
    with writing() as session:
        stored = session.get_one(Batch, batch.batch_id)
        stored.withdrawn_at = batch.now + timedelta(seconds=1)
        stored.submitted_at = batch.now + timedelta(seconds=2)
    assert seen(batch).over_age == OverAge(people=1, promised=1, to_confirm=0, unpromised=0, without_si=0)


def test_whom_the_check_named_stands_first_and_stays_there_after_the_promise(batch: BatchOf) -> None:
    people_on(batch, [OLD, OLDER, UNKNOWN])
    promise_of(batch, OLD)
    check(batch)
    promise_of(batch, OLDER)
    assert over_age(batch) == ["老乙", "老丙", "老甲"]
    assert (over_age(batch, page=1, size=2), over_age(batch, page=2, size=2)) == (["老乙", "老丙"], ["老甲"])


def test_whoever_was_removed_since_is_neither_counted_nor_listed_and_the_report_is_stale(batch: BatchOf) -> None:
    retired = [a_man("退甲", FIFTY_NINE, 11), a_man("退乙", FIFTY_NINE, 12)]
    people_on(batch, [YOUNG, *retired])
    for person in retired:
        known_to_the_register(person, EmploymentStatus.RETIRED)
    check(batch)
    assert (seen(batch).count(Tab.RETIRED), seen(batch).fresh) == (2, True)
    with writing() as session:
        remove_people(session, batch.viewer, batch.batch_no, [id_of(batch, retired[0])], batch.now)
    assert (seen(batch).count(Tab.RETIRED), seen(batch).fresh) == (1, False)
    assert of_tab(batch, Tab.RETIRED) == [("退乙", "RST-005", False)]


def test_somebody_changed_by_hand_since_the_check_is_marked(batch: BatchOf) -> None:
    taken = a_passport()
    a_rival_with([replace(taken, has_si=True)])
    people_on(batch, [taken])
    check(batch)
    assert of_tab(batch, Tab.OCCUPIED) == [("王豆", "REG-001", False)]
    with writing() as session:
        set_in_service(session, batch.viewer, batch.batch_no, [id_of(batch, taken)], batch.now)
    assert of_tab(batch, Tab.OCCUPIED) == [("王豆", "REG-001", True)]


def test_ratios_that_fail_stand_first_and_each_has_its_people(batch: BatchOf) -> None:
    people_on(batch, [YOUNG, a_man("戊", FIFTY_NINE, 21, has_si=False)])
    known_to_the_register(YOUNG, EmploymentStatus.IN_SERVICE)
    with writing() as session:
        session.add(SiUnit(si_unit_code=SI_UNIT_CODE, in_service_total=2, as_of=TODAY))
    check(batch)
    line = seen(batch).ratios[0]
    assert (line.si_unit_code, line.people, line.total, line.need, line.ok) == (SI_UNIT_CODE, 1, 2, 2, False)
    with reading() as session:
        stored, plan = session.get_one(Batch, batch.batch_id), plan_of(session, "2020")
        people, number, counted = people_of_code(session, stored, plan, SI_UNIT_CODE, TODAY)
    assert ([found.person.name for found in people], number, counted) == (["小丁"], 1, 1)


def test_notices_tell_of_people_without_a_code_once_for_all(batch: BatchOf) -> None:
    people_on(batch, [YOUNG, OLD])
    check(batch)
    assert (seen(batch).notices_people, seen(batch).count(Tab.NOTICES)) == (2, 1)
    with reading() as session:
        told = notices(session, session.get_one(Batch, batch.batch_id))
    assert [(notice.code, notice.values, notice.person) for notice in told] == [("VAL-009", {"n": 2}, None)]


def test_the_job_at_work_is_named_with_its_import(batch: BatchOf) -> None:
    assert at_work(batch) is None
    upload = an_upload(batch)
    assert at_work(batch) == upload.import_id


def at_work(batch: BatchOf) -> int | None:
    with reading() as session:
        busy = job_at_work(session, the_batch(batch))
        return busy.import_id if busy else None


def test_a_report_of_any_size_is_read_by_the_same_statements(batch: BatchOf) -> None:
    people_on(batch, [OLD])
    check(batch)
    few = statements_of(batch)
    people_on(batch, [a_man(f"老{number}", SIXTY, number) for number in range(10, 80)])
    check(batch)
    assert statements_of(batch) == few
    assert few == (5, 3)


def statements_of(batch: BatchOf) -> tuple[int, int]:
    """Of the report, and of a page of people over age."""
    with reading() as session:
        stored, plan = session.get_one(Batch, batch.batch_id), plan_of(session, "2020")
        with statements() as report:
            report_seen(session, stored, plan, TODAY)
    with reading() as session:
        stored = session.get_one(Batch, batch.batch_id)
        with statements() as page:
            people_over_age(session, stored, plan, TODAY)
    return len(report), len(page)
