"""What 恢复 asks of an expired batch, and which batches would not have expired under the dates as they are now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session, joinedload

from config.clock import local_date
from models.queries.batches import BatchLine, batch_lines
from models.queries.roster import people_on
from models.records.batch import Batch
from models.records.unit import EnrolmentCode
from models.rules.lifecycle import CLAIMING, LIVE, UNCONFIRMED, BatchState
from models.rules.plan import EnrolmentType, PlanYear
from models.rules.reinstatement import REINSTATED_TO
from models.rules.retention import erased_on


@dataclass(frozen=True, slots=True)
class Reinstatable:
    """An expired batch that is offered; `in_the_way`: the central batch that its unit has opened since, if any."""

    line: BatchLine
    in_the_way: str

    @property
    def batch(self) -> Batch:
        """The batch itself."""
        return self.line.batch

    @property
    def before(self) -> BatchState:
        """Where it comes back to."""
        return BatchState(self.batch.state_before_expiry or BatchState.EXPIRED)


@dataclass(frozen=True, slots=True)
class ReinstatablePage:
    """One page of them, `total` over all pages."""

    batches: Sequence[Reinstatable]
    total: int


def state_before(batch: Batch) -> BatchState | None:
    """Where an expired batch was; None: nowhere that it could come back to."""
    before = batch.state_before_expiry
    return BatchState(before) if before in REINSTATED_TO else None


def is_erased(session: Session, batch: Batch, plan: PlanYear, now: datetime) -> bool:
    """Whether the people of an expired batch are erased (J13, BAT-008). One that never had anybody lost nobody."""
    if batch.erased_at is not None:
        return True
    if people_on(session, batch.id):
        return False
    gone = batch.expired_at is not None and (
        erased_on(batch.expired_at, plan.expired_retention_days) <= local_date(now)
    )
    return state_before(batch) in CLAIMING or gone


def would_live_on(plan: PlanYear, now: datetime) -> ColumnElement[bool]:
    """The condition of an expired central batch that the dates of its year, as they are now, would still give time.

    So it expired because of an older date: of the window (T21), or of the payment (T23, T24).
    """
    window = now < plan.central_close_at
    payment = local_date(now) <= plan.central_payment_close_on
    cut_off = or_(Batch.payment_cutoff_on.is_(None), Batch.payment_cutoff_on < plan.central_payment_close_on)
    again = or_(Batch.resubmit_by.is_(None), Batch.resubmit_by < plan.central_payment_close_on)
    by_window = Batch.state_before_expiry.in_(sorted(UNCONFIRMED))
    unpaid = and_(Batch.state_before_expiry == BatchState.AWAITING_PAYMENT, cut_off)
    rejected = and_(Batch.state_before_expiry == BatchState.PAYMENT_REJECTED, again)
    late = [condition for condition, so in ((by_window, window), (unpaid, payment), (rejected, payment)) if so]
    return and_(
        Batch.plan_year == plan.plan_year,
        Batch.enrolment_type == EnrolmentType.CENTRAL,
        Batch.state == BatchState.EXPIRED,
        or_(*late) if late else Batch.id.is_(None),
    )


def count_reinstatable(session: Session, plan: PlanYear, now: datetime) -> int:
    """How many batches expired because of a date that has moved since; one statement."""
    return session.scalar(select(func.count()).select_from(Batch).where(would_live_on(plan, now))) or 0


def list_reinstatable(
    session: Session, plan: PlanYear, now: datetime, *, unit: str = "", page: int = 1, size: int = 20
) -> ReinstatablePage:
    """One page of them, who expired first first; 4 statements."""
    statement = select(Batch).where(would_live_on(plan, now))
    if unit:
        statement = statement.where(Batch.unit_name.contains(unit.strip(), autoescape=True))
    total = session.scalar(select(func.count()).select_from(statement.subquery())) or 0
    shown = statement.options(joinedload(Batch.code).joinedload(EnrolmentCode.unit))
    shown = shown.order_by(Batch.expired_at, Batch.id).limit(size).offset((page - 1) * size)
    batches = session.scalars(shown).all()
    live = dict(session.execute(_live_central(batches)).all()) if batches else {}
    found = [Reinstatable(line, live.get(line.batch.code_id, "")) for line in batch_lines(session, batches)]
    return ReinstatablePage(found, total)


def _live_central(batches: Sequence[Batch]) -> Select[int, str]:
    """The code and the number of each live central batch under these codes."""
    return select(Batch.code_id, Batch.batch_no).where(
        Batch.code_id.in_([batch.code_id for batch in batches]),
        Batch.plan_year == batches[0].plan_year,
        Batch.enrolment_type == EnrolmentType.CENTRAL,
        Batch.state.in_(LIVE),
    )
