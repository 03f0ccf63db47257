"""Batches that have expired, as the calendar leaves them (DOMAIN T21 to T24), for tests."""

from __future__ import annotations

from datetime import datetime

from models.actions.claim_people import release_everybody
from models.actions.draft_voucher import leave_draft_voucher
from models.actions.reinstate_batch import ClaimedElsewhere, reinstate_batch
from models.records.batch import Batch
from models.records.database import writing
from models.rules.lifecycle import BatchState
from models.rules.permissions import Role
from tests.records import BatchOf
from tests.vouchers import staff

REASON = "集中参保已截止"


def expired(batch: BatchOf, at: datetime | None = None, reason: str = REASON) -> BatchOf:
    """The batch expired where it is now: nobody is claimed any more, and it has left a voucher that may be changed."""
    with writing() as session:
        record = session.get_one(Batch, batch.batch_id)
        release_everybody(session, record)
        leave_draft_voucher(session, record)
        record.state_before_expiry, record.state = record.state, BatchState.EXPIRED
        record.expired_at, record.expired_reason = at or batch.now, reason
        record.version += 1
    return batch


def reinstated(
    batch: BatchOf,
    until: datetime,
    reason: str = "截止时间已调整",
    *,
    now: datetime | None = None,
    version: int | None = None,
) -> Batch:
    """恢复 by an administrator, committed. ClaimedElsewhere is raised after that, as pages do."""
    admin = staff(Role.ADMIN, batch.now)
    with writing() as session:
        done = reinstate_batch(session, admin, batch.batch_no, until, reason, now or batch.now, version=version)
    if isinstance(done, ClaimedElsewhere):
        raise done
    return done
