"""Claims of the annual register: everybody on a roster, or nobody (DOMAIN 9)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import case, delete, literal, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from models.queries.register import Conflict, conflicts_of
from models.records.base import UtcDateTime
from models.records.batch import Batch
from models.records.claim import Claim
from models.records.database import is_postgresql
from models.records.person import BatchPerson
from models.rules.refusal import Refused

_TRIES = 5
"""A loser that finds no conflict on re-reading tries again: the winner has released its people meanwhile."""


def claim_everybody(session: Session, batch: Batch, people: int, now: datetime) -> list[Conflict]:
    """Take a claim for each person, all or none. Returns the conflicts; empty means that all are claimed.

    Numbers are claimed in the order of their digests: overlapping rosters in different orders would deadlock.
    """
    for _ in range(_TRIES):
        savepoint = session.begin_nested()
        if _claim(session, batch, now) == people:
            savepoint.commit()
            return []
        savepoint.rollback()
        conflicts = conflicts_of(session, batch)
        if conflicts:
            return conflicts
    raise Refused("SYS-001")


def release_everybody(session: Session, batch: Batch) -> None:
    """Nobody of this batch is claimed by it any more."""
    session.execute(delete(Claim).where(Claim.batch_id == batch.id))


def _claim(session: Session, batch: Batch, now: datetime) -> int:
    roster = (
        select(
            literal(batch.plan_year),
            BatchPerson.id_type,
            BatchPerson.id_digest,
            literal(0),
            BatchPerson.batch_id,
            BatchPerson.id,
            case((BatchPerson.has_si, BatchPerson.si_unit_code)),
            literal(now, UtcDateTime()),
        )
        .where(BatchPerson.batch_id == batch.id)
        .order_by(BatchPerson.id_digest)
    )
    columns = [
        "plan_year", "id_type", "id_digest", "variant", "batch_id", "person_id", "si_unit_code", "claimed_at",
    ]  # fmt: skip
    insert = postgresql.insert(Claim) if is_postgresql(session) else sqlite.insert(Claim)
    claimed = session.execute(
        insert.from_select(columns, roster).on_conflict_do_nothing(), execution_options={"preserve_rowcount": True}
    )
    return int(claimed.rowcount)  # type: ignore[attr-defined]  # an INSERT's result has it
