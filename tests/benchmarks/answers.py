"""What people wait for besides the import: the answer to an upload, its progress, a submission, a workbook."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, delete, event, select, update

from models.actions.check_roster import submit_at_once
from models.records.batch import Batch
from models.records.database import writing
from models.records.person import BatchPerson
from models.records.reference import SiPerson
from models.rules.findings import Column, Finding
from models.rules.person import EmploymentStatus
from models.rules.roster import Odd, TypedRow
from tasks.demonstration import BEGINS_AT, PLAN_YEAR, SAMPLE_FILE_NAME
from tasks.jobs import take_lease
from tasks.sample_people import fictitious_people
from tasks.sample_roster import sheet_cells
from tasks.workbook.report import MarkedRow, marked_workbook
from tests.benchmarks.imports import Upload, import_now, queue_upload
from tests.benchmarks.place import Place

ROOT = Path(__file__).parents[2]
POLLS = 30


def seconds_of(runs: int, work: Callable[[], object]) -> float:
    """The median, after one run to warm up."""
    work()
    return round(statistics.median(_seconds(work) for _ in range(runs)), 4)


def upload_answer(place: Place, runs: int) -> float:
    """Receiving the sample's file: hash, seal, receipt and job, committed."""
    return seconds_of(runs, lambda: queue_upload(place))


def progress_poll(place: Place) -> dict[str, Any]:
    """The polled part of an import's page while the import runs: the server's whole answer, and its statements."""
    from web.app import create_app

    upload = queue_upload(place)
    lease = take_lease(upload.job_id)
    assert lease is not None
    lease.begin_stage("validate", place.sample.people)
    lease.report(place.sample.people // 3)
    web = create_app()
    web.config["WTF_CSRF_ENABLED"] = False
    browser = web.test_client()
    browser.post("/log-in", data={"email": place.viewer.email, "password": place.password})

    def poll() -> None:
        answer = browser.get(f"/imports/{upload.import_id}/progress", headers={"HX-Request": "true"})  # as htmx asks
        assert answer.status_code == 200, answer.status

    seconds = seconds_of(POLLS, poll)
    with counted_statements() as statements:
        poll()
    return {"seconds": seconds, "statements": len(statements), "query_seconds": round(sum(statements), 5)}


def submission(place: Place, upload: Upload, runs: int) -> float:
    """清册提交 of an imported roster: everybody claimed. Each run is taken back."""
    import_now(upload)
    let_pass(upload.batch_no)

    class TakenBackError(Exception):
        pass

    def submit() -> None:
        try:
            with writing() as session:
                submitted = submit_at_once(session, place.viewer, upload.batch_no, BEGINS_AT)
                assert submitted.passed
                raise TakenBackError
        except TakenBackError:
            return

    return seconds_of(runs, submit)


def let_pass(batch_no: str) -> None:
    """Nothing about this roster's people stands in the way of 清册提交."""
    with writing() as session:
        batch = session.scalars(select(Batch).where(Batch.batch_no == batch_no)).one()
        batch.ratio_exempt = True
        retired = select(SiPerson.id_digest).where(SiPerson.status == EmploymentStatus.RETIRED)
        session.execute(delete(BatchPerson).where(BatchPerson.batch_id == batch.id, BatchPerson.id_digest.in_(retired)))
        everybody = update(BatchPerson).where(BatchPerson.batch_id == batch.id)
        session.execute(
            everybody.values(employment_status=EmploymentStatus.IN_SERVICE, has_si=True, promised_at=BEGINS_AT)
        )


def report_workbook(people: int, runs: int) -> float:
    """标注文件 of so many refused rows."""
    rows = []
    for row, person in enumerate(fictitious_people(people, 1), start=2):
        cells = [cell if isinstance(cell, str) else Odd("number", str(cell)) for cell in sheet_cells(person, full=True)]
        findings = [Finding(row, Column.ID_NO, "IDN-005"), Finding(row, Column.MOBILE, "ROW-010")]
        rows.append(MarkedRow(TypedRow(row, tuple(cells)), findings))
    return seconds_of(runs, lambda: marked_workbook(rows))


def whole_check(place: Place, folder: Path, runs: int) -> float:
    """`canbao check` of the sample, from the start of its process to its end."""
    file = folder / SAMPLE_FILE_NAME
    file.write_bytes(place.sample.content)
    arguments = [str(file), "--plan", PLAN_YEAR, "--type", "central", "--projects", "A0,B0,C0", "--json"]

    def check() -> None:
        done = subprocess.run(
            [sys.executable, "-m", "web.commands", "check", *arguments],
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
            check=False,
        )
        assert done.returncode in {0, 1}, "the sample could not be checked"

    return seconds_of(runs, check)


def import_memory(job_ids: list[int]) -> dict[str, int]:
    """Peak resident megabytes of a fresh pool process and its parser over these imports."""
    import json

    command = [sys.executable, "-m", "tests.benchmarks.pool_process", *map(str, job_ids)]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, check=True, text=True)
    peaks: dict[str, int] = json.loads(done.stdout.splitlines()[-1])
    return peaks | {"together": sum(peaks.values())}


@contextmanager
def counted_statements() -> Iterator[list[float]]:
    """The seconds of each statement that this process sends meanwhile."""
    seconds: list[float] = []
    began = 0.0

    def before(*_: Any) -> None:
        nonlocal began
        began = time.perf_counter()

    def after(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if not statement.startswith("BEGIN"):
            seconds.append(time.perf_counter() - began)

    event.listen(Engine, "before_cursor_execute", before)
    event.listen(Engine, "after_cursor_execute", after)
    try:
        yield seconds
    finally:
        event.remove(Engine, "before_cursor_execute", before)
        event.remove(Engine, "after_cursor_execute", after)


def _seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began
