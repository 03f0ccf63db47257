"""Thousands of rows in one go: COPY on PostgreSQL, one prepared statement on SQLite."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, any_, bindparam
from sqlalchemy.dialects.postgresql import ARRAY, BYTEA
from sqlalchemy.orm import DeclarativeBase, InstrumentedAttribute, Session

from models.records.database import is_postgresql

CHUNK = 1000
"""Values a statement: below SQLite's limit of parameters, and small enough that progress can be told in between."""


def bulk_insert(
    session: Session, table: type[DeclarativeBase], columns: Sequence[str], rows: Iterable[tuple[Any, ...]]
) -> None:
    """Insert rows as tuples in the order of `columns`. Plain values: dates and JSON as text."""
    names = ", ".join(f'"{name}"' for name in columns)
    connection = session.connection()
    if is_postgresql(session):
        cursor = connection.connection.cursor()
        with cursor.copy(f"COPY {table.__tablename__} ({names}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        cursor.close()
        return
    batch = list(rows)
    if batch:
        marks = ", ".join("?" * len(columns))
        connection.exec_driver_sql(f"INSERT INTO {table.__tablename__} ({names}) VALUES ({marks})", batch)  # noqa: S608 -- names come from our tables, values are bound


def among(session: Session, column: InstrumentedAttribute[bytes], values: Sequence[bytes]) -> ColumnElement[bool]:
    """`column` is one of many digests; one array parameter where the database has arrays."""
    if is_postgresql(session):
        return column == any_(bindparam(None, list(values), type_=ARRAY(BYTEA), unique=True))
    return column.in_(values)
