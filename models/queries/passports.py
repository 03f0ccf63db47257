"""护照号码冲突: who is refused by REG-003 now, and what was decided before (DOMAIN 9.5).

Who is refused stands in the findings of imports and of 清册校验: a correction, an undo or another check rewrites them,
so that they are about the people of today. Each is compared with the annual register again. Whoever was refused by
新增人员 left no number behind, and is looked for by it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import and_, func, literal, select
from sqlalchemy.orm import Session

from config.clock import local_date
from models.queries.imports import typed_cells
from models.queries.register import claims_seen
from models.queries.roster import reference_of
from models.records.account import Account
from models.records.batch import Batch
from models.records.passport_decision import PassportDecision
from models.records.person import BatchPerson
from models.records.plan_year import plan_of
from models.records.roster_import import ImportFinding, ImportRow, RosterImport
from models.records.sealing import id_digest
from models.records.validation import ValidationFinding
from models.rules.findings import TO_MEND
from models.rules.lifecycle import ROSTER_EDITABLE
from models.rules.person import IdType, Person, Sex
from models.rules.plan import PlanYear
from models.rules.register import ClaimSeen, claim_in_the_way
from models.rules.roster import check_row

READ_AT_MOST = 1000
"""So many of the latest findings are looked at."""

_SHARED = literal("REG-003", literal_execute=True)  # written out, else no database sees that the index answers this


@dataclass(frozen=True, slots=True)
class Applicant:
    """Somebody who was refused, as the decision knows them, and where it was."""

    plan_year: str
    id_no: str
    name: str
    birth: date
    sex: Sex
    unit: str = ""
    batch_no: str = ""

    @property
    def digest(self) -> bytes:
        """Of the number."""
        return id_digest(self.id_no)

    @property
    def key(self) -> tuple[bytes, date, Sex]:
        """What tells people of one number apart."""
        return self.digest, self.birth, self.sex


@dataclass(frozen=True, slots=True)
class Collision:
    """An applicant beside the person who holds the number."""

    applicant: Applicant
    holder: ClaimSeen
    decision: PassportDecision | None
    """What was decided of the applicant before; 是同一人 stays refused."""

    @property
    def known_to_be_the_same(self) -> bool:
        """Whether an administrator has said 是同一人, so that nothing waits any more."""
        return self.decision is not None and self.decision.different is False


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision with whoever made it."""

    decision: PassportDecision
    by: str


def collisions(session: Session) -> Sequence[Collision]:
    """Everybody who is refused by REG-003 now, each person once, the latest first; a fixed number of statements."""
    found: dict[tuple[bytes, date, Sex, str], Applicant] = {}
    for applicant in (*_in_files(session), *_on_rosters(session)):
        found.setdefault((*applicant.key, applicant.plan_year), applicant)
    return list(_still_refused(session, list(found.values())))


def collision_of(session: Session, applicant: Applicant) -> Collision | None:
    """This person beside whoever holds the number in that plan year; None: nothing stands in their way there."""
    return next(_still_refused(session, [applicant]), None)


def decisions_page(session: Session, page: int, size: int) -> tuple[Sequence[Decided], int]:
    """One page of what was decided, the latest first; 2 statements."""
    held_first = and_(PassportDecision.different.is_(True), PassportDecision.variant == 0)  # the other one of each pair
    decided = and_(PassportDecision.decided_at.is_not(None), ~held_first)
    total = session.scalar(select(func.count()).where(decided)) or 0
    wanted = select(PassportDecision, Account.name, Account.email)
    wanted = wanted.outerjoin(Account, Account.id == PassportDecision.decided_by).where(decided)
    shown = wanted.order_by(PassportDecision.decided_at.desc(), PassportDecision.id.desc())
    rows = session.execute(shown.limit(size).offset((page - 1) * size))
    return [Decided(decision, name or email or "") for decision, name, email in rows], total


def _still_refused(session: Session, applicants: Sequence[Applicant]) -> Iterator[Collision]:
    decided = _decided_of(session, applicants)
    claims = {
        year: claims_seen(session, year, 0, [one.digest for one in applicants if one.plan_year == year])
        for year in sorted({one.plan_year for one in applicants})
    }
    for one in applicants:
        seen = [claim for claim in claims[one.plan_year].get(one.digest, ()) if claim.holder.batch_no != one.batch_no]
        person = Person(one.name, IdType.PASSPORT, one.id_no, one.birth, one.sex, None, False)
        holder = claim_in_the_way(person, seen)
        if holder is not None and (holder.birth, holder.sex) != (one.birth, one.sex):
            yield Collision(one, holder, decided.get(one.key))


def _decided_of(session: Session, applicants: Sequence[Applicant]) -> dict[tuple[bytes, date, Sex], PassportDecision]:
    if not applicants:
        return {}
    known = session.scalars(
        select(PassportDecision).where(PassportDecision.id_digest.in_({one.digest for one in applicants}))
    )
    return {(one.id_digest, one.birth, Sex(one.sex)): one for one in known}


def _in_files(session: Session) -> Iterator[Applicant]:
    """Rows of imports and checks that nobody has taken back, as they are now."""
    latest = (
        select(ImportFinding.import_id, ImportFinding.sheet_row)
        .where(ImportFinding.code == _SHARED)
        .order_by(ImportFinding.import_id.desc(), ImportFinding.sheet_row)
        .limit(READ_AT_MOST)
        .subquery()
    )
    rows = session.execute(
        select(ImportRow, Batch, RosterImport.received_at)
        .join(latest, (latest.c.import_id == ImportRow.import_id) & (latest.c.sheet_row == ImportRow.sheet_row))
        .join(RosterImport, RosterImport.id == ImportRow.import_id)
        .join(Batch, Batch.id == RosterImport.batch_id)
        .where(ImportRow.outcome.in_(TO_MEND), RosterImport.undone_at.is_(None))
        .order_by(ImportRow.import_id.desc(), ImportRow.sheet_row)
    )
    plans: dict[str, PlanYear] = {}
    for row, batch, received_at in rows:
        if batch.plan_year not in plans:
            plans[batch.plan_year] = plan_of(session, batch.plan_year)
        plan, today = plans[batch.plan_year], local_date(received_at)
        typed = typed_cells(row.import_id, row.sheet_row, row.typed_sealed)
        person = check_row(typed, plan, today, reference_of(batch, plan, today)).person
        if person is not None and person.id_type is IdType.PASSPORT:
            yield _applicant(person, batch)


def _on_rosters(session: Session) -> Iterator[Applicant]:
    """People whom the last 清册校验 or 清册提交 of their batch has named, and who are on its roster yet."""
    rows = session.execute(
        select(BatchPerson, Batch)
        .join(ValidationFinding, ValidationFinding.person_id == BatchPerson.id)
        .join(Batch, Batch.id == BatchPerson.batch_id)
        .where(ValidationFinding.code == _SHARED, Batch.state.in_(ROSTER_EDITABLE))
        .order_by(ValidationFinding.id.desc())
        .limit(READ_AT_MOST)
    )
    for record, batch in rows:
        applicant = Applicant(batch.plan_year, record.id_no, record.name, record.birth, Sex(record.sex))
        yield replace(applicant, unit=batch.unit_name, batch_no=batch.batch_no)


def _applicant(person: Person, batch: Batch) -> Applicant:
    return Applicant(
        batch.plan_year, person.id_no, person.name, person.birth, person.sex, batch.unit_name, batch.batch_no
    )
