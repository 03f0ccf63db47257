"""Thousands of rows in one go: COPY on PostgreSQL, one prepared statement on SQLite."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import DeclarativeBase, InstrumentedAttribute, Session

from models.records.database import is_postgresql
from models.records.sealing import DIGEST_BYTES

CHUNK = 2500
"""Values a statement: small enough that progress can be told in between."""

_CUT_APART = {
    "postgresql": (
        "(SELECT substring(:joined FROM place FOR :width) FROM generate_series(1, length(:joined), :width) place)"
    ),
    "sqlite": (
        "(WITH RECURSIVE asked(place) AS "
        "(SELECT 1 UNION ALL SELECT place + :width FROM asked WHERE place + :width <= length(:joined)) "
        "SELECT substr(:joined, place, :width) FROM asked)"
    ),
}
"""The digests of `joined` as a subquery."""


def bulk_insert(
    session: Session, table: type[DeclarativeBase], columns: Sequence[str], rows: Iterable[tuple[Any, ...]]
) -> None:
    """Insert rows as tuples in the order of `columns`."""
    if is_postgresql(session):
        copy_rows(session, table.__tablename__, columns, rows)
        return
    batch = list(rows)
    if batch:
        marks = ", ".join("?" * len(columns))
        insert = f"INSERT INTO {table.__tablename__} ({_quoted(columns)}) VALUES ({marks})"  # noqa: S608 -- names come from our tables, values are bound
        session.connection().exec_driver_sql(insert, batch)


def copy_rows(session: Session, table_name: str, columns: Sequence[str], rows: Iterable[tuple[Any, ...]]) -> int:
    """COPY rows into a table of PostgreSQL; returns how many they were."""
    connection = session.connection()
    statement = f"COPY {table_name} ({_quoted(columns)}) FROM STDIN"
    cursor = connection.connection.cursor()
    number = 0
    try:
        with cursor.copy(statement) as copy:
            for number, row in enumerate(rows, start=1):  # noqa: B007 -- the last one is how many they were
                copy.write_row(row)
    except connection.dialect.loaded_dbapi.Error as failure:  # COPY goes past SQLAlchemy, which would name it
        base = connection.dialect.loaded_dbapi.Error
        raise DBAPIError.instance(statement, None, failure, base, hide_parameters=True) from failure
    cursor.close()
    return number


def _quoted(columns: Sequence[str]) -> str:
    return ", ".join(f'"{name}"' for name in columns)


def among(session: Session, column: InstrumentedAttribute[bytes], digests: Sequence[bytes]) -> ColumnElement[bool]:
    """`column` is one of many digests. They travel as one value: to bind a thousand takes longer than to find them."""
    asked = text(_CUT_APART[session.get_bind().dialect.name])
    return column.bool_op("IN")(asked.bindparams(joined=b"".join(digests), width=DIGEST_BYTES))
