"""Good workbooks, spoilt at random: each is read or refused with a code, by `check` and by the running program."""

import json
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from models.actions.queue_import import Receipt
from models.records.database import reading
from models.records.job import Job, JobState
from models.records.person import BatchPerson
from models.records.roster_import import RosterImport
from models.rules.findings import Outcome
from models.rules.refusal import Refused
from tasks.workbook import parser_process
from tests.conftest import Valkey
from tests.faults.conftest import Workers, workers
from tests.faults.outcome import wait_until_all_ended
from tests.faults.processes import Worker
from tests.hostile.mutations import mutated
from tests.quick_passwords import quick_passwords
from tests.records import BatchOf, a_batch_to_fill, an_upload
from tests.web.commands.checking import CENTRAL, run

__all__ = ["quick_passwords", "workers"]

CHECKED, CHECKED_AT_ONCE, UPLOADED = 2_000, 250, 200
UPLOADED_A_DAY = 50
"""More by one account would be refused as looking people up (SYS-001)."""
ENDED_SECONDS = 20
"""A time-out: reading such a small file takes some hundredths of a second."""
FILE_CODES = {"IMP-001", "IMP-002", "IMP-003", "IMP-004", "IMP-005", "IMP-008", "IMP-012"}


@pytest.fixture
def nursery() -> Iterator[None]:
    """Parsers are forked, as a worker's are: each `check` would otherwise start a Python of its own."""
    parser_process.keep_a_nursery()
    yield
    assert parser_process._nursery is not None
    parser_process._nursery.end()
    parser_process._nursery = None


@pytest.mark.parametrize("first", range(0, CHECKED, CHECKED_AT_ONCE))
def test_check_reads_or_refuses_whatever_became_of_a_workbook(
    first: int, seed: int, nursery: None, tmp_path: Path
) -> None:
    path = tmp_path / "mutated.xlsx"
    for number in range(first, first + CHECKED_AT_ONCE):
        path.write_bytes(mutated(number, seed))
        began = time.monotonic()
        result = run(path, *CENTRAL, "--json")
        which = f"CANBAO_TEST_SEED={seed}, number {number}: {result.exception!r}"
        assert_read_or_refused(result.exit_code, result.stdout, which)
        assert time.monotonic() - began < ENDED_SECONDS


def assert_read_or_refused(exit_code: int, told: str, which: str) -> None:
    """A report whose counts add up, or a refusal with a code of the catalogue."""
    assert exit_code in {0, 1, 2}, which
    assert told, which
    report = json.loads(told)
    if exit_code == 2:
        assert report["rejected"]["code"] in FILE_CODES, which
    else:
        assert sum(report["counts"].values()) == report["file"]["rows"] > 0, which


@pytest.mark.faults
@pytest.mark.timeout(600)
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_the_running_program_reads_or_refuses_them_and_loses_no_worker(
    seed: int, valkey: Valkey, workers: Workers
) -> None:
    batch = a_batch_to_fill()
    worker: Worker = workers()
    worker.wait_until_ready()
    receipts = [
        receipt
        for number in range(UPLOADED)
        if (receipt := taken(later(batch, days=number // UPLOADED_A_DAY), mutated(number, seed)))
    ]

    wait_until_all_ended(worker)

    for receipt in receipts:
        assert_ended_by_its_own_doing(receipt, f"CANBAO_TEST_SEED={seed}")
    assert worker.process.poll() is None
    assert "WorkerLost" not in worker.log.read_text()
    with reading() as session:
        uploads = session.scalars(select(RosterImport)).all()
        on_the_roster = session.execute(select(func.count()).select_from(BatchPerson)).scalar_one()
    assert sum((upload.counts or {}).get(Outcome.ADDED, 0) for upload in uploads) == on_the_roster > 0


def later(batch: BatchOf, days: int) -> BatchOf:
    """The same batch some days after."""
    return replace(batch, now=batch.now + timedelta(days=days))


def taken(batch: BatchOf, content: bytes) -> Receipt | None:
    """The receipt of an upload; None if it was refused at the door, with a code of a file."""
    try:
        return an_upload(batch, content, repeat=True)
    except Refused as refused:
        if refused.code not in FILE_CODES:
            raise
        return None


def assert_ended_by_its_own_doing(receipt: Receipt, which: str) -> None:
    """Done, or failed with a code of the file; at the first attempt, since no worker was lost over it."""
    with reading() as session:
        job = session.get_one(Job, receipt.job_id)
        upload = session.get_one(RosterImport, receipt.import_id)
    assert job.attempt == 1, which
    if job.state == JobState.DONE:
        assert upload.counts is not None
        assert sum(upload.counts.values()) == upload.rows_total, which
    else:
        assert (job.state, job.code in FILE_CODES) == (JobState.FAILED, True), (which, job.code, job.values)
