"""People of a roster one by one, within the reach of whoever asks, and some of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.queries.batches import find_batch
from models.queries.roster import (
    Named,
    RosterFilters,
    RosterLine,
    is_over_age,
    named_of,
    occupied,
    reference_of,
    roster_conditions,
    roster_lines,
)
from models.records.batch import Batch
from models.records.person import BatchPerson
from models.records.plan_year import plan_of
from models.records.viewer import Viewer
from models.rules.eligibility import over_age
from models.rules.permissions import Action
from models.rules.person import EmploymentStatus, Sex
from models.rules.plan import PlanYear
from models.rules.refusal import Refused

LARGEST_ID = 2**63 - 1
"""What a database holds as an id; an address may name anything."""


_IDS_A_STATEMENT = 10_000
"""Databases bind no more than some ten thousand values."""


@dataclass(frozen=True, slots=True)
class PersonSeen:
    """A person, the batch they stand on, and what its roster page says of them."""

    batch: Batch
    line: RosterLine

    @property
    def person(self) -> BatchPerson:
        """The stored person."""
        return self.line.person


def find_person(
    session: Session, viewer: Viewer, batch_no: str, person_id: int, action: Action = Action.READ_PEOPLE
) -> tuple[Batch, BatchPerson]:
    """A person and their batch; 2 statements. Refused BAT-005: unknown, on another roster, another's: all alike."""
    batch = find_batch(session, viewer, batch_no, action)
    return batch, person_on(session, batch, person_id)


def person_on(session: Session, batch: Batch, person_id: int) -> BatchPerson:
    """A person of this batch's roster as they are now. Refused BAT-005: nobody of that id stands on it."""
    if not 0 < person_id <= LARGEST_ID:
        raise Refused("BAT-005")
    wanted = select(BatchPerson).where(BatchPerson.id == person_id, BatchPerson.batch_id == batch.id)
    person = session.scalars(wanted, execution_options={"populate_existing": True}).one_or_none()
    if person is None:
        raise Refused("BAT-005")
    return person


def person_seen(session: Session, batch: Batch, person: BatchPerson, today: date) -> PersonSeen:
    """What the roster page says of the person on that business date; 2 statements."""
    plan = plan_of(session, batch.plan_year)
    old = over_age(person.birth, Sex(person.sex), reference_of(batch, plan, today), plan)
    return PersonSeen(batch, RosterLine(person, old, bool(occupied(session, batch, [person]))))


def people_after(
    session: Session,
    batch: Batch,
    plan: PlanYear,
    filters: RosterFilters,
    today: date,
    *,
    after: int | None,
    limit: int,
) -> Sequence[RosterLine]:
    """People of a roster in the order in which they came, from behind the one of this id: one more than `limit`, if
    there is a next page. 2 statements, one more for a long part of a number.
    """
    reference = reference_of(batch, plan, today)
    conditions = roster_conditions(session, batch, filters, is_over_age(plan, reference))
    if after is not None:
        conditions.append(BatchPerson.id > after)
    people = session.scalars(
        select(BatchPerson)
        .where(BatchPerson.batch_id == batch.id, *conditions)
        .order_by(BatchPerson.batch_id, BatchPerson.id)  # the index of both, not a walk past all other batches
        .limit(limit + 1)
    ).all()
    return roster_lines(session, batch, plan, reference, people)


def ids_in_parts(person_ids: Iterable[int]) -> Iterator[Sequence[int]]:
    """Each of these ids that a database can hold once, in their order, as many at a time as a statement takes."""
    possible = sorted({one for one in person_ids if 0 < one <= LARGEST_ID})
    for start in range(0, len(possible), _IDS_A_STATEMENT):
        yield possible[start : start + _IDS_A_STATEMENT]


def named_among(session: Session, batch: Batch, person_ids: Sequence[int]) -> Named:
    """Those of these people who stand on this roster: how many, and the first of them by name; 2 statements."""
    return named_of(session, batch, [BatchPerson.id.in_(person_ids)])


def unknown_among(session: Session, batch: Batch, person_ids: Sequence[int]) -> tuple[int, int]:
    """How many of these people stand on this roster, and how many of them have 职退情况 “-”; one statement."""
    unknown = func.count().filter(BatchPerson.employment_status == EmploymentStatus.UNKNOWN)
    counted = select(func.count(), unknown).where(BatchPerson.batch_id == batch.id, BatchPerson.id.in_(person_ids))
    found, without_status = session.execute(counted).one()
    return found, without_status
