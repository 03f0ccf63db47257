"""What a change of the look-up key asks beforehand: how much there is to do, and whether anybody is there."""

from __future__ import annotations

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from models.records.database import is_postgresql
from models.records.passport_decision import PassportDecision
from models.records.person import BatchPerson
from models.records.reference import HistoricalPerson, RetiredOverride


def numbers_stored(session: Session) -> int:
    """How many certificate numbers are stored, on rosters, in earlier years' ones and in decisions about single ones;
    4 statements.
    """
    return sum(
        session.execute(select(func.count()).select_from(table)).scalar_one()
        for table in (BatchPerson, HistoricalPerson, PassportDecision, RetiredOverride)
    )


def other_connections(session: Session) -> int:
    """How many connections this service has to PostgreSQL beside this one; SQLite counts none, so 0."""
    if not is_postgresql(session):
        return 0
    counted = text(
        "SELECT count(DISTINCT pid) FROM pg_stat_activity WHERE datname = current_database()"
        " AND application_name = 'canbao' AND pid <> pg_backend_pid()"
    )
    others: int = session.execute(counted).scalar_one()
    return others
