"""What 清册校验 asks of the records: every check of a whole roster in a fixed number of statements (DOMAIN 8.1).

V2, whether each row is still well-formed, opens every number and stands apart (`malformed_people`): the others are
asked again inside the transaction that submits.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, ColumnExpressionArgument, Row, Select, and_, case, exists, func, literal, select
from sqlalchemy.orm import Session, aliased

from models.queries.estimate import locked_projects
from models.queries.register import Conflict, conflicts_of
from models.queries.roster import is_over_age, reference_of
from models.records.batch import Batch
from models.records.claim import Claim
from models.records.person import BatchPerson
from models.records.reference import SiUnit
from models.records.sealing import unseal_id_no
from models.rules.findings import Column
from models.rules.person import EmploymentStatus, IdType, Person, Sex
from models.rules.plan import PlanYear
from models.rules.pricing import personal_projects
from models.rules.ratio import Ratio, ratio
from models.rules.roster import TypedRow, as_typed, check_row
from models.rules.validation import Check, CheckFinding, passes

CHUNK = 2000


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a roster's checks found, in their order."""

    people: int
    findings: list[CheckFinding]
    ratios: list[Ratio]

    @property
    def passed(self) -> bool:
        """Whether nothing stands in the way of 清册提交."""
        return passes(self.findings)


def malformed_people(
    session: Session, batch: Batch, plan: PlanYear, today: date, report: Callable[[int], None] = lambda _: None
) -> list[CheckFinding]:
    """V2: everybody whose data no longer pass the rules of an imported row; `report` hears how many were looked at.

    `today` is the business date of receipt. One statement a chunk.
    """
    reference = reference_of(batch, plan, today)
    found: list[CheckFinding] = []
    for looked_at, (person_id, person) in enumerate(_opened(session, batch.id), start=1):
        typed = as_typed(person)
        row = check_row(TypedRow(0, tuple(typed[column] for column in Column)), plan, today, reference)
        found += [
            CheckFinding(Check.WELL_FORMED, finding.code, person_id, {"name": person.name, **finding.values})
            for finding in row.findings
            if not finding.is_hint
        ]
        if looked_at % CHUNK == 0:
            report(looked_at)
    return found


def judge(session: Session, batch: Batch, plan: PlanYear, reference: date) -> Judgement:
    """All checks but V2, over the roster as it is inside this transaction; 10 statements, 12 with locked projects."""
    people = session.scalar(select(func.count()).where(BatchPerson.batch_id == batch.id)) or 0
    if not people:
        return Judgement(0, [CheckFinding(Check.NOT_EMPTY, "VAL-001")], [])
    old = is_over_age(plan, reference)
    ratios = _ratios(session, batch, plan)
    findings = [
        *_retired(session, batch),
        *_over_age(session, batch, old),
        *_too_few(ratios),
        *occupied_findings(conflicts_of(session, batch)),
        *_renewed_passports(session, batch),
        *_without_code(session, batch),
        *_without_basic(session, batch, plan),
    ]
    return Judgement(people, findings, ratios)


def occupied_findings(conflicts: Iterable[Conflict]) -> list[CheckFinding]:
    """V7: what may be said of each person whom another batch has claimed (DOMAIN 9.3)."""
    return [
        CheckFinding(Check.OCCUPIED, each.finding.code, each.person_id, {"name": each.name, **each.finding.values})
        for each in conflicts
    ]


def roster_hash(session: Session, batch_id: int) -> str:
    """SHA-256 in hex of who is on the roster and as what, for the pledge; a keyed digest stands for each number."""
    columns = (BatchPerson.id_digest, BatchPerson.id_type, BatchPerson.name, BatchPerson.birth, BatchPerson.sex)
    more = (BatchPerson.has_si, BatchPerson.promised_at.is_not(None))
    digest = hashlib.sha256()
    for row in session.execute(
        select(*columns, *more).where(BatchPerson.batch_id == batch_id).order_by(BatchPerson.id_digest)
    ):
        digest.update(repr((bytes(row[0]).hex(), *map(str, row[1:]))).encode())
    return digest.hexdigest()


def _opened(session: Session, batch_id: int) -> Iterator[tuple[int, Person]]:
    """Everybody on the roster as the rules know a person, a chunk in memory at a time."""
    wanted = select(
        BatchPerson.id, BatchPerson.name, BatchPerson.id_type, BatchPerson.id_sealed, BatchPerson.id_digest,
        BatchPerson.birth, BatchPerson.sex, BatchPerson.mobile, BatchPerson.has_si,
    ).where(BatchPerson.batch_id == batch_id).order_by(BatchPerson.batch_id, BatchPerson.id)  # fmt: skip
    last, more = 0, True
    while more:
        rows = session.execute(wanted.where(BatchPerson.id > last).limit(CHUNK)).all()
        for row in rows:
            number = unseal_id_no(row.id_sealed, row.id_digest)
            yield row.id, Person(row.name, IdType(row.id_type), number, row.birth, Sex(row.sex), row.mobile, row.has_si)
        more = len(rows) == CHUNK
        last = rows[-1].id if rows else last


def _people(session: Session, batch: Batch, *conditions: ColumnExpressionArgument[bool]) -> Sequence[Row[int, str]]:
    wanted = select(BatchPerson.id, BatchPerson.name).where(BatchPerson.batch_id == batch.id, *conditions)
    return session.execute(wanted.order_by(BatchPerson.id)).all()


