"""The annual register as it must always be (DOMAIN 9.2)."""

from __future__ import annotations

from sqlalchemy import select

from models.records.batch import Batch
from models.records.claim import Claim
from models.records.database import reading
from models.records.person import BatchPerson
from models.rules.lifecycle import CLAIMING
from tests.records import BatchOf


def claims_of(batch: BatchOf) -> set[int]:
    """The people for whom this batch holds a claim."""
    with reading() as session:
        return set(session.scalars(select(Claim.person_id).where(Claim.batch_id == batch.batch_id)))


def broken_claims() -> list[str]:
    """Each claim without its person on a submitted roster, each such person without a claim; none if all is well."""
    on_rosters = (
        select(Batch.plan_year, BatchPerson.id_type, BatchPerson.id_digest, Batch.id, BatchPerson.id)
        .join(Batch, Batch.id == BatchPerson.batch_id)
        .where(Batch.state.in_(CLAIMING))
    )
    held = select(Claim.plan_year, Claim.id_type, Claim.id_digest, Claim.batch_id, Claim.person_id)
    with reading() as session:
        enrolled = {tuple(row) for row in session.execute(on_rosters)}
        claimed = {tuple(row) for row in session.execute(held)}
    broken = [f"a claim of nobody: batch {row[3]}, person {row[4]}" for row in claimed - enrolled]
    return broken + [f"no claim: batch {row[3]}, person {row[4]}" for row in enrolled - claimed]
