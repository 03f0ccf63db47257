"""What the annual register holds about people on a roster or in a file."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select
from sqlalchemy.orm import Session, aliased
from sqlalchemy.sql.elements import UnaryExpression
from sqlalchemy.sql.operators import custom_op

from config.clock import local_date
from models.records.account import HandlerProfile
from models.records.batch import Batch
from models.records.bulk import among
from models.records.claim import Claim
from models.records.database import is_postgresql
from models.records.passport_decision import PassportDecision
from models.records.person import BatchPerson
from models.rules.findings import Finding, Outcome
from models.rules.person import IdType, Person, Sex
from models.rules.register import ClaimSeen, Holder, claim_in_the_way, judge_claim


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
    """Claims of other batches on these numbers in this plan year, by digest; one statement, and another one where
    passports are among them.
    """
    held = among(session, Claim.id_digest, digests)
    statement = _with_holder(select(Claim.id_digest).select_from(Claim)).where(
        Claim.plan_year == plan_year, held, Claim.batch_id != batch_id
    )
    rows = session.execute(statement).all()
    permitted = _permitted_beside(session, rows)
    seen: dict[bytes, list[ClaimSeen]] = defaultdict(list)
    for row in rows:
        seen[row.id_digest].append(_claim_seen(row, plan_year, permitted))
    return seen


def conflicts_of(session: Session, batch: Batch) -> list[Conflict]:
    """Everybody on this roster whom a claim of another batch keeps from being claimed, in the order of the roster; one
    statement, and another one where passports are among them.
    """
    enrolling = aliased(BatchPerson, name="enrolling")
    digest: ColumnElement[bytes] = enrolling.id_digest.expression
    if not is_postgresql(session):  # it has no statistics: without the plus it would begin with every claim of the year
        digest = UnaryExpression(digest, operator=custom_op("+"), type_=digest.type)
    on_roster = and_(digest == Claim.id_digest, enrolling.id_type == Claim.id_type)
    statement = (
        _with_holder(select(enrolling).select_from(enrolling).join(Claim, on_roster))
        .where(Claim.plan_year == batch.plan_year, Claim.batch_id != batch.id, enrolling.batch_id == batch.id)
        .order_by(enrolling.id)
    )
    claimed: dict[int, BatchPerson] = {}
    seen: dict[int, list[ClaimSeen]] = defaultdict(list)
    rows = session.execute(statement).all()
    permitted = _permitted_beside(session, rows)
    for row in rows:
        claimed[row[0].id] = row[0]
        seen[row[0].id].append(_claim_seen(row, batch.plan_year, permitted))
    conflicts = []
    for person_id, record in claimed.items():
        person = as_person(record)
        claim = claim_in_the_way(person, seen[person_id])
        if claim is not None:
            outcome, finding = judge_claim(0, person, claim, batch.account_id)
            conflicts.append(Conflict(person_id, record.name, outcome, finding))
    return conflicts


def is_kept_out_by(claim: type[Claim]) -> ColumnElement[bool]:
    """The same of one claim as a condition on a `BatchPerson` with the number that it is on (`claim_in_the_way`)."""
    same_person = exists().where(
        _HELD.id == claim.person_id, _HELD.birth == BatchPerson.birth, _HELD.sex == BatchPerson.sex
    )
    beside = exists().where(is_decided_of(BatchPerson), PassportDecision.variant != claim.variant)
    return or_(~beside.correlate(claim, BatchPerson), same_person.correlate(claim, BatchPerson))


def is_decided_of(person: type[BatchPerson]) -> ColumnElement[bool]:
    """The condition of a `PassportDecision` that is about this very person, told by number, birth and sex."""
    return and_(
        PassportDecision.id_digest == person.id_digest,
        PassportDecision.birth == person.birth,
        PassportDecision.sex == person.sex,
        person.id_type == IdType.PASSPORT,
    )


def permitted_variants(session: Session, digests: Collection[bytes]) -> dict[bytes, dict[tuple[date, Sex], int]]:
    """Who may be claimed under each of these numbers, by birth and sex, with which variant; one statement."""
    found: dict[bytes, dict[tuple[date, Sex], int]] = defaultdict(dict)
    columns = (PassportDecision.id_digest, PassportDecision.birth, PassportDecision.sex, PassportDecision.variant)
    wanted = select(*columns).where(
        among(session, PassportDecision.id_digest, list(digests)), PassportDecision.variant.is_not(None)
    )
    for digest, birth, sex, variant in session.execute(wanted):
        if variant is not None:
            found[digest][birth, Sex(sex)] = variant
    return found


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


_HELD = aliased(BatchPerson, name="held")


def _permitted_beside(session: Session, rows: Sequence[Any]) -> Mapping[bytes, Mapping[tuple[date, Sex], int]]:
    """Of the passports among these claims; nothing is asked where there are none."""
    passports = {row.claimed_digest for row in rows if row.claimed_type == IdType.PASSPORT}
    return permitted_variants(session, passports) if passports else {}


def _with_holder(statement: Select[Any]) -> Select[Any]:
    """The claims of a statement with whose they are. The outer join comes last: SQLite moves no table to before one."""
    claimed = aliased(BatchPerson, name="claimed")
    return (
        statement.add_columns(
            Claim.claimed_at,
            Claim.variant,
            Claim.id_digest.label("claimed_digest"),
            Claim.id_type.label("claimed_type"),
            claimed.name.label("claimed_name"),
            claimed.birth.label("claimed_birth"),
            claimed.sex.label("claimed_sex"),
            Batch.account_id,
            Batch.batch_no,
            Batch.unit_name,
            HandlerProfile.name.label("handler"),
            HandlerProfile.phone,
        )
        .join(claimed, claimed.id == Claim.person_id)
        .join(Batch, Batch.id == Claim.batch_id)
        .join(HandlerProfile, HandlerProfile.account_id == Batch.account_id, isouter=True)
    )


def _claim_seen(row: Any, plan_year: str, permitted: Mapping[bytes, Mapping[tuple[date, Sex], int]]) -> ClaimSeen:
    holder = Holder(
        account_id=row.account_id,
        batch_no=row.batch_no,
        unit=row.unit_name,
        handler=row.handler or "",
        phone=row.phone or "",
        plan_year=plan_year,
        enrolled_on=local_date(row.claimed_at),
    )
    return ClaimSeen(
        holder=holder,
        name=row.claimed_name,
        birth=row.claimed_birth,
        sex=Sex(row.claimed_sex),
        variant=row.variant,
        permitted=permitted.get(row.claimed_digest, {}),
    )
