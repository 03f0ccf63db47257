"""Background work as programs ask after it."""

from __future__ import annotations

from sqlalchemy import select

from models.actions.queue_job import queue_job
from models.records.database import writing
from models.records.job import Job, JobState
from models.records.roster_import import RosterImport
from tasks.queues import UPKEEP
from tests.web.api.conftest import Program, code_of, viewer_of, work
from tests.web.conftest import MORNING, Town
from tests.workbooks import WANG_DOUDOU, a_workbook


def job_of(import_id: int) -> int:
    """The job of an import."""
    with writing() as records:
        return records.get_one(RosterImport, import_id).job_id


def test_a_job_says_how_far_it_is_and_how_it_ended(li: Program, batch_no: str) -> None:
    import_id = li.upload(batch_no, a_workbook([WANG_DOUDOU])).json["id"]
    job_id = job_of(import_id)
    waiting = li.get(f"/jobs/{job_id}").json
    assert list(waiting) == [
        "id", "kind", "state", "stage", "done", "total", "seconds_left", "ahead", "code", "message",
    ]  # fmt: skip
    assert (waiting["id"], waiting["kind"], waiting["state"], waiting["ahead"]) == (
        job_id,
        "roster.import",
        "queued",
        0,
    )
    work(import_id)
    done = li.get(f"/jobs/{job_id}").json
    assert (done["state"], done["code"]) == ("done", "IMP-007")
    assert done["message"].startswith("导入完成：共1行，新增1人")


def test_a_failed_job_says_why(li: Program, batch_no: str) -> None:
    import_id = li.upload(batch_no, b"no workbook").json["id"]
    work(import_id)
    failed = li.get(f"/jobs/{job_of(import_id)}").json
    assert (failed["state"], failed["code"]) == ("failed", "IMP-001")


def test_a_job_is_seen_by_its_unit_and_by_staff_and_by_nobody_else(
    li: Program, zhou: Program, reviewer: Program, batch_no: str
) -> None:
    job_id = job_of(li.upload(batch_no, a_workbook([WANG_DOUDOU])).json["id"])
    assert li.get(f"/jobs/{job_id}").status_code == reviewer.get(f"/jobs/{job_id}").status_code == 200
    foreign, unknown = zhou.get(f"/jobs/{job_id}"), zhou.get("/jobs/999999")
    assert code_of(foreign) == code_of(unknown) == (404, "BAT-005")
    assert foreign.data == unknown.data


def test_an_accounts_own_job_needs_no_batch(zhou: Program, li: Program, town: Town) -> None:
    own = viewer_of(town.zhou).account_id
    with writing() as records:
        job = queue_job(records, "upkeep.export", queue=UPKEEP, batch_id=None, account_id=own, now=MORNING)
    assert zhou.get(f"/jobs/{job.id}").json["seconds_left"] is None
    assert code_of(li.get(f"/jobs/{job.id}")) == (404, "BAT-005")


def test_what_is_no_number_is_no_job(li: Program) -> None:
    for other in ("x", "0", "-1", "1.0", "٣", "9" * 19, "9" * 40):
        assert code_of(li.get(f"/jobs/{other}")) == (404, "BAT-005"), other


def test_a_cancelled_job_says_that_nothing_was_written(li: Program, batch_no: str) -> None:
    import_id = li.upload(batch_no, a_workbook([WANG_DOUDOU])).json["id"]
    li.post(f"/imports/{import_id}/cancel")
    with writing() as records:
        assert records.scalars(select(Job.state)).one() == JobState.CANCELLED
    assert li.get(f"/jobs/{job_of(import_id)}").json["message"] == "已取消，未写入任何数据。"
