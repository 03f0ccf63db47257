"""A worker that freezes beyond its lease: another one does the job, and the first writes nothing more."""

import os
import signal
from typing import Any

import pytest
from sqlalchemy import select

from models.actions.cancel_import import cancel_import
from models.records.database import reading, writing
from models.records.job import Job, JobState
from models.records.person import BatchPerson
from models.records.roster_import import ImportFinding, ImportRow, RosterImport
from tasks.doorbell import ring
from tests.faults.conftest import Workers
from tests.faults.outcome import assert_everything_in_order, has_ended, job_of, wait_until_all_ended
from tests.faults.stops import IN_EVERY_STAGE, STAGES, first_attempts_in
from tests.postgresql import Cluster
from tests.records import BatchOf, a_batch_to_fill, a_roster, an_upload

pytestmark = pytest.mark.faults


def everything_written() -> list[list[tuple[Any, ...]]]:
    """All rows that an import writes, its job's included."""
    with reading() as session:
        return [
            sorted((tuple(row) for row in session.execute(select(table.__table__))), key=repr)
            for table in (Job, RosterImport, ImportRow, ImportFinding, BatchPerson)
        ]


@pytest.mark.parametrize("stage", ["validate", "store"])
def test_a_worker_that_wakes_up_after_another_did_its_job_writes_nothing(workers: Workers, stage: str) -> None:
    upload = an_upload(a_batch_to_fill())
    ring(upload.job_id)
    frozen = workers("frozen", stop_at=f"{stage}:1", lease_seconds=2)
    frozen.wait_until_stopped()
    healthy = workers("healthy")
    wait_until_all_ended(healthy)
    written = everything_written()
    frozen.thaw()
    frozen.wait_for(lambda: "lease_lost" in frozen.log.read_text(), "hearing that the lease is lost")
    assert everything_written() == written
    assert job_of(upload.job_id).attempt == 2
    assert_everything_in_order()


@pytest.mark.postgresql
def test_a_worker_frozen_while_it_stores_holds_nobody_up_for_ever(
    postgresql: None, workers: Workers, database: str
) -> None:
    ...
