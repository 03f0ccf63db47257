"""An uploaded file of reference data as a job: judged as a whole first, so that one wrong line changes nothing."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, undefer

from config.clock import local_date
from models.actions.load_reference import DoubledLineError, KeysChangedError, Loaded, record_loaded
from models.actions.queue_reference import LOAD_KIND
from models.records.database import reading, writing
from models.records.job import Job, JobState
from models.records.reference_load import ReferenceLoad
from models.records.reference_tables import REFERENCE_TABLES
from tasks.app import app
from tasks.jobs import JobFailedError, Lease, run
from tasks.reference_csv import FileWrongError, judged_lines
from tasks.reference_file import load_reference

MAX_FINDINGS = 200
"""So many wrong lines are kept; all are counted."""


@dataclass(slots=True)
class WrongLines:
    """How many lines are wrong, and the first of them, each as its number, column and reason."""

    count: int = 0
    first: list[dict[str, Any]] = field(default_factory=list)

    def add(self, wrong: FileWrongError) -> None:
        """One more."""
        self.count += 1
        if self.count <= MAX_FINDINGS:
            self.first.append({"line": wrong.line, "column": wrong.column, "reason": wrong.reason})


@app.task(name=LOAD_KIND)
def load(job_id: int) -> None:
    """May be delivered any number of times: the lease decides."""
    run(job_id, load_uploaded)


def load_uploaded(lease: Lease) -> None:
    """The job itself. A file with a wrong line ends the job as done, with nothing stored and the lines named."""
    with reading() as session:
        upload = _upload(session, lease)
        table = REFERENCE_TABLES[upload.kind]
        try:
            content = upload.content()
        except LookupError:  # an operator tries a job again that had ended
            raise JobFailedError("JOB-001", reason="文件已清除") from None
    today = local_date(lease.received_at)
    lease.begin_stage("validate", len(content))
    wrong = WrongLines()
    try:
        for _ in judged_lines(io.BytesIO(content), table, today, lease.report, wrong.add):
            pass
    except FileWrongError as unreadable:
        wrong.add(unreadable)
    if wrong.count:
        _refuse(lease, wrong)
        return
    lease.begin_stage("store", content.count(b"\n"))

    def finish(session: Session, loaded: Loaded) -> None:
        job, upload = session.get_one(Job, lease.job_id), _upload(session, lease)
        upload.lines, upload.removed, upload.content_sealed = loaded.lines, loaded.removed, None
        record_loaded(session, table, loaded, account_id=lease.account_id, ip=job.params["ip"])
        session.flush()
        lease.finish(session, JobState.DONE)

    lines = judged_lines(io.BytesIO(content), table, today, _quietly)
    try:
        load_reference(table, lines, lease.report, replace_all=upload.replace_all, guard=lease.fence, finish=finish)
    except DoubledLineError as doubled:
        wrong.add(FileWrongError(doubled.second, f"same as line {doubled.first}"))
        _refuse(lease, wrong)
    except KeysChangedError:
        raise JobFailedError("JOB-001", reason="密钥在处理期间已更换") from None


def _refuse(lease: Lease, wrong: WrongLines) -> None:
    with writing() as session:
        lease.fence(session)
        upload = _upload(session, lease)
        upload.wrong_lines, upload.findings, upload.content_sealed = wrong.count, wrong.first, None
        session.flush()
        lease.finish(session, JobState.DONE)


def _upload(session: Session, lease: Lease) -> ReferenceLoad:
    of_job = select(ReferenceLoad).where(ReferenceLoad.job_id == lease.job_id)
    return session.scalars(of_job.options(undefer(ReferenceLoad.content_sealed))).one()


def _quietly(_bytes_read: int) -> None:
    """The file was read once already."""
