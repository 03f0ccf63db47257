"""Cover that ends (J08)."""

from __future__ import annotations

from datetime import date

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from models.queries.pieces import Condition
from models.records.batch import Batch
from models.rules.lifecycle import BatchState


def covered(year: str, day: date) -> list[Condition]:
    """Enrolled batches whose cover had begun on that day."""
    return [Batch.state == BatchState.ENROLLED, Batch.plan_year == year, Batch.coverage_start <= day]


def has_covered(session: Session, year: str) -> bool:
    """Whether anybody is enrolled in the year."""
    enrolled = exists().where(Batch.state == BatchState.ENROLLED, Batch.plan_year == year)
    return bool(session.execute(select(enrolled)).scalar_one())
