"""A register of so many claims, filled quickly: real rows with random digests, all foreign keys and indexes kept."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import datetime

import psycopg
from sqlalchemy import delete, func, insert, literal, select, text
from sqlalchemy.orm import Session

from config.settings import settings
from models.records.base import UtcDateTime
from models.records.batch import Batch
from models.records.claim import Claim
from models.records.database import forget_connections, is_postgresql, writing
from models.records.person import BatchPerson
from models.rules.lifecycle import BatchState
from models.rules.plan import EnrolmentType

PEOPLE_PER_BATCH = 5000
FILLER = "FILLER"
"""So the numbers of its batches begin."""

_COLUMNS = (
    "batch_id, name, id_type, id_digest, prefix_digest, id_sealed, birth, sex, has_si, employment_status, is_suggested"
)
SOMEBODY = {
    "sqlite": f"""
        WITH RECURSIVE counted(number) AS (SELECT 0 UNION ALL SELECT number + 1 FROM counted WHERE number + 1 < :people)
        INSERT INTO batch_person ({_COLUMNS})
        SELECT :first_batch + number / :per_batch, '某某某', 'resident_id', randomblob(16), randomblob(8),
               randomblob(47), '1980-01-01', 'male', 1, 'in_service', 0 FROM counted""",
    "postgresql": f"""
        INSERT INTO batch_person ({_COLUMNS})
        SELECT :first_batch + number / :per_batch, '某某某', 'resident_id', uuid_send(gen_random_uuid()),
               substr(uuid_send(gen_random_uuid()), 1, 8), repeat('sealed_', 6)::bytea || '12345', '1980-01-01', 'male',
               true, 'in_service', false FROM generate_series(0, :people - 1) AS number""",
}


def fill_register(session: Session, people: int, like: Batch, now: datetime) -> None:
    """Enrol so many people, whom nobody will ask for, in batches of the same unit as `like`."""
    if not people:
        return
    first = _batches(session, -(-people // PEOPLE_PER_BATCH), like, now)
    connection = session.connection()
    if not is_postgresql(session):
        connection.exec_driver_sql("PRAGMA cache_size=-400000")  # of this connection, which is closed afterwards
    session.execute(
        text(SOMEBODY[connection.dialect.name]),
        {"people": people, "first_batch": first, "per_batch": PEOPLE_PER_BATCH},
    )
    claimed = (
        select(
            literal(like.plan_year),
            BatchPerson.id_type,
            BatchPerson.id_digest,
            literal(0),
            BatchPerson.batch_id,
            BatchPerson.id,
            literal(now, UtcDateTime()),
        )
        .where(BatchPerson.batch_id >= first)
        .order_by(BatchPerson.batch_id, BatchPerson.id_digest)
    )
    columns = ["plan_year", "id_type", "id_digest", "variant", "batch_id", "person_id", "claimed_at"]
    session.execute(insert(Claim).from_select(columns, claimed))


def empty_register(session: Session) -> None:
    """Take back what `fill_register` did."""
    fillers = select(Batch.id).where(Batch.batch_no.startswith(FILLER)).scalar_subquery()
    for table, batch_id in ((Claim, Claim.batch_id), (BatchPerson, BatchPerson.batch_id), (Batch, Batch.id)):
        session.execute(delete(table).where(batch_id.in_(fillers)).execution_options(synchronize_session=False))


def settle(*, compact: bool = False) -> None:
    """Let the database do now what it would do by itself some time: no housekeeping may fall into a measurement.

    `compact`: nothing is left of deleted rows either (PostgreSQL).
    """
    with writing() as session:
        url, postgresql = session.connection().engine.url, is_postgresql(session)
    forget_connections()
    if postgresql:
        address = url.set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(address, autocommit=True, options=_search_path()) as server:
            server.execute(f"VACUUM ({'FULL, ' if compact else ''}ANALYZE) batch_person, claim, batch")
    else:
        with closing(sqlite3.connect(str(url.database))) as file:
            file.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _search_path() -> str:
    schema = settings().database_schema
    return f"-c search_path={schema}" if schema else ""


def _batches(session: Session, number: int, like: Batch, now: datetime) -> int:
    """So many submitted batches; returns the id of the first, which the others follow."""
    filled = session.execute(select(func.count()).where(Batch.batch_no.startswith(FILLER))).scalar_one()
    new = [
        {
            "batch_no": f"{FILLER}{filled + place:06d}",
            "code_id": like.code_id,
            "account_id": like.account_id,
            "plan_year": like.plan_year,
            "enrolment_type": EnrolmentType.INSTANT,
            "state": BatchState.ROSTER_SUBMITTED,
            "unit_name": like.unit_name,
            "created_at": now,
            "updated_at": now,
        }
        for place in range(number)
    ]
    made = sorted(session.scalars(insert(Batch).returning(Batch.id), new))
    assert made[-1] - made[0] == number - 1, "somebody else opens batches in the same database"
    return made[0]
