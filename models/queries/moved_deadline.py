"""What a published date that moves means for batches: which have dates of their own, and how many are concerned."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from models.queries.reinstatement import count_reinstatable
from models.records.batch import Batch
from models.rules.deadlines import end_of
from models.rules.lifecycle import LIVE, UNCONFIRMED, BatchState
from models.rules.plan import EnrolmentType, PlanYear

_UNDER_WAY = LIVE - {BatchState.ENROLLED}


@dataclass(frozen=True, slots=True)
class Concerned:
    """How many batches a move concerns."""

    to_confirm: int
    """Central ones that are still to be submitted or confirmed: they have the new window."""
    lengthened: int
    """Central ones with later dates of their own."""
    reinstatable: int
    """Expired ones that the new dates would still give time: they are offered for 恢复."""


def with_dates_of_their_own(year: str) -> Select[Batch]:
    """Central batches under way that were given a date: to pay by, or when they were reinstated."""
    return select(Batch).where(
        Batch.plan_year == year,
        Batch.enrolment_type == EnrolmentType.CENTRAL,
        Batch.state.in_(_UNDER_WAY),
        or_(Batch.payment_due_on.is_not(None), Batch.reinstated_until.is_not(None)),
    )


def lengthened(batch: Batch, before: PlanYear, after: PlanYear) -> dict[str, date | datetime]:
    """The dates of such a batch that are later under the new plan year, by their columns; none is ever earlier."""
    later: dict[str, date | datetime] = {}
    last_day = after.central_payment_close_on
    longer = last_day > before.central_payment_close_on
    if longer:
        for name in ("payment_due_on", "payment_cutoff_on", "resubmit_by"):
            own: date | None = getattr(batch, name)
            if own is not None and own < last_day:
                later[name] = last_day
    until = batch.reinstated_until
    if until is not None:
        ends = end_of(last_day)
        if batch.state in UNCONFIRMED:
            longer, ends = after.central_close_at > before.central_close_at, after.central_close_at
        if longer and until < ends:
            later["reinstated_until"] = ends
    return later


def concerned(session: Session, before: PlanYear, after: PlanYear, now: datetime) -> Concerned:
    """What the move would mean if it were done now; 3 statements."""
    to_confirm = select(func.count()).where(
        Batch.plan_year == after.plan_year,
        Batch.enrolment_type == EnrolmentType.CENTRAL,
        Batch.state.in_(sorted(UNCONFIRMED)),
    )
    own = session.scalars(with_dates_of_their_own(after.plan_year))
    return Concerned(
        session.scalar(to_confirm) or 0,
        sum(bool(lengthened(batch, before, after)) for batch in own),
        count_reinstatable(session, after, now),
    )
