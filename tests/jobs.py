"""Jobs as rows, without a worker, for tests of what staff see of them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from models.records.database import writing
from models.records.job import UNFINISHED, Job, JobState
from tasks.queues import UPKEEP


def a_job(kind: str, state: JobState, *, age: timedelta = timedelta(), batch_id: int | None = None, **more: Any) -> int:
    """A job of this kind, queued so long ago; if it is over, since a moment."""
    now = datetime.now(UTC)
    over = state not in UNFINISHED
    with writing() as session:
        job = Job(
            kind=kind,
            queue=UPKEEP,
            batch_id=batch_id,
            received_at=now - age,
            created_at=now - age,
            state=state,
            rung_at=now.timestamp(),
            attempt=0 if state is JobState.QUEUED else 1,
            began_at=None if state is JobState.QUEUED else now,
            finished_at=now if over else None,
            **more,
        )
        session.add(job)
        session.flush()
        return job.id
