"""Batches that nobody has touched before their premium was confirmed (J06)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from models.queries.pieces import Condition
from models.records.batch import Batch
from models.rules.lifecycle import UNCONFIRMED


def first_untouched(session: Session, since: Iterable[datetime]) -> list[tuple[str, Sequence[datetime | None]]]:
    """By plan year, the first change of an unconfirmed batch at or behind each of these moments; one statement."""
    first = [func.min(case((Batch.updated_at >= moment, Batch.updated_at))) for moment in since]
    by_year = select(Batch.plan_year, *first).where(Batch.state.in_(sorted(UNCONFIRMED))).group_by(Batch.plan_year)
    return [(row[0], row[1:]) for row in session.execute(by_year)]


def untouched(year: str, begin: datetime, end: datetime) -> list[Condition]:
    """Unconfirmed batches whose last change was not before `begin`, and before `end`."""
    changed = (Batch.updated_at >= begin, Batch.updated_at < end)
    return [Batch.state.in_(sorted(UNCONFIRMED)), Batch.plan_year == year, *changed]
