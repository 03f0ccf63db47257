"""Jobs: work outside a request, each with one life (see tasks/jobs.py)."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Double, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from models.records.base import Base, Id, Json, UtcDateTime

UNFINISHED_IN_SQL = text("state IN ('queued', 'running')")
"""The condition of the index of unfinished jobs; SQLite uses it only where the query has it word for word."""


class JobState(StrEnum):
    """Where a job is in its life."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


UNFINISHED = (JobState.QUEUED, JobState.RUNNING)


class Job(Base):
    """One piece of work. The row is the truth; a message in the broker only says that it may be due."""

    __tablename__ = "job"
    __table_args__ = (
        Index("ix_job_unfinished", "queue", "id", postgresql_where=UNFINISHED_IN_SQL, sqlite_where=UNFINISHED_IN_SQL),
        Index("ix_job_batch_id", "batch_id", "id"),
        # For the staff's pages: the latest of a state, and what has ended today.
        Index("ix_job_state_id", "state", "id"),
        Index("ix_job_finished_at", "finished_at"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    kind: Mapped[str] = mapped_column(String(30))
    """The task's name, e.g. `roster.import`."""
    queue: Mapped[str] = mapped_column(String(30))
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("batch.id"))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    writes_roster: Mapped[bool] = mapped_column(default=False)
    """Jobs that change one batch's roster run one at a time and in the order of receipt (DOMAIN 3.3)."""
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """Receipt by the business clock: windows and dates follow it, however late the work runs."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """The machine's clock, like all times below."""

    params: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    """What the work was asked with, where its batch does not say it all."""

    state: Mapped[str] = mapped_column(String(10))
    stage: Mapped[str | None] = mapped_column(String(20))
    done: Mapped[int] = mapped_column(default=0)
    """Rows done in the current stage."""
    total: Mapped[int | None]
    progress: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    """Finished stages with rows and seconds, and what was found so far."""
    stage_began: Mapped[float | None] = mapped_column(Double)

    attempt: Mapped[int] = mapped_column(default=0)
    token: Mapped[str | None] = mapped_column(String(32))
    """Who holds the lease; a worker whose token is not here any more writes nothing."""
    lease_until: Mapped[float | None] = mapped_column(Double)
    """Seconds since 1970 by the database's clock."""
    rung_at: Mapped[float] = mapped_column(Double)
    """When its message was last published, by the database's clock."""
    cancel_requested: Mapped[bool] = mapped_column(default=False)
    began_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    code: Mapped[str | None] = mapped_column(String(10))
    """Why it failed or what it ended with, a code of the message catalogue."""
    values: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    """Placeholders of the code's text."""
