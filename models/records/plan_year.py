"""Plan years as they were loaded and published."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import String
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.records.base import Base, Json, UtcDateTime
from models.rules.plan import PlanYear


class PlanYearRecord(Base):
    """保障年度: the data of DOMAIN 3.2 and 4. Nothing can be enrolled before it is published."""

    __tablename__ = "plan_year"

    year: Mapped[str] = mapped_column(String(10), primary_key=True)
    data: Mapped[dict[str, Any]] = mapped_column(Json)
    """As `config.plans.plan_data` gives it, with dates as ISO text."""
    loaded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    published_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    def plan(self) -> PlanYear:
        """The plan year as the rules know it."""
        return PlanYear.from_data(self.data)


def plan_of(session: Session, year: str) -> PlanYear:
    """The plan of a batch's year. LookupError: no such year was loaded."""
    record = session.get(PlanYearRecord, year)
    if record is None:
        raise LookupError(f"plan year {year} is not loaded")
    return record.plan()
