"""How far each job of the calendar has come."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from models.records.base import Base, UtcDateTime


class ScheduledJob(Base):
    """One job of DOMAIN 13. Its row is locked by whoever begins one, so that each period is begun once."""

    __tablename__ = "scheduled_job"

    code: Mapped[str] = mapped_column(String(3), primary_key=True)
    """J01."""
    period: Mapped[datetime] = mapped_column(UtcDateTime)
    """The last moment for which it was begun; business clock. What is due behind it is still to be done."""
    job_id: Mapped[int | None] = mapped_column(ForeignKey("job.id"))
    """Its latest run; None before the first."""
