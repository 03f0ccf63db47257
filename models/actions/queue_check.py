"""清册校验 and 清册提交 as they are asked for: a job each, which takes its turn among those of its batch."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.orm import Session

from models.actions.batch_change import batch_to_change, refuse_if_stale, refuse_while_roster_is_written
from models.actions.check_roster import SUBMIT_KIND, VALIDATE_KIND
from models.actions.queue_job import queue_job
from models.actions.slow_look_ups import refuse_too_many_look_ups
from models.queries.roster import people_on
from models.queries.texts import wording_now
from models.records.audit import record_act
from models.records.batch import Batch
from models.records.job import Job
from models.records.text_version import TextKind
from models.records.viewer import Viewer
from models.rules.lifecycle import BatchAction
from models.rules.refusal import Refused

QueueFor = Callable[[int], str]
"""Names the queue of work on so many people."""

_ASKED = {VALIDATE_KIND: "ask_to_validate_roster", SUBMIT_KIND: "ask_to_submit_roster"}
"""What the audit log calls the asking; the result is an entry of its own."""


def queue_validation(
    session: Session, viewer: Viewer, batch_no: str, now: datetime, queue_for: QueueFor, *, version: int | None = None
) -> Job:
    """A job that checks the roster. `now` is the time of receipt, business clock.

    Refused: as `batch_to_change`; BAT-007 while an import runs; BAT-004 for a stale `version`; SYS-001 after too many
    answers of the register.
    """
    batch = _to_check(session, viewer, batch_no, BatchAction.VALIDATE_ROSTER, now, version)
    return _queued(session, viewer, batch, VALIDATE_KIND, now, queue_for)


def queue_submission(  # noqa: PLR0917 - who, what, which pledge, when, where
    session: Session,
    viewer: Viewer,
    batch_no: str,
    pledge_version: str,
    now: datetime,
    queue_for: QueueFor,
    *,
    version: int | None = None,
) -> Job:
    """A job that submits the roster, whose handler has agreed to this version of the pledge.

    Refused: as `queue_validation`; VAL-001 for an empty roster; VAL-007 where another version is in force, or none is
    named.
    """
    batch = _to_check(session, viewer, batch_no, BatchAction.SUBMIT_ROSTER, now, version)
    if not people_on(session, batch.id):
        raise Refused("VAL-001")
    pledge = wording_now(session, TextKind.PLEDGE, now)
    if pledge_version != pledge.version:
        raise Refused("VAL-007")
    agreed = {"pledge_version": pledge_version, "pledge_sha256": pledge.sha256}
    return _queued(session, viewer, batch, SUBMIT_KIND, now, queue_for, **agreed)


def _to_check(  # noqa: PLR0917 - as every action
    session: Session, viewer: Viewer, batch_no: str, action: BatchAction, now: datetime, version: int | None
) -> Batch:
    batch = batch_to_change(session, viewer, batch_no, action, now)
    refuse_while_roster_is_written(session, batch)
    refuse_if_stale(batch, version)
    refuse_too_many_look_ups(session, viewer, now)
    return batch


def _queued(  # noqa: PLR0917 - as every job
    session: Session, viewer: Viewer, batch: Batch, kind: str, now: datetime, queue_for: QueueFor, **agreed: str
) -> Job:
    people = people_on(session, batch.id)
    job = queue_job(
        session,
        kind,
        queue=queue_for(people),
        batch_id=batch.id,
        account_id=viewer.account_id,
        now=now,
        writes_roster=True,
    )
    job.params = {"ip": viewer.ip, "roster_version": batch.roster_version, **agreed}
    record_act(
        session,
        viewer,
        now,
        _ASKED[kind],
        batch_id=batch.id,
        people=people,
        **agreed,
    )
    return job
