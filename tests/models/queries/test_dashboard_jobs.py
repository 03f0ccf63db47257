"""Jobs as staff see them: today's, failed ones, and the list."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from models.actions.operate_jobs import file_at_fault
from models.actions.queue_import import IMPORT_KIND
from models.queries.dashboard_jobs import JobFilters, ended_today, failed_since, job_page, under_way
from models.records.database import reading, writing
from models.records.job import Job, JobState
from tests.jobs import a_job
from tests.records import a_batch_to_fill, an_upload
from tests.statements import statements

KIND = "roster.submit"
MIDNIGHT = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def ended_at(job_id: int, moment: datetime) -> None:
    with writing() as session:
        session.get_one(Job, job_id).finished_at = moment


def listed(filters: JobFilters) -> list[int]:
    with reading() as session:
        return [found.job.id for found in job_page(session, filters).jobs]


def test_jobs_of_today_are_counted_by_kind_and_by_hour(database: str) -> None:
    for hours, state in ((0, JobState.DONE), (9.5, JobState.DONE), (9.5, JobState.FAILED), (-1, JobState.DONE)):
        ended_at(a_job(KIND, state), MIDNIGHT + timedelta(hours=hours))
    with reading() as session:
        today = ended_today(session, MIDNIGHT)
    assert today.by_kind == {(KIND, "done"): 2, (KIND, "failed"): 1}
    assert today.by_hour == {(0, "done"): 1, (9, "done"): 1, (9, "failed"): 1}


def test_a_job_that_was_tried_again_has_not_failed(database: str) -> None:
    job_id, now = a_job(KIND, JobState.FAILED), datetime.now(UTC) - timedelta(minutes=1)
    with reading() as session:
        assert failed_since(session, now, 5).total == 1
    with writing() as session:
        session.get_one(Job, job_id).state = JobState.QUEUED
    with reading() as session:
        assert failed_since(session, now, 5).total == 0


@pytest.mark.parametrize(
    ("kind", "code", "counts"),
    [
        (IMPORT_KIND, "IMP-001", False),
        (IMPORT_KIND, "JOB-001", True),
        (IMPORT_KIND, None, True),
        ("roster.undo", "IMP-010", True),
    ],
)
def test_a_file_at_fault_is_no_failure_of_the_service(database: str, kind: str, code: str | None, counts: bool) -> None:
    job_id = a_job(kind, JobState.FAILED, code=code)
    with reading() as session:
        found = failed_since(session, MIDNIGHT, 5)
        assert file_at_fault(session.get_one(Job, job_id)) is not counts
    assert (found.total, [one.job.id for one in found.jobs]) == ((1, [job_id]) if counts else (0, []))
    assert listed(JobFilters(file_at_fault=True)) == ([] if counts else [job_id])


def test_what_runs_comes_before_what_waits(database: str) -> None:
    waiting = a_job(KIND, JobState.QUEUED)
    running = a_job(KIND, JobState.RUNNING)
    a_job(KIND, JobState.DONE)
    with reading() as session:
        assert [found.job.id for found in under_way(session, 5)] == [running, waiting]


def test_the_list_is_narrowed_by_state_kind_and_day(database: str) -> None:
    failed, old = a_job(KIND, JobState.FAILED), a_job(KIND, JobState.FAILED)
    other = a_job("roster.validate", JobState.DONE)
    ended_at(old, MIDNIGHT - timedelta(hours=1))
    assert listed(JobFilters()) == [other, old, failed]
    assert listed(JobFilters(state="failed")) == [old, failed]
    assert listed(JobFilters(kind="roster.validate")) == [other]
    assert listed(JobFilters(state="failed", ended_since=MIDNIGHT)) == [failed]


def test_a_job_tells_which_file_and_batch_it_is_about(database: str) -> None:
    batch = a_batch_to_fill()
    import_id = an_upload(batch).import_id
    with reading() as session:
        (found,) = job_page(session, JobFilters()).jobs
    assert (found.import_id, found.file_name, found.batch_no) == (import_id, "清册.xlsx", batch.batch_no)


def test_a_page_takes_two_statements(database: str) -> None:
    for _ in range(3):
        a_job(KIND, JobState.DONE)
    with statements() as asked:
        listed(JobFilters())
    assert len(asked) == 2
