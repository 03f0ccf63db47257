"""One claim of the annual register for another number of the same person: taken at once, or not at all (DOMAIN 9.2)."""

from __future__ import annotations

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from models.queries.register import claims_seen, permitted_variants
from models.records.batch import Batch
from models.records.claim import Claim
from models.records.database import is_postgresql
from models.records.passport_decision import PassportDecision
from models.records.person import BatchPerson
from models.rules.person import IdType, Person, mask_id_no
from models.rules.refusal import Refused
from models.rules.register import claim_in_the_way, judge_claim

_TRIES = 5
"""As for a whole roster: whoever held the number when it was asked for may have given it back since."""


def reclaim_person(
    session: Session, batch: Batch, record: BatchPerson, person: Person, digest: bytes
) -> Refused | None:
    """Let the batch claim `person` instead of the person that `record` still is; `digest` is of the new number.

    Returned, and nothing changed: REG-001 to REG-004, why the number is somebody else's. Refused SYS-001: no end of it.
    The new claim is taken before the old one is given back: nobody then waits for this who is waited for.
    """
    if (digest, person.birth, str(person.sex)) == (record.id_digest, record.birth, record.sex):
        return None
    if taken := _on_this_roster(session, batch, record, person, digest):
        return taken
    for _ in range(_TRIES):
        variant = _variant_of(session, person, digest)
        if taken := _claimed_elsewhere(session, batch, person, digest):
            return taken
        if _take(session, record, digest, variant):
            return None
    raise Refused("SYS-001")


def _on_this_roster(
    session: Session, batch: Batch, record: BatchPerson, person: Person, digest: bytes
) -> Refused | None:
    others = select(BatchPerson.name).where(
        BatchPerson.batch_id == batch.id, BatchPerson.id_digest == digest, BatchPerson.id != record.id
    )
    name = session.scalars(others).one_or_none()
    if name is None:
        return None
    return Refused("REG-004", name=name, id=mask_id_no(person.id_no), batch=batch.batch_no)


def _variant_of(session: Session, person: Person, digest: bytes) -> int:
    """With which variant this person is claimed; of a passport that people share, their turn is taken as well."""
    if person.id_type is not IdType.PASSPORT:
        return 0
    known = select(PassportDecision.id).where(PassportDecision.id_digest == digest).order_by(PassportDecision.id)
    if not session.scalars(known.with_for_update()).all():
        return 0
    return permitted_variants(session, [digest])[digest].get((person.birth, person.sex), 0)


def _claimed_elsewhere(session: Session, batch: Batch, person: Person, digest: bytes) -> Refused | None:
    seen = claim_in_the_way(person, claims_seen(session, batch.plan_year, batch.id, [digest])[digest])
    if seen is None:
        return None
    _, finding = judge_claim(0, person, seen, batch.account_id)
    return Refused(finding.code, **finding.values)


def _take(session: Session, record: BatchPerson, digest: bytes, variant: int) -> bool:
    """Whether the number could be claimed; the old claim is gone then."""
    old = session.scalars(select(Claim).where(Claim.person_id == record.id)).one()
    if (old.id_digest, old.variant) == (digest, variant):
        return True
    insert = postgresql.insert(Claim) if is_postgresql(session) else sqlite.insert(Claim)
    new = insert.values(
        plan_year=old.plan_year,
        id_type=old.id_type,
        id_digest=digest,
        variant=variant,
        batch_id=old.batch_id,
        person_id=record.id,
        si_unit_code=old.si_unit_code,
        claimed_at=old.claimed_at,
    )
    taken = session.execute(new.on_conflict_do_nothing(), execution_options={"preserve_rowcount": True})
    if not taken.rowcount:  # type: ignore[attr-defined]  # an INSERT's result has it
        return False
    session.execute(delete(Claim).where(Claim.id == old.id))
    return True
