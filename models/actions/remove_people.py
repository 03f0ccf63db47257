"""移除, 批量移除, 移除全部: people leave a roster that may still be changed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, delete
from sqlalchemy.orm import Session

from config.clock import local_date
from models.actions.batch_change import (
    batch_to_change,
    mark_roster_changed,
    refuse_if_stale,
    refuse_while_roster_is_written,
)
from models.queries.people import ids_in_parts
from models.queries.roster import RosterFilters, people_wanted
from models.records.audit import record_act
from models.records.batch import Batch
from models.records.person import BatchPerson
from models.records.plan_year import plan_of
from models.records.viewer import Viewer
from models.rules.lifecycle import BatchAction
from models.rules.refusal import Refused

PEOPLE_AN_ENTRY = 5_000
"""So many people an audit entry names; more of them fill several."""

_Left = tuple[int, str]
"""Id and name of somebody who was removed: afterwards nothing else tells who it was."""


def remove_people(
    session: Session,
    viewer: Viewer,
    batch_no: str,
    person_ids: Sequence[int],
    now: datetime,
    *,
    version: int | None = None,
) -> int:
    """Remove the ticked people; returns how many were still there.

    Refused RST-006: nobody is ticked; BAT-004: a stale `version` of the batch.
    """
    batch = _batch(session, viewer, batch_no, now, version)
    if not person_ids:
        raise Refused("RST-006")
    removed: list[_Left] = []
    for part in ids_in_parts(person_ids):
        removed += _delete(session, batch, BatchPerson.id.in_(part))
    return _removed(session, viewer, batch, removed, now, chosen="ticked")


def remove_found(
    session: Session, viewer: Viewer, batch_no: str, filters: RosterFilters, now: datetime, *, found: int
) -> int:
    """Remove everybody under the filters, who were `found` when it was confirmed.

    Refused BAT-004: they are more or fewer by now, and nobody is removed.
    """
    batch = _batch(session, viewer, batch_no, now)
    wanted = people_wanted(session, batch, plan_of(session, batch.plan_year), filters, local_date(now))
    removed = _delete(session, batch, *wanted)
    if len(removed) != found:
        raise Refused("BAT-004")
    return _removed(session, viewer, batch, removed, now, chosen="found")


def remove_everybody(
    session: Session, viewer: Viewer, batch_no: str, now: datetime, *, version: int | None = None
) -> int:
    """移除全部, an action of its own: never what happens when nothing is ticked. Refused BAT-004: a stale `version`."""
    batch = _batch(session, viewer, batch_no, now, version)
    return _removed(session, viewer, batch, _delete(session, batch), now, chosen="everybody")


def _batch(session: Session, viewer: Viewer, batch_no: str, now: datetime, version: int | None = None) -> Batch:
    batch = batch_to_change(session, viewer, batch_no, BatchAction.REMOVE_PEOPLE, now)
    refuse_while_roster_is_written(session, batch)
    refuse_if_stale(batch, version)
    return batch


def _delete(session: Session, batch: Batch, *conditions: ColumnElement[bool]) -> list[_Left]:
    """Delete people of the batch; returns who they were."""
    people = delete(BatchPerson).where(BatchPerson.batch_id == batch.id, *conditions)
    statement = people.returning(BatchPerson.id, BatchPerson.name)
    left = session.execute(statement, execution_options={"synchronize_session": False})
    return [(person_id, name) for person_id, name in left]


def _removed(
    session: Session, viewer: Viewer, batch: Batch, removed: list[_Left], now: datetime, *, chosen: str
) -> int:
    removed.sort()
    if removed:
        mark_roster_changed(batch, BatchAction.REMOVE_PEOPLE, now)
    for start in range(0, len(removed), PEOPLE_AN_ENTRY):
        people = removed[start : start + PEOPLE_AN_ENTRY]
        record_act(
            session,
            viewer,
            now,
            "remove_people",
            batch_id=batch.id,
            removed=len(people),
            chosen=chosen,
            people=[{"person_id": person_id, "name": name} for person_id, name in people],
        )
    return len(removed)
