"""A batch's deadlines as the rules know them."""

from __future__ import annotations

from models.records.batch import Batch
from models.rules.deadlines import Deadlines
from models.rules.plan import EnrolmentType, PlanYear


def deadlines_of(batch: Batch, plan: PlanYear) -> Deadlines:
    """`plan` is that of the batch's year."""
    return Deadlines(
        plan=plan,
        enrolment_type=EnrolmentType(batch.enrolment_type),
        batch_no=batch.batch_no,
        central_extension_until=batch.central_extension_until,
        confirm_since=batch.confirm_since,
        cutoff_on=batch.payment_cutoff_on,
        resubmit_by=batch.resubmit_by,
        projects_locked=batch.projects_locked,
        reinstated_until=batch.reinstated_until,
    )
