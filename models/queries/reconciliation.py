"""The reports of 对账 (J14): the latest of each figure, and what stays to be looked into."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Subquery, and_, func, select
from sqlalchemy.orm import Session

from models.records.reconciliation import Reconciliation
from models.rules.books import Comparison


@dataclass(frozen=True, slots=True)
class Night:
    """One night's report: when it was due, when it was made, and how much did not agree."""

    period: datetime
    made_at: datetime
    disagreeing: int


def open_disagreements(session: Session) -> int:
    """How many disagreements the latest report of each figure tells of; 0 before the first. One statement."""
    latest = _latest()
    number = select(func.coalesce(func.sum(Reconciliation.disagreeing), 0)).join(latest, _is_of(latest))
    return int(session.scalar(number) or 0)


def old_registers(session: Session) -> int:
    """How many of these are a social-insurance register that is too old: data to be loaded, no sum that is wrong."""
    latest = _latest()
    number = select(func.coalesce(func.sum(Reconciliation.disagreeing), 0)).join(latest, _is_of(latest))
    return int(session.scalar(number.where(Reconciliation.kind == Comparison.REGISTER)) or 0)


def latest_report(session: Session) -> Sequence[Reconciliation]:
    """The latest figures of each plan year, the latest year first; one statement."""
    latest = _latest()
    figures = select(Reconciliation).join(latest, _is_of(latest))
    return session.scalars(figures.order_by(Reconciliation.plan_year.desc(), Reconciliation.id)).all()


def nights(session: Session, limit: int) -> Sequence[Night]:
    """The latest nights with what they found, the latest first; one statement."""
    statement = (
        select(Reconciliation.period, func.max(Reconciliation.made_at), func.sum(Reconciliation.disagreeing))
        .group_by(Reconciliation.period)
        .order_by(Reconciliation.period.desc())
        .limit(limit)
    )
    return [Night(period, made_at, int(disagreeing)) for period, made_at, disagreeing in session.execute(statement)]


def _latest() -> Subquery:
    """The latest night of each figure: one that could not be compared last night still says what it said before."""
    period = func.max(Reconciliation.period).label("period")
    figures = select(Reconciliation.kind, Reconciliation.plan_year, period)
    return figures.group_by(Reconciliation.kind, Reconciliation.plan_year).subquery()


def _is_of(latest: Subquery) -> ColumnElement[bool]:
    return and_(
        Reconciliation.kind == latest.c.kind,
        Reconciliation.plan_year == latest.c.plan_year,
        Reconciliation.period == latest.c.period,
    )
