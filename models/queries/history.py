"""What became of a batch and when, out of the audit log: what moved it from state to state (DOMAIN 10)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.records.account import Account
from models.records.audit import AuditEntry
from models.records.batch import Batch
from models.rules.lifecycle import ROSTER_CHANGES, TRANSITIONS, BatchAction, BatchState
from models.rules.permissions import Role
from models.rules.plan import EnrolmentType

OPENED = "open_batch"
"""How the audit log calls T01 and T02."""

_OPENING = {EnrolmentType.CENTRAL: BatchAction.OPEN_CENTRAL, EnrolmentType.INSTANT: BatchAction.OPEN_INSTANT}
_UNTOLD = {
    *ROSTER_CHANGES,
    BatchAction.PROMISE,
    BatchAction.GENERATE_PREMIUM,
    BatchAction.CREATE_VOUCHER,
    BatchAction.CANCEL_VOUCHER,
}
_TOLD = [OPENED, *(str(action) for action in BatchAction if action not in _UNTOLD)]
_MOST = 50


@dataclass(frozen=True, slots=True)
class Event:
    """One entry. `state`: what the table leads to; None: it stays, or goes back to where it was."""

    at: datetime
    action: BatchAction
    state: BatchState | None
    who: str
    """Name, or e-mail."""
    role: Role | None
    """None: the system itself."""
    details: Mapping[str, Any]


def history_of(session: Session, batch: Batch) -> Sequence[Event]:
    """The latest first, fifty at most; one statement."""
    entries = session.execute(
        select(AuditEntry, Account.name, Account.email, Account.role)
        .outerjoin(Account, Account.id == AuditEntry.account_id)
        .where(AuditEntry.batch_id == batch.id, AuditEntry.action.in_(_TOLD))
        .order_by(AuditEntry.id.desc())
        .limit(_MOST)
    )
    return [_event(entry, name or email or "", role) for entry, name, email, role in entries]


def _event(entry: AuditEntry, who: str, role: str | None) -> Event:
    action = _OPENING[EnrolmentType(entry.details["type"])] if entry.action == OPENED else BatchAction(entry.action)
    good = bool(entry.details.get("passed", True))
    state = next(row.to for row in TRANSITIONS if row.action is action and row.good in (None, good))
    return Event(entry.at, action, state, who, Role(role) if role else None, entry.details)
