"""失效: by which deadline a batch expires by itself, and in which words that is told (DOMAIN T21 to T24)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from models.rules.deadlines import NOT_CONFIRMED, Deadlines
from models.rules.lifecycle import TRANSITIONS, BatchAction, BatchState, Transition
from models.rules.plan import EnrolmentType


@dataclass(frozen=True, slots=True)
class Expiry:
    """Which batches expire by this action of the calendar, and how it is told."""

    notice: str
    reason: str
    """As BAT-006, NTF-11 and the batch's own page tell it."""
    enrolment_type: EnrolmentType | None = None
    """None: of either type."""


EXPIRIES: Mapping[BatchAction, Expiry] = {
    BatchAction.EXPIRE_CENTRAL: Expiry("NTF-05", "集中参保已截止", EnrolmentType.CENTRAL),
    BatchAction.EXPIRE_INSTANT: Expiry("NTF-11", "未在即时参保截止前提交清册", EnrolmentType.INSTANT),
    BatchAction.EXPIRE_UNCONFIRMED: Expiry("NTF-11", NOT_CONFIRMED, EnrolmentType.INSTANT),
    BatchAction.EXPIRE_UNPAID: Expiry("NTF-06", "逾期未缴费"),
    BatchAction.EXPIRE_REJECTED: Expiry("NTF-11", "未在规定期限内重新提交缴费凭证"),
}
"""All that the calendar lets expire, with the reason that is kept of it."""


@dataclass(frozen=True, slots=True)
class Ending:
    """How a batch will expire where it is now, if nobody does anything: from `at` on."""

    action: BatchAction
    at: datetime


def row_of(action: BatchAction) -> Transition:
    """The row of the table by which this action of the calendar lets batches expire."""
    return next(row for row in TRANSITIONS if row.action is action)


def ending_of(state: BatchState, deadlines: Deadlines) -> Ending | None:
    """By what, and when, a batch in this state expires; None: it does not."""
    for action, expiry in EXPIRIES.items():
        row = row_of(action)
        if state in row.from_states and expiry.enrolment_type in (None, deadlines.enrolment_type):
            at = deadlines.ends(row.until)
            return None if at is None else Ending(action, at)
    return None
