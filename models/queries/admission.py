"""What well-formed rows meet: roster, annual register and social-insurance register (DOMAIN 7.5, 7.6, 9)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from sqlalchemy import case, exists, select
from sqlalchemy.orm import Session

from models.queries.register import claims_seen
from models.queries.retired import is_overridden
from models.queries.roster import reference_of
from models.records.batch import Batch
from models.records.bulk import among
from models.records.person import BatchPerson
from models.records.reference import SiPerson
from models.records.sealing import id_digest
from models.rules.findings import Outcome
from models.rules.person import EmploymentStatus, IdType, Person, Sex
from models.rules.plan import PlanYear
from models.rules.register import (
    ClaimSeen,
    Merge,
    RosterSeen,
    claim_in_the_way,
    hint_finding,
    judge_claim,
    merge,
    status_for,
)
from models.rules.roster import CheckedRow, TypedRow, check_row


@dataclass(slots=True)
class Entry:
    """One row with everything that is known of it; `outcome` is decided."""

    checked: CheckedRow
    outcome: Outcome
    digest: bytes = b""
    has_si: bool = False
    employment_status: EmploymentStatus = EmploymentStatus.UNKNOWN
    si_unit_code: str | None = None
    personal_si_no: str | None = None
    seen: RosterSeen | None = None
    """Whom the row met on the roster."""
    merged: Merge | None = None


class Insured(NamedTuple):
    """Somebody whom the social-insurance register knows."""

    status: EmploymentStatus
    si_unit_code: str | None
    personal_si_no: str | None


def has_people(session: Session, batch_id: int) -> bool:
    """Whether anybody is on the roster."""
    return bool(session.scalar(select(exists().where(BatchPerson.batch_id == batch_id))))


def admit(session: Session, batch: Batch, checked: Sequence[CheckedRow], *, people_before: bool = True) -> list[Entry]:
    """Decide the outcome of every row; what the registers say is added to its findings. 3 statements.

    `people_before`: whether anybody can be met on the roster; if not, it is not asked.
    """
    digests = [id_digest(row.person.id_no) if row.person and row.outcome is None else b"" for row in checked]
    asked = [digest for digest in digests if digest]
    roster = _roster(session, batch.id, asked) if people_before else {}
    claims = claims_seen(session, batch.plan_year, batch.id, asked)
    insured = insured_people(session, batch.plan_year, asked)
    entries = []
    for row, digest in zip(checked, digests, strict=True):
        if row.person is None or not digest:
            entries.append(Entry(row, row.outcome or Outcome.INVALID))
            continue
        entries.append(
            _admit(
                Entry(row, Outcome.ADDED, digest, seen=roster.get(digest)),
                row.person,
                claims.get(digest, []),
                insured.get(digest),
                batch.account_id,
            )
        )
    return entries


def admit_one(session: Session, batch: Batch, plan: PlanYear, typed: TypedRow, today: date) -> Entry:
    """One person who comes without a file, judged like an imported row (新增人员, DOMAIN 7.9). 3 statements.

    `today` is the business date of receipt.
    """
    return admit(session, batch, [check_row(typed, plan, today, reference_of(batch, plan, today))])[0]


def _admit(
    entry: Entry, person: Person, claims: Sequence[ClaimSeen], insured: Insured | None, account_id: int
) -> Entry:
    """Decide a well-formed row: another person than on the roster, claimed elsewhere, met on the roster, or new.

    The first of these is the outcome (DOMAIN 7.5); a claim is told beside the first as well, all findings in one pass.
    """
    row = entry.checked
    status = insured.status if insured else None
    merged = merge(row.row, person, entry.seen, status) if entry.seen else None
    stranger = merged is not None and merged.outcome is Outcome.INVALID
    seen = claim_in_the_way(person, claims)
    claim = judge_claim(row.row, person, seen, account_id) if seen else None
    if claim is not None and not stranger:
        entry.outcome, finding = claim
        row.findings.append(finding)
    elif merged is not None:
        entry.merged, entry.outcome = merged, merged.outcome
        entry.has_si, entry.employment_status = entry.merged.has_si, entry.merged.employment_status
        row.findings.extend(entry.merged.findings)
        if claim is not None:
            row.findings.append(claim[1])
    else:
        entry.has_si, entry.employment_status, hint = status_for(person, status)
        if hint:
            row.findings.append(hint_finding(row.row, hint, person))
        if insured:
            entry.si_unit_code, entry.personal_si_no = insured.si_unit_code, insured.personal_si_no
    return entry


def _roster(session: Session, batch_id: int, digests: Sequence[bytes]) -> dict[bytes, RosterSeen]:
    people = select(
        BatchPerson.id,
        BatchPerson.id_digest,
        BatchPerson.name,
        BatchPerson.id_type,
        BatchPerson.birth,
        BatchPerson.sex,
        BatchPerson.mobile,
        BatchPerson.has_si,
        BatchPerson.employment_status,
        BatchPerson.in_service_set_at,
    ).where(BatchPerson.batch_id == batch_id, among(session, BatchPerson.id_digest, digests))
    return {
        person.id_digest: RosterSeen(
            person_id=person.id,
            name=person.name,
            id_type=IdType(person.id_type),
            birth=person.birth,
            sex=Sex(person.sex),
            mobile=person.mobile,
            has_si=person.has_si,
            employment_status=EmploymentStatus(person.employment_status),
            set_in_service=person.in_service_set_at is not None,
        )
        for person in session.execute(people)
    }


def insured_people(session: Session, plan_year: str, digests: Sequence[bytes]) -> dict[bytes, Insured]:
    """Those of these numbers, by digest, whom the social-insurance register knows; one statement.

    Whose 退休 `admin` has overridden for the plan year has the status “-”.
    """
    status = case((is_overridden(plan_year, SiPerson.id_digest), EmploymentStatus.UNKNOWN), else_=SiPerson.status)
    people = select(SiPerson.id_digest, status, SiPerson.si_unit_code, SiPerson.personal_si_no)
    found = session.execute(people.where(among(session, SiPerson.id_digest, digests)))
    return {digest: Insured(EmploymentStatus(status), unit, number) for digest, status, unit, number in found}
