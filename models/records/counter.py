"""Numbers counted anew each day: batch numbers and receipts."""

from __future__ import annotations

from datetime import date

from sqlalchemy import String
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.records.base import Base
from models.records.database import is_postgresql


class DailyCounter(Base):
    """The last number given out on a day; numbers are never reused."""

    __tablename__ = "daily_counter"

    kind: Mapped[str] = mapped_column(String(10), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    last: Mapped[int]


def next_number(session: Session, kind: str, day: date) -> int:
    """The day's next number, from 1; one statement, so that two requests never share one."""
    insert = postgresql.insert if is_postgresql(session) else sqlite.insert
    statement = (
        insert(DailyCounter)
        .values(kind=kind, day=day, last=1)
        .on_conflict_do_update(index_elements=["kind", "day"], set_={"last": DailyCounter.last + 1})
        .returning(DailyCounter.last)
    )
    return session.execute(statement).scalar_one()
