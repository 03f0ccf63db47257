"""What takes long to find out is found before the transaction that writes it, and the lease is kept meanwhile."""

from __future__ import annotations

import time
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.actions.calendar.scheduled import Scheduled, once
from models.actions.queue_job import queue_job
from models.records.database import database_seconds, reading, writing
from models.records.job import Job, JobState
from tasks.calendar import run_once
from tasks.queues import CALENDAR
from tests.conftest import use_environment
from tests.records import IN_THE_CENTRAL_WINDOW, open_window

LEASE_SECONDS = 2.0


@pytest.fixture
def job_id(database: str, monkeypatch: pytest.MonkeyPatch) -> int:
    """A run of a calendar's job that is queued; leases are short."""
    use_environment(monkeypatch, CANBAO_LEASE_SECONDS=str(LEASE_SECONDS))
    with writing() as session:
        open_window(session)
        job = queue_job(
            session, "calendar.look", queue=CALENDAR, batch_id=None, account_id=None, now=IN_THE_CENTRAL_WINDOW
        )
        job.params = {"period": IN_THE_CENTRAL_WINDOW.isoformat()}
        session.flush()
        return job.id


def lease_until() -> float:
    with reading() as session:
        return session.execute(select(Job.lease_until)).scalar_one() or 0.0


def test_a_look_that_takes_longer_than_a_lease_keeps_it(job_id: int) -> None:
    did: list[tuple[Any, int]] = []

    def look(session: Session, unit: int, period: datetime) -> str:
        began, give_up = lease_until(), time.monotonic() + 30
        while lease_until() < began + LEASE_SECONDS and time.monotonic() < give_up:
            time.sleep(0.02)
        with reading() as now:  # the lease that it began with has run out by now
            assert now.execute(select(database_seconds() < Job.lease_until)).scalar_one()
        return "found"

    def do(session: Session, found: str, period: datetime, now: datetime) -> bool:
        did.append((found, session.get_one(Job, job_id).attempt))
        return True

    run_once(Scheduled("J99", "calendar.look", "看", lambda *_: None, once, do, look), job_id)
    with reading() as session:
        job = session.get_one(Job, job_id)
    assert (did, job.state) == ([("found", 1)], JobState.DONE)
