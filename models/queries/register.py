"""What the annual register holds about people on a roster or in a file."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, and_, select
from sqlalchemy.orm import Session, aliased

from config.clock import local_date
from models.records.account import HandlerProfile
from models.records.batch import Batch
from models.records.bulk import among
from models.records.claim import Claim
from models.records.person import BatchPerson
from models.rules.findings import Finding, Outcome
from models.rules.person import IdType, Person, Sex
from models.rules.register import ClaimSeen, Holder, judge_claim


@dataclass(frozen=True, slots=True)
class Conflict:
    """A person of a roster who is claimed by another batch, and what may be said about it (DOMAIN 9.3)."""

    person_id: int
    name: str
    outcome: Outcome
    finding: Finding


def claims_seen(
    session: Session, plan_year: str, batch_id: int, digests: Sequence[bytes]
) -> dict[bytes, list[ClaimSeen]]:
    """Claims of other batches on these numbers in this plan year, by digest; one statement."""
    held = among(session, Claim.id_digest, digests)
    statement = _with_holder(select(Claim.id_digest)).where(
        Claim.plan_year == plan_year, held, Claim.batch_id != batch_id
    )
    seen: dict[bytes, list[ClaimSeen]] = defaultdict(list)
    for row in session.execute(statement):
        seen[row.id_digest].append(_claim_seen(row, plan_year))
    return seen


def conflicts_of(session: Session, batch: Batch) -> list[Conflict]:
    """Everybody on this roster who is claimed by another batch, in the order of the roster; one statement."""
    enrolling = aliased(BatchPerson, name="enrolling")
    statement = (
        _with_holder(select(enrolling))
        .join(enrolling, and_(enrolling.id_digest == Claim.id_digest, enrolling.id_type == Claim.id_type))
        .where(Claim.plan_year == batch.plan_year, Claim.batch_id != batch.id, enrolling.batch_id == batch.id)
        .order_by(enrolling.id)
    )
    claimed: dict[int, BatchPerson] = {}
    seen: dict[int, list[ClaimSeen]] = defaultdict(list)
    for row in session.execute(statement):
        claimed[row[0].id] = row[0]
        seen[row[0].id].append(_claim_seen(row, batch.plan_year))
    conflicts = []
    for person_id, record in claimed.items():
        person = as_person(record)
        outcome, finding = judge_claim(0, person, nearest_claim(person, seen[person_id]), batch.account_id)
        conflicts.append(Conflict(person_id, record.name, outcome, finding))
    return conflicts


def nearest_claim(person: Person, seen: Sequence[ClaimSeen]) -> ClaimSeen:
    """Of several claims on one passport number (DOMAIN 9.5), the one of the same birth and sex, else the first."""
    alike = (claim for claim in seen if (claim.birth, claim.sex) == (person.birth, person.sex))
    return next(alike, seen[0])


def as_person(record: BatchPerson) -> Person:
    """A stored person as the rules know one; the number is opened for it."""
    return Person(
        name=record.name,
        id_type=IdType(record.id_type),
        id_no=record.id_no,
        birth=record.birth,
        sex=Sex(record.sex),
        mobile=record.mobile,
        has_si=record.has_si,
    )


def _with_holder(statement: Select[Any]) -> Select[Any]:
    claimed = aliased(BatchPerson, name="claimed")
    return (
        statement.add_columns(
            Claim.claimed_at,
            claimed.name.label("claimed_name"),
            claimed.birth.label("claimed_birth"),
            claimed.sex.label("claimed_sex"),
            Batch.account_id,
            Batch.batch_no,
            Batch.unit_name,
            HandlerProfile.name.label("handler"),
            HandlerProfile.phone,
        )
        .select_from(Claim)
        .join(claimed, claimed.id == Claim.person_id)
        .join(Batch, Batch.id == Claim.batch_id)
        .join(HandlerProfile, HandlerProfile.account_id == Batch.account_id, isouter=True)
    )


def _claim_seen(row: Any, plan_year: str) -> ClaimSeen:
    holder = Holder(
        account_id=row.account_id,
        batch_no=row.batch_no,
        unit=row.unit_name,
        handler=row.handler or "",
        phone=row.phone or "",
        plan_year=plan_year,
        enrolled_on=local_date(row.claimed_at),
    )
    return ClaimSeen(holder=holder, name=row.claimed_name, birth=row.claimed_birth, sex=Sex(row.claimed_sex))
