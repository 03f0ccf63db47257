"""查重: every good row against the roster, the annual register and the social-insurance register."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from models.queries.register import claims_seen, nearest_claim
from models.records.bulk import CHUNK, among
from models.records.database import reading
from models.records.person import BatchPerson
from models.records.reference import SiPerson
from models.records.sealing import id_digest
from models.rules.findings import Outcome
from models.rules.person import EmploymentStatus, IdType, Person, Sex
from models.rules.register import ClaimSeen, Merge, RosterSeen, hint_finding, judge_claim, merge, status_for
from models.rules.roster import CheckedRow
from tasks.jobs import Lease
from tasks.roster_import.read import Work


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


def dedupe(checked: list[CheckedRow], work: Work, lease: Lease) -> list[Entry]:
    """Decide the outcome of every row; what the registers say is added to its findings."""
    lease.begin_stage("dedupe", len(checked))
    with reading() as session:
        people_before = session.scalar(select(exists().where(BatchPerson.batch_id == work.batch.id)))
    entries: list[Entry] = []
    counted: Counter[Outcome] = Counter()
    for start in range(0, len(checked), CHUNK):
        chunk = checked[start : start + CHUNK]
        with reading() as session:
            entries += _decide(session, chunk, work, people_before=bool(people_before))
        counted.update(entry.outcome for entry in entries[start:])
        found = {outcome: counted[outcome] for outcome in Outcome if counted[outcome]}
        lease.found = lease.found | {str(outcome): number for outcome, number in found.items()}
        lease.report(len(entries))
    return entries


def _decide(session: Session, chunk: Sequence[CheckedRow], work: Work, *, people_before: bool) -> list[Entry]:
    digests = [id_digest(row.person.id_no) if row.person and row.outcome is None else b"" for row in chunk]
    asked = [digest for digest in digests if digest]
    roster = _roster(session, work.batch.id, asked) if people_before else {}
    claims = claims_seen(session, work.batch.plan_year, work.batch.id, asked)
    insured = _insured(session, asked)
    entries = []
    for row, digest in zip(chunk, digests, strict=True):
        if row.person is None or not digest:
            entries.append(Entry(row, row.outcome or Outcome.INVALID))
            continue
        entries.append(
            _admit(
                Entry(row, Outcome.ADDED, digest, seen=roster.get(digest)),
                row.person,
                claims.get(digest, []),
                insured.get(digest),
                work.batch.account_id,
            )
        )
    return entries


def _admit(
    entry: Entry, person: Person, claims: Sequence[ClaimSeen], insured: Insured | None, account_id: int
) -> Entry:
    """Decide a well-formed row: claimed elsewhere, met on the roster, or new."""
    row = entry.checked
    status = insured.status if insured else None
    if claims:
        entry.outcome, finding = judge_claim(row.row, person, nearest_claim(person, claims), account_id)
        row.findings.append(finding)
    elif entry.seen is not None:
        entry.merged = merge(row.row, person, entry.seen, status)
        entry.outcome = entry.merged.outcome
        entry.has_si, entry.employment_status = entry.merged.has_si, entry.merged.employment_status
        row.findings.extend(entry.merged.findings)
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


def _insured(session: Session, digests: Sequence[bytes]) -> dict[bytes, Insured]:
    people = select(SiPerson.id_digest, SiPerson.status, SiPerson.si_unit_code, SiPerson.personal_si_no)
    found = session.execute(people.where(among(session, SiPerson.id_digest, digests)))
    return {digest: Insured(EmploymentStatus(status), unit, number) for digest, status, unit, number in found}
