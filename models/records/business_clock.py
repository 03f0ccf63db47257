"""The demonstration's clock: its offset is a row, so that every process reads the same time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import Double
from sqlalchemy.orm import Mapped, Session, mapped_column

from config.clock import BusinessClock
from config.settings import settings
from models.records.base import Base


class ClockOffset(Base):
    """How far the business clock is ahead of the machine's; one row, demonstration only."""

    __tablename__ = "clock_offset"

    id: Mapped[int] = mapped_column(primary_key=True, default=1)
    seconds: Mapped[float] = mapped_column(Double)


def business_now(session: Session) -> datetime:
    """The business time of this transaction (windows, dates, prices), aware, Asia/Shanghai. Leases never follow it."""
    machine_now = datetime.now(UTC)
    if not settings().demonstration:
        return BusinessClock(timedelta()).now(machine_now)
    offset = session.get(ClockOffset, 1)
    return BusinessClock(timedelta(seconds=offset.seconds if offset else 0)).now(machine_now)
