"""Claims of the annual register: everybody on a roster, or nobody (DOMAIN 9)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import case, delete, func, literal, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from models.queries.register import Conflict, conflicts_of, is_decided_of
from models.records.base import UtcDateTime
from models.records.batch import Batch
from models.records.claim import Claim
from models.records.database import is_postgresql
from models.records.passport_decision import PassportDecision
from models.records.person import BatchPerson
from models.rules.person import IdType
from models.rules.refusal import Refused

_TRIES = 5
"""A loser that finds no conflict on re-reading tries again: the winner has released its people meanwhile."""


def claim_everybody(session: Session, batch: Batch, people: int, now: datetime) -> list[Conflict]:
    """Take a claim for each person, all or none. Returns the conflicts; empty means that all are claimed.

    Numbers are claimed in the order of their digests: overlapping rosters in different orders would deadlock. Of
    passports whose number several people are known to have, the index does not know who is whom: whoever has one of
    those numbers takes turns with the others, and is compared with who is claimed (DOMAIN 9.5).
    """
    for _ in range(_TRIES):
        shared = _take_turn_at_shared_passports(session, batch)
        savepoint = session.begin_nested()
        everybody = _claim(session, batch, now, shared=shared) == people
        if everybody and not (shared and conflicts_of(session, batch)):
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


def _take_turn_at_shared_passports(session: Session, batch: Batch) -> bool:
    """Whether somebody of the batch has a passport number about which something is decided; locked until the end."""
    numbers = select(BatchPerson.id_digest).where(
        BatchPerson.batch_id == batch.id, BatchPerson.id_type == IdType.PASSPORT
    )
    known = select(PassportDecision.id).where(PassportDecision.id_digest.in_(numbers)).order_by(PassportDecision.id)
    return bool(session.scalars(known.with_for_update()).all())


def _claim(session: Session, batch: Batch, now: datetime, *, shared: bool) -> int:
    variant = select(PassportDecision.variant).where(is_decided_of(BatchPerson)).scalar_subquery()
    roster = (
        select(
            literal(batch.plan_year),
            BatchPerson.id_type,
            BatchPerson.id_digest,
            func.coalesce(variant, 0) if shared else literal(0),
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
