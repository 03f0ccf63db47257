"""参保清册 as a page: counts, filters, one page of people; a fixed number of statements."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from models.queries.register import is_kept_out_by
from models.queries.roster_number import has_number
from models.records.batch import Batch
from models.records.claim import Claim
from models.records.person import BatchPerson
from models.records.sealing import PREFIX_LENGTH
from models.rules.coverage import reference_date
from models.rules.eligibility import WhyNot, eligible_text, latest_births_over_age, over_age, why_not_eligible
from models.rules.identity import normalise
from models.rules.person import EmploymentStatus, Sex
from models.rules.plan import EnrolmentType, PlanYear

NAMED = 3
"""How many people a question names before it says 等."""


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

    @property
    def why_not(self) -> WhyNot | None:
        """Why the person can't be insured; None: 是否可参保 is 是."""
        employment = EmploymentStatus(self.person.employment_status)
        promised = self.person.promised_at is not None
        return why_not_eligible(employment, occupied=self.occupied, over_age=self.over_age, promised=promised)

    @property
    def eligible_text(self) -> str:
        """是否可参保."""
        return eligible_text(self.why_not, over_age=self.over_age)


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
    """One page of a batch's people in the order in which they came; 3 statements whatever their number, and one more
    for a part of a number (`has_number`).

    `today` (business date) stands for a submission today where the batch has no coverage start yet (DOMAIN 8.2).
    """
    reference = reference_of(batch, plan, today)
    old = is_over_age(plan, reference)
    conditions = roster_conditions(session, batch, filters, old)
    counts = _counts(session, batch, old)
    if conditions:
        people, found = _found(session, batch, conditions, page, size)
    else:
        people, found = _everybody(session, batch, page, size), counts.people
    return RosterPage(roster_lines(session, batch, plan, reference, people), found, counts)


@dataclass(frozen=True, slots=True)
class Named:
    """Some people of a roster: how many, and the first of them by name."""

    people: int
    names: Sequence[str]


def named_of(session: Session, batch: Batch, conditions: Sequence[ColumnElement[bool]]) -> Named:
    """How many people of the batch meet the conditions, and who comes first; 2 statements."""
    wanted = and_(BatchPerson.batch_id == batch.id, *conditions)
    people = session.execute(select(func.count()).select_from(BatchPerson).where(wanted)).scalar_one()
    first = select(BatchPerson.id, BatchPerson.name).where(wanted).order_by(BatchPerson.id).limit(NAMED)
    return Named(people, [name for _, name in session.execute(first)])


def everybody_in_order(
    session: Session, batch: Batch, plan: PlanYear, today: date, *, chunk: int = 1000
) -> Iterator[RosterLine]:
    """The whole roster in the order of the page; 2 statements a chunk, and no more than a chunk in memory."""
    reference = reference_of(batch, plan, today)
    last = 0
    while True:
        people = session.scalars(
            select(BatchPerson)
            .where(BatchPerson.batch_id == batch.id, BatchPerson.id > last)
            .order_by(BatchPerson.batch_id, BatchPerson.id)
            .limit(chunk)
        ).all()
        yield from roster_lines(session, batch, plan, reference, people)
        if len(people) < chunk:
            return
        last = people[-1].id
        session.expunge_all()


def people_on(session: Session, batch_id: int) -> int:
    """How many people are on a roster now."""
    return session.execute(
        select(func.count()).select_from(BatchPerson).where(BatchPerson.batch_id == batch_id)
    ).scalar_one()


def reference_of(batch: Batch, plan: PlanYear, today: date) -> date:
    """The day on which the ages of a batch's people are judged; `today` (business date) as for `roster_page`."""
    return reference_date(plan, EnrolmentType(batch.enrolment_type), today, batch.coverage_start)


def is_over_age(plan: PlanYear, reference: date) -> ColumnElement[bool]:
    """The condition of having reached the limit on that day, as birth dates.

    The first comparison is enough for nearly everybody: it is made a hundred thousand times a page.
    """
    last = latest_births_over_age(reference, plan)
    each = (and_(BatchPerson.sex == sex, BatchPerson.birth <= birth) for sex, birth in last.items())
    return and_(BatchPerson.birth <= max(last.values()), or_(*each))


