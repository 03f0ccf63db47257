"""失效: a batch whose time is over gives its people free and keeps them for a while (DOMAIN 9.2, T21 to T24)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from models.actions.batch_change import lock_batch
from models.actions.claim_people import release_everybody
from models.actions.draft_voucher import leave_draft_voucher
from models.queries.deadlines import deadlines_of
from models.queries.expiry import is_waited_for
from models.queries.roster import people_on
from models.records.audit import record_audit
from models.records.batch import Batch
from models.records.notice import tell
from models.records.plan_year import PlanYearRecord
from models.rules.expiry import EXPIRIES, ending_of
from models.rules.lifecycle import BatchAction, BatchState, transition


def expire_if_over(
    session: Session, batch_id: int, actions: Collection[BatchAction], period: datetime, now: datetime
) -> bool:
    """Let the batch expire if one of these actions does that by `period`; False: it is not so, any more or yet.

    Whoever changes it at the same moment is waited for, and then asked again: it may have been confirmed, paid for,
    withdrawn, or be given more time. So is an administrator who moves a date of the year.
    """
    batch = session.get_one(Batch, batch_id)
    # The year before any batch of it, as `move_deadline.py` does.
    year = session.get_one(PlanYearRecord, batch.plan_year, with_for_update={"read": True}, populate_existing=True)
    lock_batch(session, batch)
    ending = ending_of(BatchState(batch.state), deadlines_of(batch, year.plan()))
    if ending is None or ending.action not in actions or ending.at > period or is_waited_for(session, batch, ending.at):
        return False
    expire(session, batch, ending.action, now)
    return True


def expire(session: Session, batch: Batch, action: BatchAction, now: datetime) -> None:
    """Put a locked batch out of force: nobody is claimed by it, and it leaves a voucher that may still be changed.

    People, cover, projects, charges and dates stay as they are, so that it can be reinstated (T25).
    Its handler is told.
    """
    before, expiry = _told(batch), EXPIRIES[action]
    to = str(transition(action, BatchState(batch.state)).to)
    release_everybody(session, batch)
    leave_draft_voucher(session, batch, expiry.reason)
    batch.state_before_expiry, batch.state = batch.state, to
    batch.expired_at, batch.expired_reason = now, expiry.reason
    batch.version += 1
    batch.updated_at = now
    record_audit(
        session,
        at=now,
        account_id=None,
        action=str(action),
        batch_id=batch.id,
        reason=expiry.reason,
        people=people_on(session, batch.id),
        before=before,
        after=_told(batch),
    )
    why = {"reason": expiry.reason} if expiry.notice == "NTF-11" else {}
    occasion = f"expired {batch.id}.{batch.version}"
    tell(session, batch.account_id, expiry.notice, occasion, at=now, batch_id=batch.id, batch=batch.batch_no, **why)


def _told(batch: Batch) -> dict[str, Any]:
    """What the audit log keeps of a batch before and after."""
    return {"state": batch.state, "expired_at": batch.expired_at.isoformat() if batch.expired_at else None}
