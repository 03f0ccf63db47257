"""获取上年度建议名单: the unit's people of the year before come to the roster (DOMAIN 7.1, 7.2, T03)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from models.actions.batch_change import (
    batch_to_change,
    mark_roster_changed,
    refuse_if_stale,
    refuse_while_roster_is_written,
)
from models.actions.queue_job import queue_job
from models.queries.admission import Insured, insured_people
from models.queries.suggestion import Former, has_former_people, has_verified_code
from models.records.audit import record_act, record_audit
from models.records.batch import Batch
from models.records.job import Job
from models.records.person import put_on_roster
from models.records.sealing import prefix_digest, unseal_id_no
from models.records.viewer import Viewer
from models.rules.lifecycle import BatchAction
from models.rules.person import EmploymentStatus
from models.rules.refusal import Refused
from models.rules.suggestion import suggested_status

SUGGEST_KIND = "roster.suggest"


def queue_suggestion(
    session: Session, viewer: Viewer, batch_no: str, now: datetime, queue: str, *, version: int | None = None
) -> Job:
    """A job that copies the people of the year before. `now` is the time of receipt, business clock.

    Refused: as `batch_to_change`; BAT-007 while the roster is written; BAT-004 for a stale `version`; COD-006 where the
    code is not known to be this account's; RST-009 where nobody is known of the year before.
    """
    batch = batch_to_change(session, viewer, batch_no, BatchAction.COPY_SUGGESTED, now)
    refuse_while_roster_is_written(session, batch)
    refuse_if_stale(batch, version)
    if not has_verified_code(session, batch):
        raise Refused("COD-006", code=batch.code.code)
    if not has_former_people(session, batch):
        raise Refused("RST-009")
    record_act(
        session,
        viewer,
        now,
        "ask_to_copy_suggested",
        batch_id=batch.id,
    )
    return queue_job(
        session,
        SUGGEST_KIND,
        queue=queue,
        batch_id=batch.id,
        account_id=viewer.account_id,
        now=now,
        writes_roster=True,
    )


def suggested_entries(session: Session, batch: Batch, people: Sequence[Former]) -> list[tuple[Any, ...]]:
    """Former people as rows for `put_on_roster`; one statement.

    Nobody is left out: the roster flags who is over age, 退休 or occupied.
    """
    insured = insured_people(session, batch.plan_year, [person.id_digest for person in people])
    return [_entry(batch.id, person, insured.get(person.id_digest)) for person in people]


def put_suggested(session: Session, batch: Batch, entries: Sequence[tuple[Any, ...]], job: Job) -> None:
    """Add them to a locked batch's roster. Nobody new: nothing changes, so that asking twice is harmless."""
    if entries:
        put_on_roster(session, entries)
        mark_roster_changed(batch, BatchAction.COPY_SUGGESTED, job.received_at)
    record_audit(
        session,
        at=job.received_at,
        account_id=job.account_id,
        action="copy_suggested",
        batch_id=batch.id,
        added=len(entries),
    )


def _entry(batch_id: int, person: Former, known: Insured | None) -> tuple[Any, ...]:
    status = suggested_status(known.status if known else None, person.has_si)
    return (
        batch_id,
        person.name,
        person.id_type,
        person.id_digest,
        prefix_digest(unseal_id_no(person.id_sealed, person.id_digest)),
        person.id_sealed,
        person.birth.isoformat(),
        person.sex,
        person.mobile,
        status is EmploymentStatus.IN_SERVICE,
        str(status),
        True,
        known.si_unit_code if known else person.si_unit_code,
        known.personal_si_no if known else person.personal_si_no,
        None,
        None,
    )
