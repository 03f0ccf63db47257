"""参保清册 as a page: counts, filters, one page of people; a fixed number of statements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from models.records.batch import Batch
from models.records.claim import Claim
from models.records.person import BatchPerson
from models.records.sealing import PREFIX_LENGTH, id_digest, prefix_digest
from models.rules.coverage import coverage
from models.rules.eligibility import over_age
from models.rules.identity import RESIDENT_ID_LENGTH, normalise
from models.rules.person import EmploymentStatus, Sex
from models.rules.plan import EnrolmentType, PlanYear
from models.rules.refusal import Refused


@dataclass(frozen=True, slots=True)
class RosterFilters:
    """What the roster is narrowed to; empty text and None mean everybody (DOMAIN 7.8)."""

    name: str = ""
    id_no: str = ""
    si_unit_code: str = ""
    employment_status: str = ""
    over_age: bool | None = None


@dataclass(frozen=True, slots=True)
class RosterLine:
    """One person with what the page says of them."""

    person: BatchPerson
    over_age: bool
    occupied: bool
    """Claimed this plan year by another batch."""


@dataclass(frozen=True, slots=True)
class RosterCounts:
    """Headline figures of the whole roster, whatever the filter."""

    people: int
    in_service: int
    retired: int
    unknown: int
    over_age: int


@dataclass(frozen=True, slots=True)
class RosterPage:
    """One page; `found` counts all pages under the filters."""

    lines: Sequence[RosterLine]
    found: int
    counts: RosterCounts


def roster_page(
    session: Session,
    batch: Batch,
    plan: PlanYear,
    filters: RosterFilters,
    today: date,
    *,
    page: int = 1,
    size: int = 20,
) -> RosterPage:
    """One page of a batch's people in the order in which they came; 4 statements whatever their number.

    `today` (business date) stands for a submission today where the batch has no coverage start yet (DOMAIN 8.2).
    """
    reference = reference_date(batch, plan, today)
    old = is_over_age(plan, reference)
    wanted = and_(BatchPerson.batch_id == batch.id, *_conditions(session, batch, filters, old))
    found = session.execute(select(func.count()).select_from(BatchPerson).where(wanted)).scalar_one()
    people = session.scalars(
        select(BatchPerson).where(wanted).order_by(BatchPerson.id).limit(size).offset((page - 1) * size)
    ).all()
    taken = _occupied(session, batch, people)
    lines = [
        RosterLine(person, over_age(person.birth, Sex(person.sex), reference, plan), person.id in taken)
        for person in people
    ]
    return RosterPage(lines, found, _counts(session, batch, old))


def people_on(session: Session, batch_id: int) -> int:
    """How many people are on a roster now."""
    return session.execute(
        select(func.count()).select_from(BatchPerson).where(BatchPerson.batch_id == batch_id)
    ).scalar_one()


def reference_date(batch: Batch, plan: PlanYear, today: date) -> date:
    """The day on which ages are judged: the start of cover, for a submission today if it is not fixed yet."""
    if batch.coverage_start is not None:
        return batch.coverage_start
    kind = EnrolmentType(batch.enrolment_type)
    if kind is EnrolmentType.CENTRAL:
        return plan.coverage_start
    try:
        return coverage(plan, kind, today).start
    except Refused:  # outside its window: the page still shows ages, as of tomorrow
        return today + timedelta(days=1)


def is_over_age(plan: PlanYear, reference: date) -> ColumnElement[bool]:
    """The condition of having reached the limit on that day, as birth dates: the rule itself finds the last one."""
    return or_(
        *(and_(BatchPerson.sex == sex, BatchPerson.birth <= _last_birth_over_age(plan, reference, sex)) for sex in Sex)
    )


def _last_birth_over_age(plan: PlanYear, reference: date, sex: Sex) -> date:
    young, old = reference.toordinal(), date(1850, 1, 1).toordinal()
    while young - old > 1:
        middle = (young + old) // 2
        if over_age(date.fromordinal(middle), sex, reference, plan):
            old = middle
        else:
            young = middle
    return date.fromordinal(old)


def _conditions(
    session: Session, batch: Batch, filters: RosterFilters, old: ColumnElement[bool]
) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if filters.name.strip():
        conditions.append(BatchPerson.name.contains(filters.name.strip(), autoescape=True))
    if si_unit_code := normalise(filters.si_unit_code):
        begins = BatchPerson.si_unit_code.startswith(si_unit_code, autoescape=True)
        conditions.append(begins if len(si_unit_code) >= PREFIX_LENGTH else BatchPerson.si_unit_code == si_unit_code)
    if filters.employment_status:
        conditions.append(BatchPerson.employment_status == filters.employment_status)
    if filters.over_age is not None:
        conditions.append(old if filters.over_age else ~old)
    if number := normalise(filters.id_no):
        conditions.append(_numbered(session, batch, number))
    return conditions


def _numbered(session: Session, batch: Batch, number: str) -> ColumnElement[bool]:
    """People with this number, or whose number begins with it if it has six characters or more.

    Numbers are encrypted: six characters are found by their digest, and further ones by opening what they left.
    """
    exact = BatchPerson.id_digest == id_digest(number)
    if len(number) < PREFIX_LENGTH or len(number) == RESIDENT_ID_LENGTH:
        return exact  # a whole number, or too little of one to look for
    alike = BatchPerson.prefix_digest == prefix_digest(number)
    if len(number) == PREFIX_LENGTH:
        return or_(exact, alike)
    candidates = session.scalars(select(BatchPerson).where(BatchPerson.batch_id == batch.id, alike))
    return BatchPerson.id.in_([person.id for person in candidates if person.id_no.startswith(number)])


def _occupied(session: Session, batch: Batch, people: Sequence[BatchPerson]) -> set[int]:
    if not people:
        return set()
    taken = select(BatchPerson.id).where(
        BatchPerson.id.in_([person.id for person in people]),
        exists().where(
            Claim.plan_year == batch.plan_year,
            Claim.id_digest == BatchPerson.id_digest,
            Claim.id_type == BatchPerson.id_type,
            Claim.batch_id != batch.id,
        ),
    )
    return set(session.scalars(taken))


def _counts(session: Session, batch: Batch, old: ColumnElement[bool]) -> RosterCounts:
    def counted(condition: ColumnElement[bool]) -> ColumnElement[int]:
        return func.count().filter(condition)

    people, in_service, retired, unknown, over = session.execute(
        select(
            func.count(),
            counted(BatchPerson.employment_status == EmploymentStatus.IN_SERVICE),
            counted(BatchPerson.employment_status == EmploymentStatus.RETIRED),
            counted(BatchPerson.employment_status == EmploymentStatus.UNKNOWN),
            counted(old),
        ).where(BatchPerson.batch_id == batch.id)
    ).one()
    return RosterCounts(people, in_service, retired, unknown, over)
