"""恢复: until when an expired batch may be given time again (DOMAIN 3.3, T25)."""

from __future__ import annotations

from datetime import datetime, timedelta

from models.rules.deadlines import end_of
from models.rules.lifecycle import ROSTER_EDITABLE, BatchState
from models.rules.plan import EnrolmentType, PlanYear
from models.rules.refusal import Refused

LONGEST = timedelta(days=366)
"""Nobody needs more; a later moment is a slip of the pen."""

UNTIL_LABEL = "恢复办理至"

REINSTATED_TO = frozenset(
    {
        *ROSTER_EDITABLE,
        BatchState.ROSTER_SUBMITTED,
        BatchState.AWAITING_PAYMENT,
        BatchState.PAYMENT_REJECTED,
    }
)
"""Where batches expire (T21 to T24), and so where they come back to."""


def check_until(
    until: datetime, now: datetime, plan: PlanYear, enrolment_type: EnrolmentType, before: BatchState
) -> None:
    """Whether a batch that was in the state `before` can be given time until then.

    An instant roster that is still to be submitted needs a day of cover after its submission, so that its time ends
    with the window of the year; any other one that is not yet paid for is given time while the year lasts. Premiums
    that are confirmed may be paid after it, as they may without any exception.
    Refused: WIN-004, no day of cover is left for such a roster; SYS-003, it is past, too late or too far away.
    """
    latest = now + LONGEST
    if before in ROSTER_EDITABLE and enrolment_type is EnrolmentType.INSTANT:
        if now >= plan.instant_close_at:
            raise Refused("WIN-004", year=plan.plan_year)
        latest = plan.instant_close_at
    elif before in ROSTER_EDITABLE or before is BatchState.ROSTER_SUBMITTED:
        latest = min(latest, end_of(plan.coverage_end))
    if not now < until <= latest:
        raise Refused("SYS-003", field=UNTIL_LABEL)
