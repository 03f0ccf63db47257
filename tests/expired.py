"""Batches that have expired, by what the calendar does to them (DOMAIN T21 to T24), for tests."""

from __future__ import annotations

from datetime import datetime

from models.actions.calendar.expire_batch import expire
from models.actions.reinstate_batch import ClaimedElsewhere, reinstate_batch
from models.records.batch import Batch
from models.records.database import writing
from models.rules.expiry import EXPIRIES, row_of
from models.rules.lifecycle import BatchAction
from models.rules.permissions import Role
from models.rules.plan import EnrolmentType
from tests.records import BatchOf
from tests.vouchers import staff

REASON = "集中参保已截止"


def expired(batch: BatchOf, at: datetime | None = None) -> BatchOf:
    """The batch expired where it is now, whether its time was over or not."""
    with writing() as session:
        record = session.get_one(Batch, batch.batch_id)
        expire(session, record, _action_for(record), at or batch.now)
    return batch


def _action_for(batch: Batch) -> BatchAction:
    kinds = (None, EnrolmentType(batch.enrolment_type))
    return next(
        action
        for action, expiry in EXPIRIES.items()
        if batch.state in row_of(action).from_states and expiry.enrolment_type in kinds
    )


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
