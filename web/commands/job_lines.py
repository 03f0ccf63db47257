"""Jobs as `canbao jobs` tells them: fields for programs, lines for people."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from config.clock import SHANGHAI
from config.messages import text
from models.queries.jobs import JobOf
from models.records.job import Job, JobState

TIMES = "Times: this machine's clock, in Shanghai time (not a demonstration's clock)."


def fields(found: JobOf) -> dict[str, Any]:
    """A job in a list, for programs. `created_at` and the times after it are the machine's clock."""
    job = found.job
    return {
        "id": job.id,
        "kind": job.kind,
        "queue": job.queue,
        "state": job.state,
        "stage": job.stage,
        "done": _done(job),
        "total": job.total,
        "attempt": job.attempt,
        "code": job.code,
        "created_at": job.created_at.isoformat(timespec="seconds"),
        "began_at": job.began_at.isoformat(timespec="seconds") if job.began_at else None,
        "finished_at": job.finished_at.isoformat(timespec="seconds") if job.finished_at else None,
        "import_id": found.import_id,
        "receipt_no": found.receipt_no,
        "file_name": found.file_name,
        "batch_no": found.batch_no,
        "account": found.account,
    }


def all_fields(found: JobOf) -> dict[str, Any]:
    """One job, for programs. `received_at` is the business clock, which a demonstration can move."""
    job = found.job
    told = {"message": _message(job), "received_at": job.received_at.isoformat()}
    return fields(found) | told | (job.progress or {})


def row(found: JobOf) -> dict[str, Any]:
    """A job in a list, for people; the file comes last, since its name may have any width."""
    job = found.job
    return {
        "id": job.id,
        "kind": job.kind,
        "queue": job.queue,
        "state": job.state,
        "rows": _rows(job),
        "code": job.code,
        "queued": _local(job.created_at),
        "account": found.account,
        "batch": found.batch_no,
        "import": found.import_id,
        "file": found.file_name,
    }


def lines(found: JobOf) -> Iterator[str]:
    """One job, a line a fact; what there is not is left out."""
    job = found.job
    machine, business = "(this machine's clock)", "(business clock)"
    facts: dict[str, Any] = {
        "job": job.id,
        "kind": job.kind,
        "queue": job.queue,
        "state": job.state,
        "stage": job.stage,
        "rows": _rows(job),
        "code": job.code,
        "message": _message(job),
        "attempt": job.attempt or None,
        "import": found.import_id,
        "receipt": found.receipt_no,
        "file": found.file_name,
        "batch": found.batch_no,
        "account": found.account,
        "received": f"{_local(job.received_at)} {business}",
        "queued": f"{_local(job.created_at)} {machine}",
        "began": job.began_at and f"{_local(job.began_at)} {machine}",
        "ended": job.finished_at and f"{_local(job.finished_at)} {machine}",
    }
    yield from (f"{name}: {value}" for name, value in facts.items() if value is not None)
    progress = job.progress or {}
    for stage in progress.get("stages", []):
        yield f"stage {stage['stage']}: {stage['rows']} rows in {stage['seconds']:.2f} s"
    if kinds := progress.get("found"):
        yield "found: " + ", ".join(f"{rows} {outcome}" for outcome, rows in kinds.items())


def _message(job: Job) -> str | None:
    return text(job.code, **job.values) if job.code else None


def _done(job: Job) -> int:
    """Rows done; a stage counts for those who wait, and the last one does not say at its end that it is through."""
    return job.total if job.state == JobState.DONE and job.total is not None else job.done


def _rows(job: Job) -> str | None:
    """How far a job has come: `5000`, or `1200 of 5000` in its stage; None where nothing is counted."""
    if job.total is None:
        return None
    return str(job.total) if job.state == JobState.DONE else f"{job.done} of {job.total}"


def _local(moment: datetime) -> str:
    return f"{moment.astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S}"
