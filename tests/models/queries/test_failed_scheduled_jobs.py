"""What the alarm about scheduled jobs goes by."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from models.actions.calendar.reconcile import RECONCILE
from models.actions.calendar.schedule import SCHEDULE
from models.actions.calendar.window_close import WINDOW_CLOSE
from models.actions.operate_jobs import retry_job
from models.queries.figures import failed_scheduled_jobs, failing_jobs
from models.records.database import reading, writing
from models.records.job import Job, JobState
from models.records.scheduled_job import ScheduledJob
from tests.jobs import a_job
from tests.statements import statements

LONG_AGO = timedelta(hours=2)


def failed() -> list[str]:
    with reading() as session:
        return [code for code, has_failed in failed_scheduled_jobs(session).items() if has_failed]


def failing() -> list[int]:
    """What 工作台 shows."""
    with reading() as session, statements() as asked:
        found = [job.id for job in failing_jobs(session)]
    assert len(asked) == 1
    return found


def a_run(state: JobState, *, ended: timedelta = timedelta(), kind: str = WINDOW_CLOSE.kind) -> int:
    """A run of 办理窗口截止 that ended so long ago, by the machine's clock."""
    job_id = a_job(kind, state)
    with writing() as session:
        session.get_one(Job, job_id).finished_at = datetime.now(UTC) - ended
    return job_id


def latest_is(job_id: int) -> None:
    with writing() as session:
        session.merge(ScheduledJob(code=WINDOW_CLOSE.code, period=datetime.now(UTC), job_id=job_id))


def test_every_job_of_the_calendar_is_told_before_it_ever_ran(database: str) -> None:
    with reading() as session, statements() as asked:
        told = failed_scheduled_jobs(session)
    assert told == {scheduled.code: False for scheduled in SCHEDULE}
    assert len(asked) == 1


@pytest.mark.parametrize("state", [JobState.DONE, JobState.CANCELLED, JobState.RUNNING])
def test_a_latest_run_that_did_not_fail_is_none(database: str, state: JobState) -> None:
    latest_is(a_run(state))
    assert failed() == []


def test_the_first_run_that_fails_is_told_for_as_long_as_it_is_the_latest(database: str) -> None:
    latest_is(a_run(JobState.FAILED, ended=LONG_AGO))
    assert failed() == ["J01"]


def test_a_failure_of_the_last_hour_is_told_though_the_next_run_went_well(database: str) -> None:
    a_run(JobState.FAILED)
    latest_is(a_run(JobState.DONE))
    assert failed() == ["J01"]


@pytest.mark.parametrize("state", [JobState.QUEUED, JobState.RUNNING, JobState.CANCELLED])
def test_a_run_that_did_not_end_well_ends_nothing(database: str, state: JobState) -> None:
    job_id = a_run(JobState.FAILED, ended=LONG_AGO)
    latest_is(a_run(state))
    assert (failing(), failed()) == ([job_id], ["J01"])


def test_a_failure_is_shown_until_a_later_run_goes_well_however_long_that_takes(database: str) -> None:
    a_run(JobState.DONE, ended=3 * LONG_AGO)
    job_id = a_run(JobState.FAILED, ended=timedelta(days=40))
    latest_is(job_id)
    assert failing() == [job_id]
    latest_is(a_run(JobState.DONE))
    assert failing() == []


def test_a_run_of_another_job_that_went_well_ends_nothing(database: str) -> None:
    job_id = a_run(JobState.FAILED)
    latest_is(job_id)
    other = a_run(JobState.DONE, kind=RECONCILE.kind)
    with writing() as session:
        session.merge(ScheduledJob(code=RECONCILE.code, period=datetime.now(UTC), job_id=other))
    assert failing() == [job_id]


def test_what_is_tried_again_with_success_is_shown_no_more(database: str) -> None:
    job_id = a_run(JobState.FAILED)
    latest_is(job_id)
    with writing() as session:
        session.get_one(Job, job_id).state = JobState.DONE
    assert failing() == []


def test_one_of_long_ago_is_told_no_more_once_the_next_run_went_well(database: str) -> None:
    a_run(JobState.FAILED, ended=LONG_AGO)
    latest_is(a_run(JobState.DONE))
    assert failed() == []


def test_one_that_is_queued_again_is_no_failure(database: str) -> None:
    job_id = a_run(JobState.FAILED)
    latest_is(job_id)
    with writing() as session:
        retry_job(session, job_id, datetime.now(UTC))
    assert failed() == []


def test_a_failed_import_is_none_of_the_calendars(database: str) -> None:
    a_run(JobState.FAILED, kind="roster.import")
    assert failed() == []
