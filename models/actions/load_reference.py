"""Judged lines of reference data go into their table, each in the place of an earlier one of the same key."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.orm import Session

from config.settings import keyring
from models.records.audit import record_audit
from models.records.bulk import copy_rows
from models.records.business_clock import business_now
from models.records.reference_tables import ReferenceTable, Row

Line = tuple[int, Row]
"""A row and its line in the file."""


class DoubledLineError(ValueError):
    """Two lines are about the same person or unit."""

    def __init__(self, first: int, second: int) -> None:
        super().__init__(f"lines {first} and {second} are about the same one")
        self.first = first
        self.second = second


class KeysChangedError(Exception):
    """A key was retired while its numbers were on the way; nothing was lost, and calling again helps."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """How many lines are in the table now, and how many others were removed because the file lacks them."""

    lines: int
    removed: int


def copy_reference(session: Session, table: ReferenceTable, lines: Iterable[Line], *, replace_all: bool) -> Loaded:
    """Load them all, by COPY into a temporary table of PostgreSQL; what `lines` raises goes through.

    With `replace_all` they are the whole table afterwards. DoubledLineError, KeysChangedError: nothing may be stored.
    """
    name, columns, key = table.table.__tablename__, ", ".join(table.stored), ", ".join(table.key)
    connection = session.connection()
    connection.execute(
        text(f"CREATE TEMP TABLE staged ON COMMIT DROP AS SELECT 0::bigint AS line, {columns} FROM {name} LIMIT 0")  # noqa: S608 -- names come from our tables
    )
    stored = copy_rows(session, "staged", ("line", *table.stored), ((line, *row) for line, row in lines))
    connection.execute(text("ANALYZE staged"))
    doubled = text(
        f"SELECT min(line), max(line) FROM staged GROUP BY {key} HAVING count(*) > 1 ORDER BY 1 LIMIT 1"  # noqa: S608 -- as above
    )
    if found := connection.execute(doubled).one_or_none():
        raise DoubledLineError(*found)
    if table.is_sealed:
        _refuse_retired(connection.execute(text("SELECT DISTINCT get_byte(id_sealed, 0) FROM staged")).scalars())
    connection.execute(
        text(f"INSERT INTO {name} ({columns}) SELECT {columns} FROM staged ORDER BY {key} {_on_conflict(table)}")  # noqa: S608 -- as above
    )
    removed = 0
    if replace_all:
        same = " AND ".join(f"staged.{part} = {name}.{part}" for part in table.key)
        gone = text(f"DELETE FROM {name} WHERE NOT EXISTS (SELECT FROM staged WHERE {same})")  # noqa: S608 -- as above
        removed = connection.execute(gone).rowcount
    return Loaded(stored, removed)


def put_reference(session: Session, table: ReferenceTable, rows: Sequence[Row]) -> None:
    """Load some rows, by SQLite's statement. KeysChangedError: nothing may be stored."""
    columns, marks = ", ".join(table.stored), ", ".join("?" * len(table.stored))
    insert = f"INSERT INTO {table.table.__tablename__} ({columns}) VALUES ({marks}) {_on_conflict(table)}"  # noqa: S608 -- names come from our tables
    session.connection().exec_driver_sql(insert, list(rows))
    if table.is_sealed:
        sealed = table.stored.index("id_sealed")
        _refuse_retired({row[sealed][0] for row in rows})


def remove_reference(session: Session, table: ReferenceTable, row_ids: Sequence[int]) -> None:
    """Remove rows by SQLite's own numbers."""
    gone = f"DELETE FROM {table.table.__tablename__} WHERE rowid = ?"  # noqa: S608 -- names come from our tables
    session.connection().exec_driver_sql(gone, [(row_id,) for row_id in row_ids])


def record_loaded(
    session: Session, table: ReferenceTable, loaded: Loaded, *, account_id: int | None = None, ip: str | None = None
) -> None:
    """Write down what was loaded; without an account by an operator."""
    record_audit(
        session,
        at=business_now(session),
        account_id=account_id,
        ip=ip,
        action="load_reference",
        table=table.table.__tablename__,
        lines=loaded.lines,
        removed=loaded.removed,
    )


def _on_conflict(table: ReferenceTable) -> str:
    changes = ", ".join(f"{column} = excluded.{column}" for column in table.stored if column not in table.key)
    return f"ON CONFLICT ({', '.join(table.key)}) DO UPDATE SET {changes}"


def _refuse_retired(used: Iterable[int]) -> None:
    """What was sealed a while ago must still be opened: asked as the last thing before it is stored."""
    if set(used) - set(keyring.read_again().sealing):
        raise KeysChangedError("a key was retired meanwhile; load the file again")
