"""清册校验 and 清册提交 as jobs: what they fix, that they have one effect, and whom they keep waiting."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import update

from config.clock import SHANGHAI
from models.actions.check_roster import submit_at_once
from models.actions.delete_batch import delete_batch
from models.actions.edit_person import edit_person
from models.actions.operate_jobs import retry_job
from models.actions.promise import promise
from models.actions.queue_check import queue_submission
from models.actions.remove_people import remove_people
from models.actions.set_in_service import set_in_service
from models.records.database import writing
from models.records.job import Job, JobState
from models.rules.lifecycle import BatchState
from tasks.queues import ROSTER_LARGE, ROSTER_SMALL, SMALL_ROSTER_PEOPLE, people_queue
from tasks.roster_check import submit, validate
from tasks.roster_import.job import import_roster
from tests.builders import a_person, resident_id
from tests.checks import (
    asked_to_submit,
    asked_to_validate,
    clock_shows,
    report_exists,
    submitted_by_job,
    the_job,
    the_report,
    ticked,
    validated,
)
from tests.claims import broken_claims, claims_of
from tests.imports import an_import, imported, the_batch, typed
from tests.people import a_passport, audited, stored_people
from tests.records import BatchOf, a_batch_to_fill, an_upload, people_on
from tests.refusals import refused
from tests.workbooks import a_workbook

PEOPLE = [a_person(name=name, id_no=resident_id(sequence=number)) for number, name in enumerate("甲乙丙")]
OLD = a_person(name="老王", birth=date(1950, 1, 1), id_no=resident_id(date(1950, 1, 1)))
CLOSES = datetime(2020, 5, 11, 17, 0, tzinfo=SHANGHAI)
A_SECOND_BEFORE = CLOSES - timedelta(seconds=1)
ASKED = {"validate": (asked_to_validate, validate), "submit": (asked_to_submit, submit)}


@pytest.fixture
def batch(database: str) -> BatchOf:
    """A central batch with three people in service."""
    batch = a_batch_to_fill()
    people_on(batch, PEOPLE)
    return batch


def test_a_check_leaves_a_good_roster_as_a_draft(batch: BatchOf) -> None:
    validated(batch)
    assert (the_batch(batch).state, claims_of(batch)) == (BatchState.ROSTER_DRAFT, set())


def test_a_check_of_a_failed_roster_that_is_good_now_makes_it_a_draft_again(batch: BatchOf) -> None:
    people_on(batch, [OLD])
    validated(batch)
    assert the_batch(batch).state == BatchState.ROSTER_FAILED
    ticked(batch, "老王")
    validated(batch)
    assert the_batch(batch).state == BatchState.ROSTER_DRAFT


def test_both_are_written_down_when_they_are_asked_for_and_when_they_end(batch: BatchOf) -> None:
    validated(replace(batch, viewer=replace(batch.viewer, ip="10.0.0.7")))
    submitted_by_job(batch)
    for action in ("ask_to_validate_roster", "validate_roster", "ask_to_submit_roster", "submit_roster"):
        (entry,) = audited(action)
        assert (entry.batch_id, entry.account_id, entry.details["people"]) == (
            batch.batch_id,
            batch.viewer.account_id,
            3,
        )
    assert [entry.ip for entry in audited("validate_roster")] == ["10.0.0.7"]


@pytest.mark.parametrize("kind", ASKED)
def test_a_job_that_is_delivered_twice_has_one_effect(batch: BatchOf, kind: str) -> None:
    ask, task = ASKED[kind]
    job_id = ask(batch)
    task(job_id)
    before = the_batch(batch)
    task(job_id)
    after = the_batch(batch)
    assert (after.version, after.state) == (before.version, before.state)
    assert len(audited(f"{kind}_roster")) == 1
    assert broken_claims() == []


@pytest.mark.parametrize("kind", ASKED)
def test_what_was_received_a_second_before_the_close_is_done_after_it(batch: BatchOf, kind: str) -> None:
    ask, task = ASKED[kind]
    job_id = ask(batch, now=A_SECOND_BEFORE)
    clock_shows(CLOSES + timedelta(hours=1))
    task(job_id)
    assert the_job(job_id).state == JobState.DONE
    assert the_report(batch).passed


@pytest.mark.parametrize("kind", ASKED)
def test_at_the_close_nothing_is_received(batch: BatchOf, kind: str) -> None:
    with refused("WIN-002"):
        ASKED[kind][0](batch, now=CLOSES)


@pytest.mark.parametrize("kind", ASKED)
def test_while_a_check_is_unfinished_the_roster_is_not_touched(batch: BatchOf, kind: str) -> None:
    people_on(batch, [a_passport()])
    ask, _ = ASKED[kind]
    ask(batch)
    *_, foreigner = stored_people(batch)
    who, no, now = batch.viewer, batch.batch_no, batch.now
    name = {"validate": "清册校验", "submit": "清册提交"}[kind]
    with writing() as session:
        for act in (
            lambda: edit_person(session, who, no, foreigner.id, {"name": "王豆豆"}, now),
            lambda: set_in_service(session, who, no, [foreigner.id], now),
            lambda: remove_people(session, who, no, [foreigner.id], now),
            lambda: promise(session, who, no, foreigner.id, True, now),
            lambda: delete_batch(session, who, no, now),
            lambda: submit_at_once(session, who, no, now),
            lambda: queue_submission(session, who, no, "2020-1", now, people_queue),
        ):
            with refused("BAT-007", job=name):
                act()


def test_an_upload_meanwhile_takes_its_turn(batch: BatchOf) -> None:
    """Further uploads queue (DOMAIN 3.3); after a good submission the file is refused."""
    job_id = asked_to_submit(batch)
    upload = an_upload(batch, a_workbook([typed(OLD)]))
    import_roster(upload.job_id)
    assert the_job(upload.job_id).state == JobState.QUEUED
    submit(job_id)
    import_roster(upload.job_id)
    done = imported(upload.import_id)
    assert (done.job.state, done.job.code) == (JobState.FAILED, "RST-010")
    assert broken_claims() == []


def test_while_an_import_waits_nothing_is_checked(batch: BatchOf) -> None:
    an_upload(batch)
    for ask, _ in ASKED.values():
        with refused("BAT-007", job="清册导入"):
            ask(batch)


@pytest.mark.parametrize("version", ["", "2019-1"])
def test_a_submission_names_the_pledge_in_force(batch: BatchOf, version: str) -> None:
    with writing() as session, refused("VAL-007"):
        queue_submission(session, batch.viewer, batch.batch_no, version, batch.now, people_queue)


def test_an_empty_roster_is_not_submitted(database: str) -> None:
    with refused("VAL-001"):
        asked_to_submit(a_batch_to_fill())


def test_a_cancelled_check_leaves_everything_as_it_was(batch: BatchOf) -> None:
    job_id = asked_to_submit(batch)
    with writing() as session:
        session.execute(update(Job).where(Job.id == job_id).values(cancel_requested=True))
    submit(job_id)
    assert (the_job(job_id).state, the_job(job_id).code) == (JobState.CANCELLED, "JOB-002")
    assert (the_batch(batch).state, claims_of(batch), report_exists(batch)) == (BatchState.ROSTER_DRAFT, set(), False)


@pytest.mark.parametrize("kind", ASKED)
def test_a_failed_job_that_is_tried_again_does_not_judge_a_roster_that_nobody_asked_about(
    batch: BatchOf, kind: str
) -> None:
    ask, task = ASKED[kind]
    job_id = ask(batch)
    ended(job_id, JobState.FAILED)
    an_import(batch, [typed(OLD)])
    with writing() as session:
        retry_job(session, job_id, batch.now)
    task(job_id)
    assert (the_job(job_id).state, the_job(job_id).code) == (JobState.FAILED, "JOB-001")
    assert (the_batch(batch).state, report_exists(batch)) == (BatchState.ROSTER_DRAFT, False)


@pytest.mark.parametrize(
    ("people", "queue"), [(SMALL_ROSTER_PEOPLE, ROSTER_SMALL), (SMALL_ROSTER_PEOPLE + 1, ROSTER_LARGE)]
)
def test_large_rosters_do_not_keep_small_ones_waiting(people: int, queue: str) -> None:
    assert people_queue(people) == queue


def test_a_job_says_how_many_people_it_has_looked_at(batch: BatchOf) -> None:
    job_id = asked_to_validate(batch)
    validate(job_id)
    progress = the_job(job_id).progress
    assert progress is not None
    assert [(stage["stage"], stage["rows"]) for stage in progress["stages"]] == [("validate", 3), ("store", 0)]


def ended(job_id: int, state: JobState) -> None:
    with writing() as session:
        session.execute(update(Job).where(Job.id == job_id).values(state=state))
