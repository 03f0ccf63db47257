"""How far a job has come."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from config.settings import settings
from models.queries.jobs import IMPORT_STAGES, Progress, progress
from models.records.database import database_seconds, reading, writing
from models.records.job import Job, JobState
from tests.records import BatchOf, a_batch_to_fill, an_upload
from tests.statements import statements


@pytest.fixture
def batch(database: str) -> BatchOf:
    """A central batch in its window."""
    return a_batch_to_fill()


def seen(job_id: int) -> Progress:
    with reading() as session:
        return progress(session, session.get_one(Job, job_id))


def a_job(batch: BatchOf, *, began_seconds_ago: float | None = None, **changes: Any) -> int:
    job_id = an_upload(batch).job_id
    with writing() as session:
        job = session.get_one(Job, job_id)
        for name, value in changes.items():
            setattr(job, name, value)
        if began_seconds_ago is not None:
            job.stage_began = session.execute(select(database_seconds())).scalar_one() - began_seconds_ago
    return job_id


def finished(*stages: tuple[str, float], rows: int = 100) -> dict[str, Any]:
    return {"stages": [{"stage": stage, "rows": rows, "seconds": seconds} for stage, seconds in stages], "found": {}}


def test_a_waiting_job_has_come_nowhere(batch: BatchOf) -> None:
    now = seen(a_job(batch))
    assert (now.percent, now.rows_per_second, now.seconds_left, now.ahead) == (0, None, None, 0)
    assert {stage.state for stage in now.stages} == {"waiting"}


def test_a_waiting_job_counts_the_unfinished_files_before_it_in_its_queue(batch: BatchOf) -> None:
    done, running, waiting, mine = (an_upload(batch, b"PK %d" % number).job_id for number in range(4))
    with writing() as session:
        session.get_one(Job, done).state = JobState.DONE
        session.get_one(Job, running).state = JobState.RUNNING
    assert (seen(mine).ahead, seen(waiting).ahead) == (2, 1)


def test_files_of_the_other_queue_are_not_ahead(batch: BatchOf) -> None:
    a_job(batch, queue="roster.large")
    assert seen(an_upload(batch, b"PK mine").job_id).ahead == 0


def test_a_running_stage_counts_by_its_share(batch: BatchOf) -> None:
    job_id = a_job(
        batch,
        state=JobState.RUNNING,
        stage="dedupe",
        done=50,
        total=100,
        progress=finished(("read", 1), ("validate", 2)),
    )
    now = seen(job_id)
    assert now.percent == IMPORT_STAGES["read"] + IMPORT_STAGES["validate"] + IMPORT_STAGES["dedupe"] // 2
    assert [stage.state for stage in now.stages] == ["done", "done", "running", "waiting", "waiting"]


def test_before_the_commit_a_job_never_shows_a_hundred_percent(batch: BatchOf) -> None:
    every = finished(*((stage, 1.0) for stage in IMPORT_STAGES))
    assert seen(a_job(batch, state=JobState.RUNNING, stage="store", progress=every)).percent == 99


def test_a_finished_job_shows_a_hundred_percent(batch: BatchOf) -> None:
    assert seen(a_job(batch, state=JobState.DONE)).percent == 100


@pytest.mark.parametrize("state", [JobState.FAILED, JobState.CANCELLED])
def test_a_job_that_ended_early_says_how_far_it_had_come(batch: BatchOf, state: JobState) -> None:
    now = seen(a_job(batch, state=state, stage="validate", progress=finished(("read", 1))))
    assert (now.percent, [stage.state for stage in now.stages][:2]) == (10, ["done", "waiting"])


def test_speed_is_rows_done_by_seconds_spent_in_the_stage(batch: BatchOf) -> None:
    job_id = a_job(batch, state=JobState.RUNNING, stage="validate", done=500, total=1000, began_seconds_ago=10)
    assert seen(job_id).rows_per_second == pytest.approx(50, rel=0.1)


def test_time_left_follows_from_the_time_spent(batch: BatchOf) -> None:
    job_id = a_job(
        batch,
        state=JobState.RUNNING,
        stage="dedupe",
        done=20,
        total=100,
        progress=finished(("read", 3.0), ("validate", 4.0)),
        began_seconds_ago=0,
    )
    assert seen(job_id).seconds_left == pytest.approx(9, abs=1)


def test_before_anything_is_done_in_a_stage_nothing_is_said_about_the_time_left(batch: BatchOf) -> None:
    before = finished(("read", 3.0), ("validate", 4.0))
    job_id = a_job(batch, state=JobState.RUNNING, stage="dedupe", done=0, total=100, progress=before)
    assert seen(job_id).seconds_left is None


@pytest.mark.parametrize(("silent_seconds", "stalled"), [(9, False), (12, True)])
def test_a_job_whose_worker_has_been_silent_is_stalled_and_promises_nothing(
    batch: BatchOf, silent_seconds: float, stalled: bool
) -> None:
    job_id = a_job(batch, state=JobState.RUNNING, stage="validate", done=500, total=1000, began_seconds_ago=60)
    with writing() as session:
        job = session.get_one(Job, job_id)
        job.lease_until = session.execute(select(database_seconds())).scalar_one() - silent_seconds
        job.lease_until += settings().lease_seconds
    now = seen(job_id)
    assert (now.stalled, now.seconds_left is None, now.rows_per_second is None) == (stalled, stalled, stalled)


def test_before_three_seconds_nothing_is_said_about_the_time_left(batch: BatchOf) -> None:
    job_id = a_job(batch, state=JobState.RUNNING, stage="validate", done=5, total=10, began_seconds_ago=1)
    assert seen(job_id).seconds_left is None


def test_what_was_found_so_far_is_shown(batch: BatchOf) -> None:
    job_id = a_job(batch, state=JobState.RUNNING, progress={"stages": [], "found": {"invalid": 3}})
    assert seen(job_id).found == {"invalid": 3}


@pytest.mark.parametrize("before", [0, 5])
def test_progress_takes_one_statement_however_many_wait(batch: BatchOf, before: int) -> None:
    for number in range(before):
        an_upload(batch, b"PK %d" % number)
    job_id = a_job(batch)
    with reading() as session:
        job = session.get_one(Job, job_id)
        with statements() as asked:
            progress(session, job)
    assert len(asked) == 1
