"""One person of a roster, within the reach of whoever asks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.queries.batches import find_batch
from models.queries.roster import RosterLine, occupied, reference_date
from models.records.batch import Batch
from models.records.person import BatchPerson
from models.records.plan_year import plan_of
from models.records.viewer import Viewer
from models.rules.eligibility import over_age
from models.rules.permissions import Action
from models.rules.person import EmploymentStatus, Sex
from models.rules.refusal import Refused

LARGEST_ID = 2**63 - 1
"""What a database holds as an id; an address may name anything."""


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
    old = over_age(person.birth, Sex(person.sex), reference_date(batch, plan, today), plan)
    return PersonSeen(batch, RosterLine(person, old, bool(occupied(session, batch, [person]))))


def unknown_among(session: Session, batch: Batch, person_ids: Sequence[int]) -> tuple[int, int]:
    """How many of these people stand on this roster, and how many of them have 职退情况 “-”; one statement."""
    unknown = func.count().filter(BatchPerson.employment_status == EmploymentStatus.UNKNOWN)
    counted = select(func.count(), unknown).where(BatchPerson.batch_id == batch.id, BatchPerson.id.in_(person_ids))
    found, without_status = session.execute(counted).one()
    return found, without_status
