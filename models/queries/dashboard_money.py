"""Money of a plan year: what is due, what was received, what is to be refunded; each with the list behind it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, NamedTuple, TypeVar

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, joinedload

from models.queries.vouchers import VoucherSeen, batches_in
from models.records.batch import Batch
from models.records.voucher import RefundTask, Voucher
from models.rules.progress import DUE_STATES
from models.rules.voucher import RefundState, VoucherState

Line = TypeVar("Line")


class Sum(NamedTuple):
    """So many of something, and what they come to."""

    number: int = 0
    fen: int = 0


@dataclass(frozen=True, slots=True)
class Money:
    """`due` by the state of the batch, `vouchers` by theirs; `to_refund`: what is open."""

    due: Mapping[str, Sum]
    vouchers: Mapping[str, Sum]
    to_refund: Sum

    @property
    def due_in_all(self) -> Sum:
        """应缴保费 of every batch whose premium was confirmed, paid or not."""
        return Sum(sum(one.number for one in self.due.values()), sum(one.fen for one in self.due.values()))

    @property
    def received(self) -> Sum:
        """Of approved vouchers, with what was paid too much."""
        return self.vouchers.get(VoucherState.APPROVED, Sum())

    @property
    def in_review(self) -> Sum:
        """Of vouchers that wait for a decision."""
        return self.vouchers.get(VoucherState.SUBMITTED, Sum())


@dataclass(frozen=True, slots=True)
class MoneyPage(Generic[Line]):
    """One page of what a sum is made of; `together` over all pages."""

    lines: Sequence[Line]
    together: Sum


def money_of(session: Session, year: str) -> Money:
    """Three statements, which read the year's batches and vouchers."""
    batches = (
        select(Batch.state, func.count(), func.sum(Batch.total_fen))
        .where(Batch.plan_year == year, Batch.state.in_(DUE_STATES))
        .group_by(Batch.state)
    )
    vouchers = (
        select(Voucher.state, func.count(), func.sum(Voucher.amount_fen))
        .where(Voucher.plan_year == year)
        .group_by(Voucher.state)
    )
    refunds = (
        select(func.count(), func.sum(RefundTask.amount_fen))
        .join(Voucher, Voucher.id == RefundTask.voucher_id)
        .where(RefundTask.state == RefundState.OPEN, Voucher.plan_year == year)
    )
    return Money(
        {state: Sum(number, int(fen or 0)) for state, number, fen in session.execute(batches)},
        {state: Sum(number, int(fen or 0)) for state, number, fen in session.execute(vouchers)},
        _sum(session, refunds),
    )


def due_page(session: Session, year: str, state: str, page: int = 1, size: int = 20) -> MoneyPage[Batch]:
    """Batches whose premium was confirmed, in this state or all, the latest change first; 2 statements."""
    states = [state] if state else list(DUE_STATES)
    among = (Batch.plan_year == year, Batch.state.in_(states))
    summed = select(func.count(), func.sum(Batch.total_fen)).where(*among)
    together = _sum(session, summed)
    latest = select(Batch).where(*among).options(joinedload(Batch.code))
    latest = latest.order_by(Batch.updated_at.desc(), Batch.id.desc()).limit(size).offset((page - 1) * size)
    return MoneyPage(session.scalars(latest).all(), together)


def received_page(
    session: Session, year: str, state: str = VoucherState.APPROVED, page: int = 1, size: int = 20
) -> MoneyPage[VoucherSeen]:
    """Vouchers in this state, the last decided first; 3 statements."""
    among = (Voucher.plan_year == year, Voucher.state == state)
    summed = select(func.count(), func.sum(Voucher.amount_fen)).where(*among)
    together = _sum(session, summed)
    latest = select(Voucher).where(*among).order_by(Voucher.decided_at.desc(), Voucher.id.desc())
    vouchers = session.scalars(latest.limit(size).offset((page - 1) * size)).all()
    batches = batches_in(session, [voucher.id for voucher in vouchers])
    return MoneyPage([VoucherSeen(voucher, batches[voucher.id]) for voucher in vouchers], together)


def refunds_page(session: Session, year: str, page: int = 1, size: int = 20) -> MoneyPage[RefundTask]:
    """What is still to be paid back, the oldest first; 2 statements."""
    among = (RefundTask.state == RefundState.OPEN, Voucher.plan_year == year)
    summed = select(func.count(), func.sum(RefundTask.amount_fen))
    summed = summed.join(Voucher, Voucher.id == RefundTask.voucher_id).where(*among)
    together = _sum(session, summed)
    oldest = select(RefundTask).join(RefundTask.voucher).where(*among)
    oldest = oldest.options(joinedload(RefundTask.voucher, innerjoin=True)).order_by(RefundTask.id)
    return MoneyPage(session.scalars(oldest.limit(size).offset((page - 1) * size)).all(), together)


def _sum(session: Session, statement: Select[int, int | None]) -> Sum:
    """Of nothing the database knows no sum."""
    number, fen = session.execute(statement).one()
    return Sum(number, int(fen or 0))
