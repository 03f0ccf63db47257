"""Millions of lines of reference data into their table: staged first, so that a file with a wrong line changes nothing.

PostgreSQL takes them by COPY into a temporary table and changes the real one in a single transaction. SQLite has one
writer: there the lines wait in a file of their own and go over in chunks, so that imports get their turn in between;
each line is right at any moment, and who was killed calls again.
"""

from __future__ import annotations

import os
import sqlite3
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy.orm import Session

from config.settings import settings
from models.actions.load_reference import (
    DoubledLineError,
    Line,
    Loaded,
    copy_reference,
    put_reference,
    record_loaded,
    remove_reference,
)
from models.records.database import is_postgresql, reading, writing
from models.records.reference_tables import ReferenceTable

CHUNK = 20_000
Report = Callable[[int], None]


def _nobody_asks(_session: Session) -> None:
    """An operator's load is nobody's job."""


def load_reference(
    table: ReferenceTable,
    lines: Iterable[Line],
    report: Report,
    *,
    replace_all: bool,
    guard: Callable[[Session], object] = _nobody_asks,
    finish: Callable[[Session, Loaded], None] | None = None,
) -> Loaded:
    """Store judged lines (with their numbers in the file), each in the place of an earlier one of the same key.

    With `replace_all` the file is the whole table afterwards. DoubledLineError, and whatever `lines` raises: nothing
    was changed. `guard` is asked in each transaction that changes the table, `finish` is called in the last one, in the
    place of the operator's entry in the audit log: for the job of somebody who uploaded the file.
    """
    with reading() as session:
        by_copy = is_postgresql(session)
    end = finish or (lambda session, loaded: record_loaded(session, table, loaded))
    if not by_copy:
        return _by_chunks(table, lines, report, replace_all, guard, end)
    with writing() as session:
        loaded = copy_reference(session, table, lines, replace_all=replace_all)
        report(loaded.lines)
        guard(session)  # from here on the job's row is locked: nothing more is reported
        end(session, loaded)
    return loaded


def _by_chunks(  # noqa: PLR0917 - as load_reference
    table: ReferenceTable,
    lines: Iterable[Line],
    report: Report,
    replace_all: bool,
    guard: Callable[[Session], object],
    end: Callable[[Session, Loaded], None],
) -> Loaded:
    columns, key = ", ".join(table.stored), ", ".join(table.key)
    marks = ", ".join("?" * len(table.stored))
    with _staging_file() as staging:
        staging.execute(f"CREATE TABLE staged (line, {columns})")
        staging.executemany(
            f"INSERT INTO staged VALUES (?, {marks})",  # noqa: S608 -- names come from our tables
            ((line, *row) for line, row in lines),
        )
        staging.execute(f"CREATE INDEX by_key ON staged ({key})")
        doubled = f"SELECT min(line), max(line) FROM staged GROUP BY {key} HAVING count(*) > 1 ORDER BY 1 LIMIT 1"  # noqa: S608 -- as above
        if found := staging.execute(doubled).fetchone():
            raise DoubledLineError(*found)
        stored = 0
        in_order = staging.execute(f"SELECT {columns} FROM staged ORDER BY {key}")  # noqa: S608 -- as above
        while rows := in_order.fetchmany(CHUNK):
            with writing() as session:
                guard(session)
                put_reference(session, table, rows)
            stored += len(rows)
            report(stored)
        loaded = Loaded(stored, _remove_others(table, staging, guard) if replace_all else 0)
        with writing() as session:
            guard(session)
            end(session, loaded)
    return loaded


def _remove_others(table: ReferenceTable, staging: sqlite3.Connection, guard: Callable[[Session], object]) -> int:
    """Rows whose key is not in the file, in the order of their row ids, a chunk at a time."""
    name, key = table.table.__tablename__, ", ".join(table.key)
    known = f"SELECT 1 FROM staged WHERE {' AND '.join(f'{part} = ?' for part in table.key)}"  # noqa: S608 -- names come from our tables
    removed = last = 0
    while True:
        with reading() as session:
            some = f"SELECT rowid, {key} FROM {name} WHERE rowid > ? ORDER BY rowid LIMIT {CHUNK}"  # noqa: S608 -- as above
            rows = session.connection().exec_driver_sql(some, (last,)).all()
        if not rows:
            return removed
        gone = [row[0] for row in rows if staging.execute(known, tuple(row[1:])).fetchone() is None]
        if gone:
            with writing() as session:
                guard(session)
                remove_reference(session, table, gone)
        removed, last = removed + len(gone), rows[-1][0]


@contextmanager
def _staging_file() -> Iterator[sqlite3.Connection]:
    """A database of this load alone, without a name: whatever ends the process, nothing of it is left."""
    handle, name = tempfile.mkstemp(prefix="reference.", suffix=".staging", dir=settings().var)  # for its owner's eyes
    os.close(handle)
    with closing(sqlite3.connect(name, isolation_level=None)) as connection:
        try:
            connection.execute("PRAGMA journal_mode=OFF")
            connection.execute("PRAGMA synchronous=OFF")
            connection.execute("PRAGMA cache_size=-65536")
            connection.execute("BEGIN IMMEDIATE")  # the file is open from here on
        finally:
            Path(name).unlink()
        yield connection
