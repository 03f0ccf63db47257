"""Signs of life of what runs by itself, for `canbao doctor`."""

from __future__ import annotations

from sqlalchemy import Double, String, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.records.base import Base
from models.records.database import database_seconds, is_postgresql

BEAT = "beat"
"""Noted by the task that beat publishes: beat, the broker and a worker of `upkeep` were there."""


class Heartbeat(Base):
    """When something was last seen alive; one row each."""

    __tablename__ = "heartbeat"

    name: Mapped[str] = mapped_column(String(20), primary_key=True)
    at: Mapped[float] = mapped_column(Double)
    """Seconds since 1970 by the database's clock, whichever host wrote it."""


def note_heartbeat(session: Session, name: str) -> None:
    """Say that `name` is alive now."""
    insert = postgresql.insert if is_postgresql(session) else sqlite.insert
    now = database_seconds()
    alive = insert(Heartbeat).values(name=name, at=now)
    session.execute(alive.on_conflict_do_update(index_elements=["name"], set_={"at": now}))


def seconds_since_heartbeat(session: Session, name: str) -> float | None:
    """How long ago `name` was last seen alive; None: never."""
    age = select(database_seconds() - Heartbeat.at).where(Heartbeat.name == name)
    return session.execute(age).scalar_one_or_none()
