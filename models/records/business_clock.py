"""The demonstration's clock: its offset is a row, so that every process reads the same time."""

from __future__ import annotations

from contextvars import ContextVar
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


_received_at: ContextVar[datetime | None] = ContextVar("received_at", default=None)


def received_at(moment: datetime | None) -> None:
    """From here on this thread works on what was received at `moment` (machine's clock, aware); None: on nothing.

    Date, window, half price and deadline follow the receipt of a request, however long it waits for its turn to write
    (DOMAIN 3.3).
    """
    _received_at.set(moment)


def judged_at() -> datetime:
    """The moment of the machine's clock by which this thread judges: that of the receipt, or now."""
    return _received_at.get() or datetime.now(UTC)


def business_now(session: Session) -> datetime:
    """The business time of this transaction (windows, dates, prices), aware, Asia/Shanghai: of a request that of its
    receipt. Leases never follow it.
    """
    machine_now = judged_at()
    if not settings().demonstration:
        return BusinessClock(timedelta()).now(machine_now)
    offset = session.get(ClockOffset, 1)
    return BusinessClock(timedelta(seconds=offset.seconds if offset else 0)).now(machine_now)
