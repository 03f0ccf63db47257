"""What every change of a batch has in common: who, when, one at a time; and what a changed roster does to the batch."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from config.clock import local_date
from models.actions.permit import permit, refuse_unready_handler
from models.queries.batches import BatchLine, find_batch
from models.queries.deadlines import deadlines_of
from models.records.batch import Batch
from models.records.database import is_postgresql
from models.records.job import UNFINISHED, Job
from models.records.plan_year import plan_of
from models.records.viewer import Viewer
from models.rules.lifecycle import BatchAction, BatchState, permission_for, rows_in, transition
from models.rules.plan import PlanYear
from models.rules.refusal import Refused

_BATCH_LOCKS = 1 << 40  # where the advisory locks of batches begin: no other use comes near

_ROSTER_JOBS = {
    "roster.undo": "撤销导入",
    "roster.validate": "清册校验",
    "roster.submit": "清册提交",
    "roster.suggest": "获取上年度建议名单",
}
"""What BAT-007 calls the work that it waits for, where it is no upload."""

_OF_A_VOUCHER = {BatchAction.SUBMIT_VOUCHER, BatchAction.CANCEL_VOUCHER}
_REFUSED_WHILE_BUSY = {
    BatchAction.COPY_SUGGESTED,
    BatchAction.CORRECT_ROWS,
    BatchAction.ADD_PERSON,
    BatchAction.EDIT_PERSON,
    BatchAction.SET_IN_SERVICE,
    BatchAction.REMOVE_PEOPLE,
    BatchAction.VALIDATE_ROSTER,
    BatchAction.PROMISE,
    BatchAction.SUBMIT_ROSTER,
    BatchAction.DELETE_BATCH,
}
"""All of a roster but what queues: uploads, and taking one back."""

ROW_LOCK = {"of": Batch, "key_share": True}
"""How a batch's row is locked: not against the foreign keys of others, since an upload needn't wait for an import."""


def batch_to_change(
    session: Session, viewer: Viewer, batch_no: str, action: BatchAction, now: datetime, *, lock_row: bool = True
) -> Batch:
    """The batch, locked, if `action` is possible at `now` (receipt, business clock).

    Whoever else wants to change this batch or upload to it waits until the transaction ends. Uploads take that turn
    without the row's lock, so that they needn't wait for an import that is just being stored.
    Refused: AUTH-006, BAT-005 (unknown or another's), HDL-001 (AC03), or as `refuse_unless_possible`.
    """
    asks = permission_for(action)
    permit(viewer, asks)
    batch = find_batch(session, viewer, batch_no, asks)
    refuse_unready_handler(session, viewer)
    lock_batch(session, batch, lock_row=lock_row)
    refuse_unless_possible(session, batch, action, now)
    return batch


def lock_batch(session: Session, batch: Batch, *, lock_row: bool = True) -> None:
    """Take the batch's turn until the transaction ends, and read it as it is then. Several: by the order of ids."""
    if is_postgresql(session):
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _BATCH_LOCKS + batch.id})
    session.refresh(batch, with_for_update=ROW_LOCK if lock_row else None)


def refuse_unless_possible(session: Session, batch: Batch, action: BatchAction, now: datetime) -> None:
    """Refused by the batch's state (BAT-002, BAT-006, RST-010, IMP-010, WDR-002) or by its deadlines."""
    try:
        row = transition(action, BatchState(batch.state))
    except Refused:
        if batch.state == BatchState.EXPIRED and batch.expired_at is not None:
            date = local_date(batch.expired_at).isoformat()
            raise Refused("BAT-006", date=date, reason=batch.expired_reason or "") from None
        raise
    refusal = deadlines_of(batch, plan_of(session, batch.plan_year)).refusal(row.until, now)
    if refusal is not None:
        raise refusal


def actions_now(viewer: Viewer, batch: Batch, plan: PlanYear | None, now: datetime) -> list[BatchAction]:
    """What this account may do at `now` to a batch within its reach, in the order of the table: what is to be offered.

    `plan` is the batch's, None while it is not published. What is not among them would be refused, by `permit` or by
    `refuse_unless_possible`.
    """
    if plan is None:
        return []
    deadlines = deadlines_of(batch, plan)
    rows = rows_in(BatchState(batch.state), viewer.role)
    actions = [row.action for row in rows if deadlines.refusal(row.until, now) is None]
    return [action for action in actions if action is not BatchAction.REINSTATE or batch.erased_at is None]


def actions_of_line(viewer: Viewer, line: BatchLine, plan: PlanYear | None, now: datetime) -> list[BatchAction]:
    """The same where people, voucher and jobs are known.

    Nobody submits an empty roster (DOMAIN 8.1). A batch is in one voucher that counts, which alone is submitted or
    cancelled, and which it leaves to others; rejected and in none, as one that was reinstated so, it waits for a new
    one. While its roster is written nothing else changes it (BAT-007).
    """
    idle = {BatchAction.CREATE_VOUCHER} if line.in_voucher else set(_OF_A_VOUCHER)
    if not line.shares_voucher:
        idle.add(BatchAction.LEAVE_VOUCHER)
    if not line.people:
        idle.add(BatchAction.SUBMIT_ROSTER)
    if line.busy:
        idle |= _REFUSED_WHILE_BUSY
    actions = actions_now(viewer, line.batch, plan, now)
    if BatchAction.SUBMIT_VOUCHER in actions and not line.in_voucher and BatchAction.CREATE_VOUCHER not in actions:
        actions.append(BatchAction.CREATE_VOUCHER)
    return [action for action in actions if action not in idle]


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
