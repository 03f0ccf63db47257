"""对账 (J14): what was compared at night, and what did not agree. Nothing in it names a person."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.records.base import Base, Id, Json, UtcDateTime


class Reconciliation(Base):
    """One figure of one plan year, as it was in one night. A run that is done again writes nothing anew."""

    __tablename__ = "reconciliation"
    __table_args__ = (
        UniqueConstraint("kind", "plan_year", "period"),  # the latest of each, and of its nights
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    kind: Mapped[str] = mapped_column(String(10))
    """A `Comparison` of models.rules.books."""
    plan_year: Mapped[str] = mapped_column(ForeignKey("plan_year.year"))
    period: Mapped[datetime] = mapped_column(UtcDateTime)
    """The night; business clock, like the next one."""
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    compared: Mapped[int]
    """How many batches, vouchers or tables were looked at."""
    expected: Mapped[int] = mapped_column(BigInteger)
    """What the other sum should be: fen, people or days, as the comparison says."""
    found: Mapped[int] = mapped_column(BigInteger)
    disagreeing: Mapped[int]
    named: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list)
    """The first disagreements, as `models.rules.books.Disagreement.as_data`."""
