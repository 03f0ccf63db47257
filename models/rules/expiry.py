"""失效: by which deadline a batch expires by itself, and in which words that is told (DOMAIN T21 to T24)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from config.clock import local_date
from models.rules.deadlines import NOT_CONFIRMED, Deadlines
from models.rules.lifecycle import CLAIMING, ROSTER_EDITABLE, TRANSITIONS, BatchAction, BatchState, Transition
from models.rules.plan import EnrolmentType, PlanYear
from models.rules.retention import erased_on


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


@dataclass(frozen=True, slots=True)
class Left:
    """What is left to whoever had a batch that has expired."""

    freed: bool
    """Whether its people held claims, which are released (T21 to T24)."""
    instant_from: datetime | None
    """Since when, or from when on, its people can be enrolled as instant; None: not any more in this plan year."""
    kept_until: date | None
    """The day whose night erases its roster (J13); until then it can be reinstated (T25). None: it is erased."""


def left_after(plan: PlanYear, before: BatchState | None, expired_at: datetime, erased: bool, now: datetime) -> Left:
    """By the state `before` it expired, and by the dates of its plan year at `now` (business clock)."""
    kept_until = erased_on(expired_at, plan.expired_retention_days)
    return Left(
        freed=before in CLAIMING,
        instant_from=plan.instant_open_at if now < plan.instant_close_at else None,
        kept_until=None if erased or kept_until <= local_date(now) else kept_until,
    )


class NotEnrolled(StrEnum):
    """Why nobody of a batch is enrolled."""

    EXPIRED = "expired"
    NOT_SUBMITTED = "not_submitted"
    NOT_CONFIRMED = "not_confirmed"


def why_not_enrolled(
    state: BatchState, enrolment_type: EnrolmentType, closes_at: datetime, now: datetime
) -> NotEnrolled | None:
    """That it was not brought to its end before its window closed; None: it was, or may still be (DOMAIN 3.2)."""
    if state is BatchState.EXPIRED:
        return NotEnrolled.EXPIRED
    if now < closes_at:
        return None
    if state in ROSTER_EDITABLE:
        return NotEnrolled.NOT_SUBMITTED
    central = enrolment_type is EnrolmentType.CENTRAL
    return NotEnrolled.NOT_CONFIRMED if central and state is BatchState.ROSTER_SUBMITTED else None


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
