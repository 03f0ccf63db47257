"""An uploaded roster is received: file, receipt and job are rows before anybody is told so."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from config.clock import local_date
from models.actions.batch_change import batch_to_change, refuse_if_stale
from models.actions.queue_job import queue_job
from models.actions.slow_look_ups import refuse_too_many_look_ups
from models.records.audit import record_act
from models.records.batch import Batch
from models.records.counter import next_number
from models.records.job import UNFINISHED, Job, JobState
from models.records.plan_year import plan_of
from models.records.roster_import import RosterImport
from models.records.viewer import Viewer
from models.rules.lifecycle import BatchAction
from models.rules.person import mask_typed
from models.rules.refusal import Refused
from models.rules.roster import MAX_FILE_BYTES
from models.rules.selection import check_selection

IMPORT_KIND = "roster.import"


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the clerk gets at once: the import and its job, or those of the same file received before (IMP-009)."""

    import_id: int
    job_id: int
    seen_before: bool


def queue_import(
    session: Session,
    viewer: Viewer,
    batch_no: str,
    *,
    file_name: str,
    content: bytes,
    queue: str,
    now: datetime,
    check_only: bool = False,
    projects: Sequence[str] | None = None,
    repeat: bool = False,
    version: int | None = None,
) -> Receipt:
    """Store an upload and its job in the caller's transaction; ring the doorbell after it has committed.

    `now` is the time of receipt, business clock: deadlines follow it, however late the work runs. The same bytes among
    the batch's queued, running or finished imports give the earlier receipt; with `repeat` only a double click does.
    Refused: as `batch_to_change`; IMP-008 over 10 MB, IMP-005 empty, PRJ-… for projects that can't be chosen; BAT-004
    for a stale `version` of the batch; SYS-001 after too many answers of the annual register.
    """
    batch = batch_to_change(session, viewer, batch_no, BatchAction.IMPORT_PEOPLE, now, lock_row=False)
    refuse_if_stale(batch, version)
    if len(content) > MAX_FILE_BYTES:
        raise Refused("IMP-008")
    if not content:
        raise Refused("IMP-005")
    if projects is not None:
        check_selection(projects, plan_of(session, batch.plan_year).as_offered_to([batch.code.code]))
    sha256 = hashlib.sha256(content).hexdigest()
    if (earlier := _earlier(session, batch, sha256, check_only=check_only, repeat=repeat)) is not None:
        return Receipt(earlier.id, earlier.job_id, seen_before=True)
    refuse_too_many_look_ups(session, viewer, now)
    job = queue_job(
        session,
        IMPORT_KIND,
        queue=queue,
        batch_id=batch.id,
        account_id=viewer.account_id,
        now=now,
        writes_roster=not check_only,
    )
    day = local_date(now)
    upload = RosterImport(
        receipt_no=f"R{day:%Y%m%d}-{next_number(session, 'receipt', day):04d}",
        batch_id=batch.id,
        account_id=viewer.account_id,
        job_id=job.id,
        received_at=now,
        file_name=mask_typed(None, file_name)[-200:],  # people name files after people
        size=len(content),
        sha256=sha256,
        content_sealed=RosterImport.seal_content(content, sha256),
        check_only=check_only,
        projects=list(projects) if projects is not None else None,
    )
    session.add(upload)
    session.flush()
    record_act(
        session,
        viewer,
        now,
        "upload_roster",
        batch_id=batch.id,
        receipt_no=upload.receipt_no,
        check_only=check_only,
    )
    return Receipt(upload.id, job.id, seen_before=False)


def _earlier(session: Session, batch: Batch, sha256: str, *, check_only: bool, repeat: bool) -> RosterImport | None:
    """The same file among the imports that count. A deliberate repeat, like a check, is met only by its own double, and
    nothing is left to show of one that is erased.
    """
    unfinished = and_(Job.state.in_(UNFINISHED), ~Job.cancel_requested)
    done = and_(Job.state == JobState.DONE, RosterImport.undone_at.is_(None))
    counts = and_(~RosterImport.check_only, unfinished if repeat else or_(unfinished, done))
    being_checked = and_(RosterImport.check_only, unfinished)
    return session.scalars(
        select(RosterImport)
        .join(Job, Job.id == RosterImport.job_id)
        .where(RosterImport.batch_id == batch.id, RosterImport.sha256 == sha256)
        .where(RosterImport.erased_at.is_(None), or_(counts, being_checked) if check_only else counts)
        .order_by(RosterImport.id.desc())
        .limit(1)
    ).one_or_none()
