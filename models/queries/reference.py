"""The association's reference tables as their page shows them, and the files that were uploaded for them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from models.records.reference import HistoricalPerson, SiPerson, SiUnit
from models.records.reference_load import ReferenceLoad

OLD_AFTER_DAYS = 60
"""A register older than this is worth a word (DOMAIN 13, J14)."""


@dataclass(frozen=True, slots=True)
class TableSeen:
    """One reference table: how many rows it has, and of which days they are."""

    kind: str
    rows: int
    earliest: date | None
    latest: date | None
    """None where it is empty, or where its rows are of plan years and not of days."""
    plan_years: Sequence[str] = ()

    def days_old(self, today: date) -> int | None:
        """How long ago the newest row was true."""
        return None if self.latest is None else (today - self.latest).days

    def is_old(self, today: date) -> bool:
        """Whether it should be loaded anew."""
        days = self.days_old(today)
        return days is not None and days > OLD_AFTER_DAYS


def reference_tables(session: Session) -> list[TableSeen]:
    """All three; four statements."""
    seen = []
    for kind, table in (("si-people", SiPerson), ("si-units", SiUnit)):
        dates = select(func.count(), func.min(table.as_of), func.max(table.as_of))
        seen.append(TableSeen(kind, *session.execute(dates).one()))
    rows = session.scalar(select(func.count()).select_from(HistoricalPerson)) or 0
    years = session.scalars(select(HistoricalPerson.plan_year).distinct().order_by(HistoricalPerson.plan_year)).all()
    return [*seen, TableSeen("history", rows, None, None, years)]


def reference_loads(session: Session, page: int, size: int) -> tuple[Sequence[ReferenceLoad], int]:
    """Uploaded files with their jobs, the latest first, and how many there are; two statements."""
    total = session.scalar(select(func.count()).select_from(ReferenceLoad)) or 0
    some = select(ReferenceLoad).options(joinedload(ReferenceLoad.job)).order_by(ReferenceLoad.id.desc())
    return session.scalars(some.limit(size).offset((page - 1) * size)).all(), total


def reference_load(session: Session, load_id: int) -> ReferenceLoad | None:
    """One uploaded file with its job; one statement."""
    one = select(ReferenceLoad).options(joinedload(ReferenceLoad.job)).where(ReferenceLoad.id == load_id)
    return session.scalars(one).one_or_none()
