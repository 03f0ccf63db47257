"""Millions of lines of reference data into their table: staged first, so that a file with a wrong line changes nothing.

PostgreSQL takes them by COPY into a temporary table and changes the real one in a single transaction. SQLite has one
writer: there the lines wait in a file of their own and go over in chunks, so that imports get their turn in between;
each line is right at any moment, and who was killed calls again.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.orm import Session

from config.settings import keyring, settings
from models.records.audit import record_audit
from models.records.business_clock import business_now
from models.records.database import is_postgresql, reading, writing
from models.records.reference_tables import ReferenceTable, Row

CHUNK = 20_000
Line = tuple[int, Row]
Report = Callable[[int], None]


class DoubledLineError(ValueError):
    """Two lines are about the same person or unit."""

    def __init__(self, first: int, second: int) -> None:
        super().__init__(f"lines {first} and {second} are about the same one")


class KeysChangedError(Exception):
    """A key was retired while its numbers were on the way; nothing was lost, and calling again helps."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """How many lines are in the table now, and how many others were removed because the file lacks them."""

    lines: int
    removed: int


def load_reference(table: ReferenceTable, lines: Iterable[Line], report: Report, *, replace_all: bool) -> Loaded:
    """Store judged lines (with their numbers in the file), each in the place of an earlier one of the same key.

    With `replace_all` the file is the whole table afterwards. DoubledLineError, and whatever `lines` raises: nothing
    was changed.
    """
    with reading() as session:
        by_copy = is_postgresql(session)
    return (_by_copy if by_copy else _by_chunks)(table, lines, report, replace_all)


def _by_copy(table: ReferenceTable, lines: Iterable[Line], report: Report, replace_all: bool) -> Loaded:
    name, columns, key = table.table.__tablename__, ", ".join(table.stored), ", ".join(table.key)
    with writing() as session:
        connection = session.connection()
        connection.execute(
            text(f"CREATE TEMP TABLE staged ON COMMIT DROP AS SELECT 0::bigint AS line, {columns} FROM {name} LIMIT 0")  # noqa: S608 -- names come from our tables
        )
        cursor = connection.connection.cursor()
        stored = 0
        with cursor.copy(f"COPY staged (line, {columns}) FROM STDIN") as copy:
            for stored, (line, row) in enumerate(lines, start=1):  # noqa: B007 -- the last one is the number of lines
                copy.write_row((line, *row))
        cursor.close()
        connection.execute(text("ANALYZE staged"))
        doubled = text(
            f"SELECT min(line), max(line) FROM staged GROUP BY {key} HAVING count(*) > 1 ORDER BY 1 LIMIT 1"  # noqa: S608 -- as above
        )
        if found := connection.execute(doubled).one_or_none():
            raise DoubledLineError(*found)
        _refuse_retired(connection.execute(text(_keys_used("staged"))).scalars() if _is_sealed(table) else ())
        connection.execute(
            text(f"INSERT INTO {name} ({columns}) SELECT {columns} FROM staged ORDER BY {key} {_on_conflict(table)}")  # noqa: S608 -- as above
        )
        removed = 0
        if replace_all:
            same = " AND ".join(f"staged.{part} = {name}.{part}" for part in table.key)
            gone = text(f"DELETE FROM {name} WHERE NOT EXISTS (SELECT FROM staged WHERE {same})")  # noqa: S608 -- as above
            removed = connection.execute(gone).rowcount
        report(stored)
        _tell(session, table, stored, removed)
    return Loaded(stored, removed)


def _by_chunks(table: ReferenceTable, lines: Iterable[Line], report: Report, replace_all: bool) -> Loaded:
    name, columns, key = table.table.__tablename__, ", ".join(table.stored), ", ".join(table.key)
    marks = ", ".join("?" * len(table.stored))
    insert = f"INSERT INTO {name} ({columns}) VALUES ({marks}) {_on_conflict(table)}"  # noqa: S608 -- names come from our tables
    with _staging_file() as staging:
        staging.execute(f"CREATE TABLE staged (line, {columns})")
        staging.executemany(
            f"INSERT INTO staged VALUES (?, {marks})",  # noqa: S608 -- as above
            ((line, *row) for line, row in lines),
        )
        staging.execute(f"CREATE INDEX by_key ON staged ({key})")
        doubled = f"SELECT min(line), max(line) FROM staged GROUP BY {key} HAVING count(*) > 1 ORDER BY 1 LIMIT 1"  # noqa: S608 -- as above
        if found := staging.execute(doubled).fetchone():
            raise DoubledLineError(*found)
        stored = 0
        in_order = staging.execute(f"SELECT {columns} FROM staged ORDER BY {key}")  # noqa: S608 -- as above
        sealed = table.stored.index("id_sealed") if _is_sealed(table) else None
        while rows := in_order.fetchmany(CHUNK):
            with writing() as session:
                session.connection().exec_driver_sql(insert, rows)
                if sealed is not None:
                    _refuse_retired({row[sealed][0] for row in rows})
            stored += len(rows)
            report(stored)
        removed = _remove_others(table, staging) if replace_all else 0
        with writing() as session:
            _tell(session, table, stored, removed)
    return Loaded(stored, removed)


def _remove_others(table: ReferenceTable, staging: sqlite3.Connection) -> int:
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
        gone = [(row[0],) for row in rows if staging.execute(known, tuple(row[1:])).fetchone() is None]
        if gone:
            with writing() as session:
                session.connection().exec_driver_sql(f"DELETE FROM {name} WHERE rowid = ?", gone)  # noqa: S608 -- as above
        removed, last = removed + len(gone), rows[-1][0]


def _on_conflict(table: ReferenceTable) -> str:
    changes = ", ".join(f"{column} = excluded.{column}" for column in table.stored if column not in table.key)
    return f"ON CONFLICT ({', '.join(table.key)}) DO UPDATE SET {changes}"


def _is_sealed(table: ReferenceTable) -> bool:
    return "id_sealed" in table.stored


def _keys_used(staged: str) -> str:
    return f"SELECT DISTINCT get_byte(id_sealed, 0) FROM {staged}"  # noqa: S608 -- the name is ours


def _refuse_retired(used: Iterable[int]) -> None:
    """What was sealed a while ago must still be opened: asked as the last thing before it is stored."""
    if set(used) - set(keyring.read_again().sealing):
        raise KeysChangedError("a key was retired meanwhile; load the file again")


def _tell(session: Session, table: ReferenceTable, stored: int, removed: int) -> None:
    record_audit(
        session,
        at=business_now(session),
        account_id=None,
        action="load_reference",
        table=table.table.__tablename__,
        lines=stored,
        removed=removed,
    )


@contextmanager
def _staging_file() -> Iterator[sqlite3.Connection]:
    """A database of this command alone, gone afterwards; it need not outlive anything."""
    file = settings().var / "reference.staging"
    file.unlink(missing_ok=True)
    file.touch(0o600)
    try:
        with closing(sqlite3.connect(file, isolation_level=None)) as connection:
            connection.execute("PRAGMA journal_mode=OFF")
            connection.execute("PRAGMA synchronous=OFF")
            connection.execute("PRAGMA cache_size=-65536")
            connection.execute("BEGIN")
            yield connection
    finally:
        file.unlink(missing_ok=True)
