"""`canbao jobs`."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import update

from models.actions.marked_workbook import REPORT_KIND
from models.records.audit import AuditEntry
from models.records.database import reading, writing
from models.records.job import Job, JobState
from models.records.roster_import import RosterImport
from tests.quick_passwords import quick_passwords
from tests.quiet import silent_doorbell
from tests.records import BatchOf, a_batch_to_fill, an_upload
from tests.web.commands.told import tell

__all__ = ["quick_passwords", "silent_doorbell"]


@pytest.fixture
def batch(database: str) -> BatchOf:
    """A central batch in its window."""
    return a_batch_to_fill()


def put_into(job_id: int, state: JobState, **changes: Any) -> None:
    with writing() as session:
        session.execute(update(Job).where(Job.id == job_id).values(state=state, **changes))


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
    header, line, _ = tell("jobs", "list").said.splitlines()
    assert header.split()[:4] == ["id", "kind", "queue", "state"]
    assert line.split()[1:4] == ["roster.import", "roster.small", "queued"]


def test_a_list_says_whose_file_each_job_is_about_and_by_which_clock(batch: BatchOf) -> None:
    receipt = an_upload(batch)
    header, line, times = tell("jobs", "list").said.splitlines()
    assert header.split()[-4:] == ["account", "batch", "import", "file"]
    assert line.split()[-4:] == [batch.viewer.email, batch.batch_no, str(receipt.import_id), "清册.xlsx"]
    assert times.startswith("Times: this machine's clock")


def test_programs_are_told_whose_file_a_job_is_about(batch: BatchOf) -> None:
    receipt = an_upload(batch)
    with reading() as session:
        receipt_no = session.get_one(RosterImport, receipt.import_id).receipt_no
    [job] = tell("jobs", "list", "--json").data
    assert (job["import_id"], job["receipt_no"], job["file_name"]) == (receipt.import_id, receipt_no, "清册.xlsx")
    assert (job["batch_no"], job["account"]) == (batch.batch_no, batch.viewer.email)


def test_the_job_of_a_report_is_about_its_imports_file(batch: BatchOf) -> None:
    first, second = an_upload(batch, b"PK one"), an_upload(batch, b"PK two")
    with writing() as session:
        session.get_one(RosterImport, first.import_id).report_job_id = second.job_id
        session.delete(session.get_one(RosterImport, second.import_id))
    put_into(second.job_id, JobState.QUEUED, kind=REPORT_KIND)
    assert tell("jobs", "show", str(second.job_id), "--json").data["import_id"] == first.import_id


def test_a_job_about_nothing_is_listed_too(batch: BatchOf) -> None:
    receipt = an_upload(batch)
    with writing() as session:
        session.delete(session.get_one(RosterImport, receipt.import_id))
    put_into(receipt.job_id, JobState.QUEUED, batch_id=None, account_id=None)
    [job] = tell("jobs", "list", "--json").data
    assert [job[name] for name in ("import_id", "file_name", "batch_no", "account")] == [None] * 4


def test_a_job_that_is_done_has_done_all_its_rows(batch: BatchOf) -> None:
    put_into(an_upload(batch).job_id, JobState.DONE, done=0, total=5000)
    [job] = tell("jobs", "list", "--json").data
    assert (job["done"], job["total"]) == (5000, 5000)
    assert tell("jobs", "list").said.splitlines()[1].split()[3:5] == ["done", "5000"]


def test_a_job_under_way_tells_how_far_it_has_come(batch: BatchOf) -> None:
    job_id = an_upload(batch).job_id
    put_into(job_id, JobState.RUNNING, stage="dedupe", done=1200, total=5000)
    said = tell("jobs", "show", str(job_id)).said.splitlines()
    assert [line for line in said if line in {"stage: dedupe", "rows: 1200 of 5000"}] == [
        "stage: dedupe",
        "rows: 1200 of 5000",
    ]


def test_stages_and_what_was_found_are_lines_for_people(batch: BatchOf) -> None:
    job_id = an_upload(batch).job_id
    stages = [{"stage": "read", "rows": 300, "seconds": 0.5}, {"stage": "validate", "rows": 300, "seconds": 1.25}]
    put_into(job_id, JobState.RUNNING, progress={"stages": stages, "found": {"added": 290, "error": 10}})
    assert tell("jobs", "show", str(job_id)).said.splitlines()[-3:] == [
        "stage read: 300 rows in 0.50 s",
        "stage validate: 300 rows in 1.25 s",
        "found: 290 added, 10 error",
    ]


def test_each_time_of_a_job_says_its_clock(batch: BatchOf) -> None:
    job_id = an_upload(batch).job_id
    put_into(job_id, JobState.RUNNING, began_at=datetime(2026, 11, 29, 8, 0, 1, tzinfo=UTC))
    said = tell("jobs", "show", str(job_id)).said.splitlines()
    assert "received: 2020-04-20 09:00:00 (business clock)" in said
    assert "began: 2026-11-29 16:00:01 (this machine's clock)" in said


def test_why_a_job_failed_is_told_in_words(batch: BatchOf) -> None:
    job_id = an_upload(batch).job_id
    put_into(job_id, JobState.FAILED, code="IMP-003", values={"n": 5001})
    assert "5001" in tell("jobs", "show", str(job_id), "--json").data["message"]


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


def test_a_job_whose_file_was_refused_is_not_tried_again(batch: BatchOf) -> None:
    job_id = an_upload(batch).job_id
    put_into(job_id, JobState.FAILED, code="IMP-001")
    told = tell("jobs", "retry", str(job_id))
    complaint = (
        f"Error: job {job_id} failed for a reason of its file (IMP-001) and would fail again:"
        " it takes an upload of a mended file\n"
    )
    assert (told.status, told.complained) == (1, complaint)
    assert state_of(job_id) == JobState.FAILED


def test_a_job_that_failed_for_a_reason_of_ours_is_tried_again(batch: BatchOf) -> None:
    job_id = an_upload(batch).job_id
    put_into(job_id, JobState.FAILED, code="JOB-001", values={"reason": "处理时间过长"})
    assert tell("jobs", "retry", str(job_id)).status == 0
    assert state_of(job_id) == JobState.QUEUED


@pytest.mark.parametrize("command", ["show", "cancel", "retry"])
def test_a_job_that_there_is_not_is_named(database: str, command: str) -> None:
    told = tell("jobs", command, "4711")
    assert (told.status, "no job 4711" in told.complained) == (1, True)
