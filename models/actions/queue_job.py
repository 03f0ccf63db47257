"""Jobs begin as rows, in the transaction of what they are about; the doorbell rings after its commit."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy.orm import Session

from models.records.database import database_seconds
from models.records.job import Job, JobState


def queue_job(
    session: Session,
    kind: str,
    *,
    queue: str,
    batch_id: int | None,
    account_id: int | None,
    now: datetime,
    writes_roster: bool = False,
) -> Job:
    """A queued job row with its id; `now` is the time of receipt, business clock."""
    job = Job(
        kind=kind,
        queue=queue,
        batch_id=batch_id,
        account_id=account_id,
        writes_roster=writes_roster,
        received_at=now,
        created_at=datetime.now(UTC),
        state=JobState.QUEUED,
        rung_at=database_seconds(),
    )
    session.add(job)
    session.flush()
    return job
