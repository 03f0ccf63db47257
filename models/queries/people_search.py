"""人员查询: people on all rosters by number or name, for the association, which is called about 占用 (DOMAIN 9.6)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, any_, exists, func, select
from sqlalchemy.orm import Session, joinedload

from models.queries.people import LARGEST_ID
from models.records.account import HandlerProfile
from models.records.batch import Batch
from models.records.claim import Claim
from models.records.database import is_postgresql
from models.records.person import BatchPerson
from models.records.sealing import id_digest
from models.records.viewer import Viewer
from models.rules.lifecycle import CLAIMING, BatchState
from models.rules.permissions import Action, scope
from models.rules.refusal import Refused

MOST_FOUND = 500
"""So many people are paged through; whoever finds more is to ask for less."""


@dataclass(frozen=True, slots=True)
class PeopleSought:
    """Whom a search looks for; empty text means everybody."""

    id_no: str = ""
    """A whole number, normalised."""
    name: str = ""
    """Normalised."""
    part_of_name: bool = False
    plan_year: str = ""


@dataclass(frozen=True, slots=True)
class PersonFound:
    """One person of one roster, and whom to call about them."""

    person: BatchPerson
    batch: Batch
    claimed: bool
    """Whether the batch holds the number in the annual register, so that it is occupied for others."""
    handler: str
    phone: str

    @property
    def correctable(self) -> bool:
        """Whether the association may correct the person: the batch holds claims (DOMAIN 11.6)."""
        return BatchState(self.batch.state) in CLAIMING


@dataclass(frozen=True, slots=True)
class PeopleFound:
    """One page of a search."""

    people: Sequence[PersonFound]
    total: int
    """Of all pages, but `MOST_FOUND` at most."""
    more: bool
    """There are more than these."""


def people_found(session: Session, sought: PeopleSought, page: int, size: int) -> PeopleFound:
    """One page of the people sought, who came last first; one statement, another one for a page beyond the last."""
    wanted = select(BatchPerson.id).where(*_conditions(session, sought)).order_by(BatchPerson.id.desc())
    found = wanted.limit(MOST_FOUND + 1).cte("found").prefix_with("MATERIALIZED", dialect="postgresql")
    count = select(func.count()).select_from(found)
    shown = select(found.c.id).order_by(found.c.id.desc()).limit(min(size, MOST_FOUND)).offset((page - 1) * size)
    statement = _with_batch().where(BatchPerson.id.in_(shown)).order_by(BatchPerson.id.desc())
    rows = session.execute(statement.add_columns(count.scalar_subquery())).all()
    number = rows[0][-1] if rows else 0 if page == 1 else session.execute(count).scalar_one()
    people = [_found(*row[:-1]) for row in rows][: max(0, MOST_FOUND - (page - 1) * size)]
    return PeopleFound(people, min(number, MOST_FOUND), number > MOST_FOUND)


def people_found_after(session: Session, sought: PeopleSought, after: int | None, limit: int) -> Sequence[PersonFound]:
    """The same from behind the one of this id: one more than `limit`, if there is a next page. One statement."""
    statement = _with_batch().where(*_conditions(session, sought))
    if after is not None:
        statement = statement.where(BatchPerson.id < after)
    rows = session.execute(statement.order_by(BatchPerson.id.desc()).limit(limit + 1))
    return [_found(*row) for row in rows]


def find_anywhere(session: Session, viewer: Viewer, person_id: int, action: Action) -> PersonFound:
    """One person of any roster, for whoever may do this to everybody. Refused AUTH-006, BAT-005: there is nobody."""
    if scope(viewer.role, action) is None:
        raise Refused("AUTH-006")
    if not 0 < person_id <= LARGEST_ID:
        raise Refused("BAT-005")
    statement = _with_batch().where(BatchPerson.id == person_id, Batch.state != BatchState.DELETED)
    row = session.execute(statement).one_or_none()
    if row is None:
        raise Refused("BAT-005")
    return _found(*row)


def _with_batch() -> Select[*tuple[Any, ...]]:
    claimed = exists().where(Claim.person_id == BatchPerson.id)
    return (
        select(BatchPerson, Batch, claimed, HandlerProfile.name, HandlerProfile.phone)
        .join(Batch, Batch.id == BatchPerson.batch_id)
        .outerjoin(HandlerProfile, HandlerProfile.account_id == Batch.account_id)
        .options(joinedload(Batch.code))
    )


def _found(person: BatchPerson, batch: Batch, claimed: bool, handler: str | None, phone: str | None) -> PersonFound:
    return PersonFound(person, batch, claimed, handler or "", phone or "")


def _conditions(session: Session, sought: PeopleSought) -> list[ColumnElement[bool]]:
    """No index holds numbers or names alone: a third one would cost every import more than it saves these calls.

    A number is therefore looked for in each roster of the year by the index of both; a name takes a walk past all.
    """
    batches = select(Batch.id).where(Batch.state != BatchState.DELETED)
    if sought.plan_year:
        batches = batches.where(Batch.plan_year == sought.plan_year)
    conditions = []
    if sought.name:
        part = BatchPerson.name.contains(sought.name, autoescape=True)
        conditions.append(part if sought.part_of_name else BatchPerson.name == sought.name)
    if not sought.id_no:
        return [*conditions, batches.where(Batch.id == BatchPerson.batch_id).correlate(BatchPerson).exists()]
    return [*conditions, BatchPerson.id_digest == id_digest(sought.id_no), _on_one_of(session, batches)]


def _on_one_of(session: Session, batches: Select[int]) -> ColumnElement[bool]:
    if is_postgresql(session):  # an array is looked up in the index; a subquery may become a join instead
        return BatchPerson.batch_id == any_(func.array(batches.scalar_subquery()))
    return BatchPerson.batch_id.in_(batches)