def _retired(session: Session, batch: Batch) -> Iterator[CheckFinding]:
    retired = BatchPerson.employment_status == EmploymentStatus.RETIRED
    for person_id, name in _people(session, batch, retired):
        yield CheckFinding(Check.RETIRED, "RST-005", person_id, {"name": name})


def _over_age(session: Session, batch: Batch, old: ColumnElement[bool]) -> Iterator[CheckFinding]:
    unpromised = _people(session, batch, old, BatchPerson.has_si, BatchPerson.promised_at.is_(None))
    for person_id, name in unpromised:
        yield CheckFinding(Check.NO_PROMISE, "VAL-002", person_id, {"name": name, "n": len(unpromised)})
    unknown = BatchPerson.employment_status == EmploymentStatus.UNKNOWN
    for person_id, name in _people(session, batch, old, unknown):
        yield CheckFinding(Check.OVER_AGE_WITHOUT_SI, "VAL-005", person_id, {"name": name})


def _ratios(session: Session, batch: Batch, plan: PlanYear) -> list[Ratio]:
    """Every 社保编码 of the roster: who takes part here and who does already elsewhere this year (DOMAIN 8.4)."""
    in_service = case((BatchPerson.has_si, 1), else_=0)
    here = _numbers(
        session,
        select(BatchPerson.si_unit_code, func.sum(in_service))
        .where(BatchPerson.batch_id == batch.id, BatchPerson.si_unit_code.is_not(None))
        .group_by(BatchPerson.si_unit_code),
    )
    codes = select(BatchPerson.si_unit_code).where(BatchPerson.batch_id == batch.id)
    counted_here = exists().where(
        BatchPerson.batch_id == batch.id,
        BatchPerson.id_digest == Claim.id_digest,
        BatchPerson.si_unit_code == Claim.si_unit_code,
        BatchPerson.has_si,
    )
    claimed = (Claim.si_unit_code.in_(codes), Claim.plan_year == batch.plan_year, Claim.batch_id != batch.id)
    elsewhere = _numbers(
        session,
        select(Claim.si_unit_code, func.count()).where(*claimed, ~counted_here).group_by(Claim.si_unit_code),
    )
    totals = _numbers(
        session, select(SiUnit.si_unit_code, SiUnit.in_service_total).where(SiUnit.si_unit_code.in_(codes))
    )
    return [
        ratio(code, here[code] + elsewhere.get(code, 0), totals.get(code), plan.ratio_rule, exempt=batch.ratio_exempt)
        for code in sorted(here)
    ]


def _numbers(session: Session, statement: Select[Any, Any]) -> dict[str, int]:
    return {code: int(number) for code, number in session.execute(statement)}


def _too_few(ratios: Sequence[Ratio]) -> Iterator[CheckFinding]:
    for each in ratios:
        if each.ok is False:
            values: dict[str, str | int] = {
                "si": each.si_unit_code,
                "n": each.people,
                "total": each.total or 0,
                "percent": each.percent,
                "min": each.min_percent,
                "need": each.need or 0,
            }
            yield CheckFinding(Check.RATIO, "VAL-003", values=values)
        elif each.total is None:
            yield CheckFinding(Check.RATIO, "VAL-010", values={"si": each.si_unit_code})


def _renewed_passports(session: Session, batch: Batch) -> Iterator[CheckFinding]:
    """V8: passports whose name, birth and sex somebody else's claimed passport has this year (DOMAIN 9.5)."""
    enrolled = aliased(BatchPerson, name="enrolled")
    is_claimed = exists().where(
        Claim.person_id == enrolled.id, Claim.plan_year == batch.plan_year, Claim.batch_id != batch.id
    )
    same_person = exists().where(
        # Written out, else neither database sees that the index of passports answers this.
        enrolled.id_type == literal(IdType.PASSPORT.value, literal_execute=True),
        enrolled.name == BatchPerson.name,
        enrolled.birth == BatchPerson.birth,
        enrolled.sex == BatchPerson.sex,
        enrolled.id_digest != BatchPerson.id_digest,
        is_claimed,
    )
    for person_id, name in _people(session, batch, BatchPerson.id_type == IdType.PASSPORT, same_person):
        yield CheckFinding(Check.RENEWED_PASSPORT, "REG-005", person_id, {"name": name})


def _without_code(session: Session, batch: Batch) -> Iterator[CheckFinding]:
    without = and_(BatchPerson.batch_id == batch.id, BatchPerson.si_unit_code.is_(None))
    if number := session.scalar(select(func.count()).select_from(BatchPerson).where(without)):
        yield CheckFinding(Check.NO_SI_UNIT_CODE, "VAL-009", values={"n": number})


def _without_basic(session: Session, batch: Batch, plan: PlanYear) -> Iterator[CheckFinding]:
    """V10: who gets no basic project of those that the unit's central enrolment fixed (DOMAIN 5.5)."""
    locked = locked_projects(session, batch)
    if locked is None or not plan.basics.isdisjoint(personal_projects(locked, has_si=False, plan=plan)):
        return
    left_out = _people(session, batch, ~BatchPerson.has_si)
    for person_id, name in left_out:
        yield CheckFinding(Check.NO_BASIC, "PRJ-011", person_id, {"name": name, "n": len(left_out)})
