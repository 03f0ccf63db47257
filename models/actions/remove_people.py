"""移除, 批量移除, 移除全部: people leave a roster that may still be changed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.orm import Session

from models.actions.roster_change import (
    mark_roster_changed,
    refuse_while_roster_is_written,
    roster_to_change,
)
from models.records.audit import record_audit
from models.records.person import BatchPerson
from models.records.viewer import Viewer
from models.rules.lifecycle import BatchAction
from models.rules.refusal import Refused


def remove_people(session: Session, viewer: Viewer, batch_no: str, person_ids: Sequence[int], now: datetime) -> int:
    """Remove the ticked people; returns how many were still there. Refused RST-006: nobody is ticked."""
    return _remove(session, viewer, batch_no, person_ids, now)


def remove_everybody(session: Session, viewer: Viewer, batch_no: str, now: datetime) -> int:
    """移除全部, an action of its own: never what happens when nothing is ticked."""
    return _remove(session, viewer, batch_no, None, now)


def _remove(session: Session, viewer: Viewer, batch_no: str, person_ids: Sequence[int] | None, now: datetime) -> int:
    batch = roster_to_change(session, viewer, batch_no, BatchAction.REMOVE_PEOPLE, now)
    refuse_while_roster_is_written(session, batch)
    if person_ids is not None and not person_ids:
        raise Refused("RST-006")
    statement = delete(BatchPerson).where(BatchPerson.batch_id == batch.id)
    if person_ids is not None:
        statement = statement.where(BatchPerson.id.in_(person_ids))
    removed = session.execute(statement.execution_options(synchronize_session=False)).rowcount  # type: ignore[attr-defined]  # a DELETE's result has it
    if removed:
        mark_roster_changed(batch, BatchAction.REMOVE_PEOPLE, now)
        record_audit(
            session,
            at=now,
            account_id=viewer.account_id,
            ip=viewer.ip,
            action="remove_people",
            batch_id=batch.id,
            removed=removed,
            everybody=person_ids is None,
        )
    return int(removed)
