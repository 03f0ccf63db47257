"""The annual register is no means to look up strangers: its answers to one account are counted (DOMAIN 9.3)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import update

from models.actions.add_person import Added, add_person
from models.actions.edit_person import edit_person
from models.actions.operate_jobs import cancel_job
from models.actions.slow_look_ups import PEOPLE, PEOPLE_UNREAD, TIMES, UNREAD_SECONDS, WINDOW
from models.records.audit import record_audit
from models.records.database import writing
from models.records.roster_import import RosterImport
from models.rules.findings import Outcome
from models.rules.person import Person
from models.rules.refusal import TooOften
from models.rules.roster import as_typed
from tasks.roster_import import job as import_job
from tasks.roster_import.job import import_roster
from tests.builders import a_person, resident_id
from tests.corrections import counts, wrong
from tests.imports import Imported, a_rival_with, an_import, another_batch, corrected, typed
from tests.people import a_passport, stored_people
from tests.records import BatchOf, a_batch_to_fill, an_upload, people_on
from tests.workbooks import a_workbook

TAKEN = a_person(name="李雷", id_no=resident_id(sequence=1))
OTHERS = [a_person(name="韩梅梅", id_no=resident_id(sequence=number)) for number in range(2, 4)]


@pytest.fixture
def batch(database: str) -> BatchOf:
    """An empty batch; another unit has enrolled 李雷 and two more."""
    a_rival_with([TAKEN, *OTHERS])
    return a_batch_to_fill()


def add(batch: BatchOf, person: Person = TAKEN, *, now: datetime | None = None) -> Added:
    with writing() as session:
        return add_person(session, batch.viewer, batch.batch_no, as_typed(person), now or batch.now)


def check(batch: BatchOf, people: Sequence[Person]) -> Imported:
    return an_import(batch, [typed(person) for person in people], check_only=True)


def answered(batch: BatchOf, times: int, *, ago: timedelta = timedelta(hours=1)) -> None:
    """The register has told the account so often that somebody is occupied."""
    with writing() as session:
        for _ in range(times):
            who = {"account_id": batch.viewer.account_id, "batch_id": batch.batch_id}
            record_audit(session, at=batch.now - ago, action="add_person", register_answers=1, **who)


def occupied_in(done: Imported, rows: int) -> None:
    """As if so many rows of this import had been occupied."""
    with writing() as session:
        told = update(RosterImport).where(RosterImport.id == done.upload.id)
        session.execute(told.values(register_answers=rows))


def test_after_a_days_answers_by_hand_nobody_more_is_looked_up_until_the_first_is_a_day_old(batch: BatchOf) -> None:
    add(batch)
    later = batch.now + timedelta(minutes=30)
    answers = [add(batch, now=later).outcome for _ in range(TIMES - 1)]
    assert set(answers) == {Outcome.OCCUPIED}
    with pytest.raises(TooOften) as caught:
        add(batch, now=later)
    assert (caught.value.code, caught.value.seconds) == ("SYS-001", 23.5 * 60 * 60)
    assert add(batch, now=batch.now + WINDOW).outcome is Outcome.OCCUPIED


def test_people_whom_nobody_else_has_enrolled_are_added_without_end(batch: BatchOf) -> None:
    people = [a_person(id_no=resident_id(sequence=number)) for number in range(10, 11 + TIMES)]
    assert {add(batch, person).outcome for person in people} == {Outcome.ADDED}


def test_files_of_one_person_that_are_only_checked_are_no_way_around(batch: BatchOf) -> None:
    answered(batch, TIMES - 2)
    assert check(batch, [TAKEN]).counts == {"occupied": 1}
    assert add(batch).outcome is Outcome.OCCUPIED
    with pytest.raises(TooOften):
        an_upload(batch, check_only=True)
    with pytest.raises(TooOften):
        add(batch)


def test_a_whole_file_of_people_enrolled_elsewhere_may_be_checked_and_then_imported(batch: BatchOf) -> None:
    occupied_in(check(batch, [TAKEN]), 5000)
    done = an_import(batch, [typed(TAKEN)])
    occupied_in(done, 5000)
    assert done.counts == {"occupied": 1}
    with pytest.raises(TooOften):
        an_upload(batch)


@pytest.mark.parametrize("check_only", [False, True], ids=["import", "check"])
def test_each_row_that_meets_somebody_is_an_answer(batch: BatchOf, check_only: bool) -> None:
    met = [TAKEN, replace(OTHERS[0], name="另有其人")]
    rows = [typed(person) for person in [*met, a_person(id_no=resident_id(sequence=9))]]
    assert an_import(batch, rows, check_only=check_only).upload.register_answers == 2


def test_an_occupied_row_that_is_corrected_into_nonsense_still_counts(batch: BatchOf) -> None:
    done = an_import(batch, [typed(TAKEN)])
    answered(batch, TIMES - 2)
    corrected(batch, done, {2: wrong(TAKEN)})
    assert counts(done) == {"invalid": 1}
    answered(batch, 1)
    with pytest.raises(TooOften):
        add(batch)


def test_what_a_file_told_before_it_was_cancelled_counts(batch: BatchOf, monkeypatch: pytest.MonkeyPatch) -> None:
    receipt = an_upload(batch, a_workbook([typed(TAKEN)]))
    price = import_job.price

    def be_cancelled(*arguments: object) -> object:
        with writing() as session:
            cancel_job(session, receipt.job_id)
        return price(*arguments)  # type: ignore[arg-type]  # handed on as they come

    monkeypatch.setattr(import_job, "price", be_cancelled)
    import_roster(receipt.job_id)
    answered(batch, TIMES - 1)
    with pytest.raises(TooOften):
        add(batch)


def test_hundreds_of_occupied_rows_may_be_tried_again_and_again(batch: BatchOf) -> None:
    for attempt in range(10):
        occupied_in(check(batch, [TAKEN, *OTHERS[: attempt % 2]]), 900)
    assert an_import(batch, [typed(TAKEN)]).counts == {"occupied": 1}


def test_files_that_wait_count_before_they_are_read(batch: BatchOf) -> None:
    for number in range(PEOPLE // PEOPLE_UNREAD):
        an_upload(batch, b"PK%d" % number, check_only=True)
    with pytest.raises(TooOften) as caught:
        an_upload(batch, b"PK", check_only=True)
    assert caught.value.seconds == UNREAD_SECONDS


def test_the_same_file_once_more_is_answered_by_its_earlier_result(batch: BatchOf) -> None:
    receipt = an_upload(batch)
    answered(batch, TIMES)
    assert an_upload(batch) == replace(receipt, seen_before=True)


def test_corrections_that_meet_somebody_count_and_are_refused_like_additions(batch: BatchOf) -> None:
    mistyped = replace(TAKEN, mobile="12")
    done = an_import(batch, [typed(mistyped)])
    answered(batch, TIMES - 1)
    corrected(batch, done, {2: typed(TAKEN)})
    with pytest.raises(TooOften):
        corrected(batch, done, {2: typed(OTHERS[0])})


def test_a_new_passport_number_counts_since_the_roster_tells_whether_it_is_taken(batch: BatchOf) -> None:
    people_on(batch, [a_passport()])
    (person,) = stored_people(batch)
    answered(batch, TIMES - 1)

    def edit(**cells: str) -> Outcome:
        with writing() as session:
            return edit_person(session, batch.viewer, batch.batch_no, person.id, cells, batch.now).outcome

    assert edit(id_no="H7654321") is Outcome.UPDATED
    with pytest.raises(TooOften):
        edit(id_no="H7654322")
    assert edit(mobile="13800000001") is Outcome.UPDATED


def test_answers_count_for_the_account_on_all_its_batches_and_for_nobody_else(batch: BatchOf) -> None:
    answered(batch, TIMES)
    stranger = a_batch_to_fill("5550CN")
    assert add(stranger).outcome is Outcome.OCCUPIED
    with pytest.raises(TooOften):
        add(another_batch(batch.viewer, "0088D3", now=batch.now))


def test_answers_of_the_day_before_are_forgotten(batch: BatchOf) -> None:
    answered(batch, TIMES, ago=WINDOW)
    assert add(batch).outcome is Outcome.OCCUPIED
