"""Unit names that changed are exchanged (DOMAIN 12.4, J12), or one by one by an administrator. Batches keep theirs."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.actions.permit import permit
from models.queries.renames import find_rename
from models.records.audit import record_audit
from models.records.rename import PendingNameChange
from models.records.unit import Unit
from models.records.viewer import Viewer
from models.rules.permissions import Action
from models.rules.reason import read_reason
from models.rules.refusal import Refused
from models.rules.rename import REASON_LENGTH, RenameStatus


def exchange_names(
    session: Session, now: datetime, viewer: Viewer | None = None, *, before: datetime | None = None
) -> int:
    """Apply every change that was registered before `before`, else `now`, the oldest first; how many there were.

    `viewer`: who has asked for it; None: the nightly run. Two runs at once apply each change once: the rows are locked.
    """
    if viewer is not None:
        permit(viewer, Action.APPLY_UNIT_RENAME)
    waiting = select(PendingNameChange).where(
        PendingNameChange.status == RenameStatus.PENDING, PendingNameChange.registered_at < (before or now)
    )
    changes = session.scalars(waiting.order_by(PendingNameChange.id).with_for_update()).all()
    for change in changes:
        put_into_effect(session, change, now, viewer)
    if changes or viewer is not None:
        _write_down(session, viewer, now, "exchange_names", changes=len(changes))
    return len(changes)


def apply_rename(session: Session, viewer: Viewer, change_id: int, now: datetime) -> PendingNameChange:
    """One change holds at once. Refused BAT-005; BAT-002 it was applied or refused already."""
    change = _to_decide(session, viewer, change_id)
    put_into_effect(session, change, now, viewer)
    return change


def refuse_rename(session: Session, viewer: Viewer, change_id: int, reason: str, now: datetime) -> PendingNameChange:
    """不予变更, with a reason. Refused BAT-005, BAT-002; APP-012 without one, SYS-003 too long."""
    change = _to_decide(session, viewer, change_id)
    change.reason = read_reason(reason, "原因", REASON_LENGTH, Refused("APP-012"))
    change.status, change.decided_at, change.decided_by = RenameStatus.REFUSED, now, viewer.account_id
    _write_down(
        session, viewer, now, "refuse_unit_rename", change=change.id, name=change.new_name, reason=change.reason
    )
    return change


def put_into_effect(session: Session, change: PendingNameChange, now: datetime, viewer: Viewer | None) -> None:
    """The unit has its new name; what batches, certificates and applications say of it stays as it was."""
    unit = session.get_one(Unit, change.unit_id, with_for_update=True, populate_existing=True)
    change.former_name, unit.name = unit.name, change.new_name
    change.status, change.decided_at = RenameStatus.APPLIED, now
    change.decided_by = viewer.account_id if viewer else None
    _write_down(
        session,
        viewer,
        now,
        "apply_unit_rename",
        change=change.id,
        unit=unit.id,
        before=change.former_name,
        after=change.new_name,
    )


def _to_decide(session: Session, viewer: Viewer, change_id: int) -> PendingNameChange:
    """The change, locked until the end of the transaction: it is decided once."""
    find_rename(session, viewer, change_id, Action.APPLY_UNIT_RENAME)
    latest = select(PendingNameChange).where(PendingNameChange.id == change_id).with_for_update()
    change = session.scalars(latest.execution_options(populate_existing=True)).one()
    if change.status != RenameStatus.PENDING:
        status = RenameStatus(change.status).text
        raise Refused("BAT-002", status=f"单位名称变更{status}", action="审核")
    return change


def _write_down(session: Session, viewer: Viewer | None, now: datetime, action: str, **details: Any) -> None:
    account_id, ip = (viewer.account_id, viewer.ip) if viewer else (None, None)
    record_audit(session, at=now, account_id=account_id, ip=ip, action=action, **details)
