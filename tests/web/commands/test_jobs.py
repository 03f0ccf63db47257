"""`canbao jobs`."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from models.records.audit import AuditEntry
from models.records.database import reading, writing
from models.records.job import Job, JobState
from tests.quick_passwords import quick_passwords
from tests.quiet import silent_doorbell
from tests.records import BatchOf, a_batch_to_fill, an_upload
from tests.web.commands.told import tell

__all__ = ["quick_passwords", "silent_doorbell"]


@pytest.fixture
def batch(database: str) -> BatchOf:
    """A central batch in its window."""
    return a_batch_to_fill()


def put_into(job_id: int, state: JobState) -> None:
    with writing() as session:
        session.execute(update(Job).where(Job.id == job_id).values(state=state))


def state_of(job_id: int) -> str:
    with reading() as session:
        return session.get_one(Job, job_id).state


def test_without_jobs_the_list_says_so(database: str) -> None:
    assert (tell("jobs", "list").said, tell("jobs", "list", "--json").data) == ("No jobs.\n", [])


def test_the_latest_job_comes_first(batch: BatchOf) -> None:
    first, second = an_upload(batch, b"PK one").job_id, an_upload(batch, b"PK two").job_id
    assert [job["id"] for job in tell("jobs", "list", "--json").data] == [second, first]
    assert [job["id"] for job in tell("jobs", "list", "--limit", "1", "--json").data] == [second]


def test_jobs_are_listed_by_their_state(batch: BatchOf) -> None:
    first = an_upload(batch, b"PK one").job_id
    an_upload(batch, b"PK two")
    put_into(first, JobState.FAILED)
    assert [job["id"] for job in tell("jobs", "list", "--state", "failed", "--json").data] == [first]


def test_a_list_for_people_is_a_table_headed_by_the_names(batch: BatchOf) -> None:
    an_upload(batch)
    header, line = tell("jobs", "list").said.splitlines()
    assert header.split()[:4] == ["id", "kind", "queue", "state"]
    assert line.split()[1:4] == ["roster.import", "roster.small", "queued"]


def test_one_job_is_shown(batch: BatchOf) -> None:
    job_id = an_upload(batch).job_id
    assert "state: queued" in tell("jobs", "show", str(job_id)).said.splitlines()


def test_one_job_is_one_object_in_json(batch: BatchOf) -> None:
    job_id = an_upload(batch).job_id
    assert tell("jobs", "show", str(job_id), "--json").data["id"] == job_id


def test_a_waiting_job_is_cancelled(batch: BatchOf) -> None:
    job_id = an_upload(batch).job_id
    assert tell("jobs", "cancel", str(job_id), "--json").data == {"id": job_id, "state": "cancelled"}
    assert state_of(job_id) == JobState.CANCELLED


def test_what_was_cancelled_here_is_audited(batch: BatchOf) -> None:
    job_id = an_upload(batch).job_id
    tell("jobs", "cancel", str(job_id))
    with reading() as session:
        assert session.query(AuditEntry).filter_by(action="cancel_job").one().details == {"job": job_id}


def test_a_job_that_has_ended_is_cancelled_too_late(batch: BatchOf) -> None:
    job_id = an_upload(batch).job_id
    put_into(job_id, JobState.DONE)
    told = tell("jobs", "cancel", str(job_id))
    assert (told.status, told.said) == (1, f"Job {job_id} is done.\n")


def test_a_failed_job_is_tried_again(batch: BatchOf) -> None:
    job_id = an_upload(batch).job_id
    put_into(job_id, JobState.FAILED)
    assert tell("jobs", "retry", str(job_id)).status == 0
    assert state_of(job_id) == JobState.QUEUED


def test_only_a_failed_job_is_tried_again(batch: BatchOf) -> None:
    job_id = an_upload(batch).job_id
    put_into(job_id, JobState.DONE)
    told = tell("jobs", "retry", str(job_id))
    complaint = f"Error: job {job_id} has not failed: only a failed job is tried again\n"
    assert (told.status, told.complained) == (1, complaint)
    assert state_of(job_id) == JobState.DONE


@pytest.mark.parametrize("command", ["show", "cancel", "retry"])
def test_a_job_that_there_is_not_is_named(database: str, command: str) -> None:
    told = tell("jobs", command, "4711")
    assert (told.status, "no job 4711" in told.complained) == (1, True)
