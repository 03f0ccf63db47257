"""Nights in which J13 erases, for tests, and what is left after them."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import func, select

from models.actions.calendar.retention import RETENTION
from models.records.audit import AuditEntry
from models.records.database import reading
from models.records.person import BatchPerson
from models.records.tables import Base
from tests.builders import a_person, resident_id
from tests.records import BatchOf
from tests.scheduled import done_at

PEOPLE = [a_person(name=name, id_no=resident_id(sequence=number)) for number, name in enumerate("甲乙丙丁")]


def night(batch: BatchOf, days: int) -> datetime:
    """Three o'clock, so many days after the batch's day."""
    at: datetime = batch.now.replace(hour=0) + timedelta(days=days, hours=3)
    return at


def night_comes(batch: BatchOf, days: int) -> int:
    """J13 in that night; how much it erased."""
    at = night(batch, days)
    with reading() as session:
        due = RETENTION.next_at(session, at - timedelta(hours=12), at)
    assert due in {None, at}
    return done_at(RETENTION, at) if due else 0


def people_left(batch: BatchOf) -> int:
    with reading() as session:
        return session.scalar(select(func.count()).where(BatchPerson.batch_id == batch.batch_id)) or 0


def rows_left(*tables: type[Base]) -> list[int]:
    with reading() as session:
        return [session.scalar(select(func.count()).select_from(table)) or 0 for table in tables]


def entries(action: str) -> list[AuditEntry]:
    with reading() as session:
        return list(session.scalars(select(AuditEntry).where(AuditEntry.action == action).order_by(AuditEntry.id)))
