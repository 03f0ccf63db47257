"""Bulk inserts fail like any other statement: under the names that tell a database that is away from a wrong row."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session

from models.records.bulk import bulk_insert
from models.records.counter import DailyCounter
from models.records.database import is_away, reading, writing

COLUMNS = ("kind", "day", "last")
A_ROW = ("receipt", "2020-04-20", 1)


def counters(session: Session) -> int:
    return session.query(DailyCounter).count()


def test_rows_are_there_after_the_commit(database: str) -> None:
    with writing() as session:
        bulk_insert(session, DailyCounter, COLUMNS, [A_ROW])
    with reading() as session:
        assert counters(session) == 1


def test_a_row_that_is_there_already_is_refused_by_its_name(database: str) -> None:
    with pytest.raises(IntegrityError), writing() as session:
        bulk_insert(session, DailyCounter, COLUMNS, [A_ROW, A_ROW])
    with reading() as session:
        assert counters(session) == 0


def test_a_session_that_the_server_has_ended_is_a_database_that_is_away(postgresql: None) -> None:
    def insert_after_the_end() -> None:
        with writing() as session:
            own = session.execute(text("SELECT pg_backend_pid()")).scalar_one()
            with writing() as other:
                other.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": own})
            bulk_insert(session, DailyCounter, COLUMNS, [A_ROW] * 10_000)

    with pytest.raises(DBAPIError) as failure:
        insert_after_the_end()
    assert is_away(failure.value)
    with reading() as session:
        assert counters(session) == 0
