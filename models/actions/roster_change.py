"""What every change of a roster has in common (T03): who, when, and what it does to the batch."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from models.actions.permit import permit
from models.queries.batches import turn_at_batch
from models.records.batch import Batch
from models.records.plan_year import plan_of
from models.records.viewer import Viewer
from models.rules.lifecycle import CLAIMING, ROSTER_EDITABLE, BatchAction, BatchState, transition
from models.rules.permissions import Action
from models.rules.plan import EnrolmentType, window_refusal
from models.rules.refusal import Refused


def roster_to_change(
    session: Session, viewer: Viewer, batch_no: str, action: BatchAction, now: datetime, *, lock_row: bool = True
) -> Batch:
    """The batch, locked, if its roster may be changed at `now` (receipt, business clock).

    Refused: AUTH-006, BAT-005 (unknown or another's), RST-010 (submitted), BAT-002, WIN-001…004.
    """
    permit(viewer, Action.WORK_ON_BATCH)
    batch = turn_at_batch(session, viewer, batch_no, lock_row=lock_row)
    refuse_unless_editable(session, batch, action, now)
    return batch


def refuse_unless_editable(session: Session, batch: Batch, action: BatchAction, now: datetime) -> None:
    """Refused RST-010, BAT-002 or WIN-…: the roster can't be changed now."""
    state = BatchState(batch.state)
    if state in CLAIMING:
        raise Refused("RST-010")
    transition(action, state)
    refusal = window_refusal(plan_of(session, batch.plan_year), EnrolmentType(batch.enrolment_type), now)
    if refusal is not None:
        raise refusal


def mark_roster_changed(batch: Batch, now: datetime) -> None:
    """People changed: the roster has a new version, the last report is stale, and the state is 清册待校验 again."""
    if BatchState(batch.state) in ROSTER_EDITABLE:
        batch.state = BatchState.ROSTER_DRAFT
    batch.roster_version += 1
    batch.version += 1
    batch.updated_at = now