def roster_conditions(
    session: Session, batch: Batch, filters: RosterFilters, old: ColumnElement[bool]
) -> list[ColumnElement[bool]]:
    """What the filters ask of a person of the batch; `old` is the condition of being over age."""
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
        conditions.append(has_number(session, batch.id, number))
    return conditions


def people_wanted(
    session: Session, batch: Batch, plan: PlanYear, filters: RosterFilters, today: date
) -> list[ColumnElement[bool]]:
    """The filters as conditions, with ages judged as on the page of that business date."""
    old = is_over_age(plan, reference_of(batch, plan, today))
    return roster_conditions(session, batch, filters, old)


def occupied(session: Session, batch: Batch, people: Sequence[BatchPerson]) -> set[int]:
    """Which of these people, by their ids, another batch has claimed in this plan year; of passports that share a
    number only those who are not permitted beside the other (DOMAIN 9.5).
    """
    if not people:
        return set()
    taken = select(BatchPerson.id).where(
        BatchPerson.id.in_([person.id for person in people]),
        exists().where(
            Claim.plan_year == batch.plan_year,
            Claim.id_digest == BatchPerson.id_digest,
            Claim.id_type == BatchPerson.id_type,
            Claim.batch_id != batch.id,
            is_kept_out_by(Claim),
        ),
    )
    return set(session.scalars(taken))


def roster_lines(
    session: Session, batch: Batch, plan: PlanYear, reference: date, people: Sequence[BatchPerson]
) -> list[RosterLine]:
    """What the roster says of these people; one statement."""
    taken = occupied(session, batch, people)
    return [
        RosterLine(person, over_age(person.birth, Sex(person.sex), reference, plan), person.id in taken)
        for person in people
    ]


def _everybody(session: Session, batch: Batch, page: int, size: int) -> Sequence[BatchPerson]:
    shown = select(BatchPerson.id).where(BatchPerson.batch_id == batch.id).order_by(BatchPerson.id)
    return session.scalars(_rows(shown.limit(size).offset((page - 1) * size))).all()


def _found(
    session: Session, batch: Batch, conditions: Sequence[ColumnElement[bool]], page: int, size: int
) -> tuple[Sequence[BatchPerson], int]:
    """One page of those who meet the conditions, and how many they are, in one pass over the roster.

    PostgreSQL must not be free to walk along the primary key instead, past the people of all other batches.
    """
    wanted = select(BatchPerson.id).where(BatchPerson.batch_id == batch.id, *conditions).cte("wanted")
    wanted = wanted.prefix_with("MATERIALIZED", dialect="postgresql")
    count = select(func.count()).select_from(wanted)
    shown = select(wanted.c.id).order_by(wanted.c.id).limit(size).offset((page - 1) * size)
    rows = session.execute(_rows(shown).add_columns(count.scalar_subquery())).all()
    if rows or page == 1:
        return [person for person, _ in rows], rows[0][1] if rows else 0
    return [], session.execute(count).scalar_one()  # a page beyond the last


def _rows(shown: Select[int]) -> Select[BatchPerson]:
    """The people of these ids: only ids are counted and skipped, not whole rows."""
    return select(BatchPerson).where(BatchPerson.id.in_(shown)).order_by(BatchPerson.id)


def _counts(session: Session, batch: Batch, old: ColumnElement[bool]) -> RosterCounts:
    def counted(condition: ColumnElement[bool]) -> ColumnElement[int]:
        return func.count().filter(condition)

    people, in_service, retired, over = session.execute(
        select(
            func.count(),
            counted(BatchPerson.employment_status == EmploymentStatus.IN_SERVICE),
            counted(BatchPerson.employment_status == EmploymentStatus.RETIRED),
            counted(old),
        ).where(BatchPerson.batch_id == batch.id)
    ).one()
    return RosterCounts(people, in_service, retired, people - in_service - retired, over)
