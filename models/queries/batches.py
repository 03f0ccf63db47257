"""Batches as lists and pages need them; an account sees its own units' only, everything else does not exist for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Select, func, select, text
from sqlalchemy.orm import Session, joinedload

from models.records.batch import Batch
from models.records.database import is_postgresql
from models.records.job import UNFINISHED, Job
from models.records.person import BatchPerson
from models.records.unit import EnrolmentCode
from models.records.viewer import Viewer
from models.rules.lifecycle import BatchState
from models.rules.permissions import Action, Scope, scope
from models.rules.refusal import Refused

_BATCH_LOCKS = 1 << 40  # where the advisory locks of batches begin: no other use comes near


@dataclass(frozen=True, slots=True)
class BatchFilters:
    """What the list is narrowed to; empty text means everything."""

    batch_no: str = ""
    unit_name: str = ""
    state: str = ""


@dataclass(frozen=True, slots=True)
class BatchLine:
    """One line of the list."""

    batch: Batch
    people: int


@dataclass(frozen=True, slots=True)
class BatchPage:
    """One page of the list, `total` over all pages."""

    lines: Sequence[BatchLine]
    total: int


def list_batches(session: Session, viewer: Viewer, filters: BatchFilters, page: int = 1, size: int = 20) -> BatchPage:
    """Batches that the viewer may see, latest change first; 3 statements whatever their number."""
    statement = visible_batches(viewer)
    if filters.batch_no:
        statement = statement.where(Batch.batch_no.startswith(filters.batch_no.strip().upper(), autoescape=True))
    if filters.unit_name:
        statement = statement.where(Batch.unit_name.contains(filters.unit_name.strip(), autoescape=True))
    if filters.state:
        statement = statement.where(Batch.state == filters.state)
    total = session.execute(select(func.count()).select_from(statement.subquery())).scalar_one()
    batches = session.scalars(
        statement.options(joinedload(Batch.code).joinedload(EnrolmentCode.unit))
        .order_by(Batch.updated_at.desc(), Batch.id.desc())
        .limit(size)
        .offset((page - 1) * size)
    ).all()
    people = _people(session, [batch.id for batch in batches])
    return BatchPage([BatchLine(batch, people.get(batch.id, 0)) for batch in batches], total)


def find_batch(session: Session, viewer: Viewer, batch_no: str) -> Batch:
    """One batch. Refused BAT-005: unknown, deleted or another account's; the three look alike."""
    statement = visible_batches(viewer).where(Batch.batch_no == batch_no)
    batch = session.scalars(statement.options(joinedload(Batch.code))).one_or_none()
    if batch is None:
        raise Refused("BAT-005")
    return batch


def turn_at_batch(session: Session, viewer: Viewer, batch_no: str, *, lock_row: bool = True) -> Batch:
    """The batch, with everyone else who wants to change its roster or upload to it waiting until this transaction ends.

    Uploads take the turn without the row's lock, so that they needn't wait for an import that is just being stored.
    """
    batch = find_batch(session, viewer, batch_no)
    if is_postgresql(session):
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _BATCH_LOCKS + batch.id})
    # Only the batch's own row: PostgreSQL can't lock the code that `find_batch` joins to it.
    session.refresh(batch, with_for_update={"of": Batch} if lock_row else None)
    return batch


def refuse_while_roster_is_written(session: Session, batch: Batch) -> None:
    """Refused BAT-007: an upload of this batch waits or runs (DOMAIN 3.3)."""
    busy = select(Job.id).where(Job.batch_id == batch.id, Job.writes_roster, Job.state.in_(UNFINISHED)).limit(1)
    if session.execute(busy).scalar() is not None:
        raise Refused("BAT-007", job="清册导入")


def visible_batches(viewer: Viewer) -> Select[Batch]:
    """What exists for this viewer. Refused AUTH-006: the role reads no batches."""
    statement = select(Batch).where(Batch.state != BatchState.DELETED)
    match scope(viewer.role, Action.READ_BATCH):
        case Scope.ALL:
            return statement
        case Scope.OWN_CODES:
            return statement.where(Batch.account_id == viewer.account_id)
        case _:
            raise Refused("AUTH-006")


def _people(session: Session, batch_ids: Sequence[int]) -> dict[int, int]:
    counted = (
        select(BatchPerson.batch_id, func.count())
        .where(BatchPerson.batch_id.in_(batch_ids))
        .group_by(BatchPerson.batch_id)
    )
    return dict(session.execute(counted).all())
