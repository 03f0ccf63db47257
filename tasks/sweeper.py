"""The sweeper brings home every job that lost its message or its worker. Each worker runs one; none is the only one."""

from __future__ import annotations

import threading
from datetime import UTC, datetime

import structlog
from sqlalchemy import and_, or_, select, update
from sqlalchemy.exc import DBAPIError

from config.settings import settings
from models.records.database import DatabaseBusyError, database_seconds, reading, writing
from models.records.job import Job, JobState
from tasks.doorbell import ring

log = structlog.get_logger()


def sweep() -> int:
    """Ring for every job that is due again; end those that were begun too often. Returns how many were rung for."""
    lost = and_(Job.state == JobState.RUNNING, Job.lease_until < database_seconds())
    forgotten = and_(Job.state == JobState.QUEUED, Job.rung_at < database_seconds() - settings().sweep_seconds)
    with reading() as session:
        if session.execute(select(Job.id).where(or_(lost, forgotten)).limit(1)).scalar() is None:
            return 0
    with writing() as session:
        session.execute(
            update(Job)
            .where(lost, Job.attempt >= settings().max_attempts)
            .values(
                state=JobState.FAILED,
                code="JOB-001",
                values={"reason": "处理多次中断"},
                token=None,
                lease_until=None,
                finished_at=datetime.now(UTC),
            )
        )
        due = list(
            session.execute(
                update(Job)
                .where(or_(forgotten, and_(lost, Job.attempt < settings().max_attempts)))
                .values(rung_at=database_seconds())
                .returning(Job.id)
            ).scalars()
        )
    for job_id in sorted(due):
        log.info("job_rung_again", job=job_id)
        ring(job_id)
    return len(due)


def expire_lease(job_id: int) -> None:
    """The worker that held this job is dead: let the job be taken now. At worst the fence refuses a rival."""
    try:
        with writing() as session:
            session.execute(update(Job).where(Job.id == job_id, Job.state == JobState.RUNNING).values(lease_until=0))
        sweep()
    except (DBAPIError, DatabaseBusyError) as away:
        log.warning("database_away", job=job_id, reason=type(away).__name__)


def start_timer() -> None:
    """Sweep now and every `sweep_seconds`, in a thread of the worker's main process."""
    threading.Thread(target=_sweep_for_ever, name="sweeper", daemon=True).start()


def _sweep_for_ever() -> None:
    pause = threading.Event()
    while True:
        try:
            sweep()
        except (DBAPIError, DatabaseBusyError) as away:
            log.warning("database_away", reason=type(away).__name__)
        except Exception:  # the timer must outlive whatever one sweep met
            log.exception("sweep_failed")
        pause.wait(settings().sweep_seconds)
