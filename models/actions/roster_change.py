"""What every change of a roster has in common (T03): who, when, one at a time, and what it does to the batch."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from models.actions.permit import permit
from models.queries.batches import find_batch
from models.records.batch import Batch
from models.records.database import is_postgresql
from models.records.job import UNFINISHED, Job
from models.records.plan_year import plan_of
from models.records.viewer import Viewer
from models.rules.lifecycle import CLAIMING, ROSTER_CHANGES, BatchAction, BatchState, actions_in, transition
from models.rules.permissions import Action, scope
from models.rules.plan import EnrolmentType, PlanYear, window_refusal
from models.rules.refusal import Refused

_BATCH_LOCKS = 1 << 40  # where the advisory locks of batches begin: no other use comes near

_ROSTER_JOBS = {"roster.undo": "撤销导入"}
"""What BAT-007 calls the work that it waits for, where it is no upload."""

ROW_LOCK = {"of": Batch, "key_share": True}
"""How a batch's row is locked: not against the foreign keys of others, since an upload needn't wait for an import."""


def roster_to_change(
    session: Session, viewer: Viewer, batch_no: str, action: BatchAction, now: datetime, *, lock_row: bool = True
) -> Batch:
    """The batch, locked, if its roster may be changed at `now` (receipt, business clock).

    Whoever else wants to change this roster or upload to it waits until the transaction ends. Uploads take that turn
    without the row's lock, so that they needn't wait for an import that is just being stored.
    Refused: AUTH-006, BAT-005 (unknown or another's), RST-010 or IMP-010 (submitted), BAT-002, WIN-001…004.
    """
    permit(viewer, Action.WORK_ON_BATCH)
    batch = find_batch(session, viewer, batch_no, Action.WORK_ON_BATCH)
    if is_postgresql(session):
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _BATCH_LOCKS + batch.id})
    session.refresh(batch, with_for_update=ROW_LOCK if lock_row else None)
    refuse_unless_editable(session, batch, action, now)
    return batch


def refuse_unless_editable(session: Session, batch: Batch, action: BatchAction, now: datetime) -> None:
    """Refused RST-010, IMP-010, BAT-002 or WIN-…: this can't be done to the roster now."""
    state = BatchState(batch.state)
    if state in CLAIMING and action in ROSTER_CHANGES:  # sentences of their own, instead of BAT-002
        raise Refused("IMP-010" if action is BatchAction.UNDO_IMPORT else "RST-010")
    transition(action, state)
    refusal = window_refusal(plan_of(session, batch.plan_year), EnrolmentType(batch.enrolment_type), now)
    if refusal is not None:
        raise refusal


def actions_now(viewer: Viewer, batch: Batch, plan: PlanYear | None, now: datetime) -> list[BatchAction]:
    """What this account may do at `now` to a batch within its reach, in the order of the table: what is to be offered.

    `plan` is the batch's, None while it is not published. What is not among them would be refused, by `permit` or by
    `refuse_unless_editable`.
    """
    if scope(viewer.role, Action.WORK_ON_BATCH) is None or plan is None:
        return []
    if window_refusal(plan, EnrolmentType(batch.enrolment_type), now) is not None:
        return []
    return actions_in(BatchState(batch.state), viewer.role)


def refuse_while_roster_is_written(session: Session, batch: Batch) -> None:
    """Refused BAT-007: an upload of this batch, or an undo, waits or runs (DOMAIN 3.3)."""
    busy = select(Job.kind).where(Job.batch_id == batch.id, Job.writes_roster, Job.state.in_(UNFINISHED))
    kind = session.execute(busy.order_by(Job.id).limit(1)).scalar()
    if kind is not None:
        raise Refused("BAT-007", job=_ROSTER_JOBS.get(kind, "清册导入"))


def refuse_if_stale(batch: Batch, version: int | None) -> None:
    """Refused BAT-004: the caller has seen another version of the batch; None: it does not say which."""
    if version is not None and version != batch.version:
        raise Refused("BAT-004")


def mark_roster_changed(batch: Batch, action: BatchAction, now: datetime) -> None:
    """People changed: the roster has a new version, so that the last report is stale, and the state is the table's."""
    batch.state = str(transition(action, BatchState(batch.state)).to)
    batch.roster_version += 1
    batch.version += 1
    batch.updated_at = now
