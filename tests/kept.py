"""A PostgreSQL database that a test process keeps: each test finds it empty, with the sessions of the test before.

Making and dropping one costs more than most tests, and so do sessions that know none of its tables yet. It is emptied
only if somebody wrote. What can't be put right by that, a changed table or somebody who is still connected, costs the
database, and the next test gets a new one.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import psycopg

from config.settings import settings
from models.records import database
from tests.postgresql import TEMPLATE

if TYPE_CHECKING:
    from tests.postgresql import Cluster

_TABLES = """SELECT oid::regclass::text FROM pg_class
 WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relname <> 'alembic_version'"""
_SEQUENCES = """SELECT quote_ident(sequencename), last_value FROM pg_sequences
 WHERE last_value IS NOT NULL"""
_ROOM = 500_000
"""A table of more bytes is cut off and not only emptied: nobody vacuums here, and dead rows would be read for ever."""

Rows = dict[str, bytes]


@dataclass
class Kept:
    """One such database, by a session that empties it and fills it again."""

    cluster: Cluster
    _engines: Any = None
    """What the program opened last, with its sessions, and by which settings."""
    _opened_by: str = ""
    _first: Rows = field(default_factory=dict)
    """What a migrated database holds before anybody wrote."""
    _counted: dict[str, int] = field(default_factory=dict)
    """Its sequences that were drawn from."""
    _shape: object = None
    _written: object = None

    def __post_init__(self) -> None:
        self.name = self.cluster.new_database(TEMPLATE)
        self.url = self.cluster.url(self.name)
        self._session = psycopg.connect(self.url, autocommit=True)
        self._ask("SET session_replication_role = replica")  # foreign keys are nobody's business here
        self._tables = [name for (name,) in self._ask(_TABLES)]
        for table in self._tables:  # rows come back in the order in which they were written, as in a new database
            self._ask(f"ALTER TABLE {table} SET (autovacuum_enabled = false)")
        self._filled = " UNION ALL ".join(
            f"SELECT '{table}', pg_relation_size('{table}') WHERE EXISTS (SELECT FROM {table})"
            for table in self._tables
        )
        self._first, self._counted = self.rows(), self.counters()
        self._shape, self._written = self._seen_shape(), self._seen_writing()

    def untouched(self) -> bool:
        """Whether nobody has written since it was made or emptied."""
        return self._seen_writing() == self._written

    def emptied(self) -> bool:
        """Make it as new. False: that can't be done, and it is of no more use."""
        try:
            if self.untouched():
                return True
            if self._seen_shape() != self._shape or self._strangers():
                return False
            self._ask("SET lock_timeout = '2s'")
            self._empty()
        except psycopg.OperationalError:  # its server was restarted, or somebody holds a table
            return False
        self._written = self._seen_writing()
        return True

    def rows(self) -> Rows:
        """All that it holds."""
        return {table: self._copied(table) for table, _ in self._ask(self._filled, prepare=True)}

    def counters(self) -> dict[str, int]:
        """The sequences that were drawn from."""
        return dict(self._ask(_SEQUENCES))

    def fill(self, rows: Rows, counters: dict[str, int]) -> None:
        """Let an untouched one hold this."""
        self._empty(but=rows)
        for name, value in counters.items():
            self._ask(f"SELECT setval('{name}', {value})")

    @contextmanager
    def sessions_kept(self) -> Iterator[None]:
        """Meanwhile the program works with the sessions of the test before, if it would open the same."""
        opened = repr(settings().model_dump(exclude={"var"}))
        if self._engines is not None and self._opened_by == opened:
            database._engines = self._engines
        elif self._engines is not None:
            self._engines.writer.dispose()
            self._engines = None
        yield
        if self._engines is not None and self._engines is not database._engines:
            self._engines.writer.dispose()  # the test made the program forget them
        self._engines, self._opened_by = database._engines, repr(settings().model_dump(exclude={"var"}))
        database._engines = None
        if self._engines is not None and self._engines.writer.url.database != self.name:
            self._engines.writer.dispose()
            self._engines = None

    def forget(self) -> None:
        """Drop it."""
        if self._engines is not None:
            self._engines.writer.dispose()
        self._session.close()
        self.cluster.drop(self.name)

    def _empty(self, but: Rows | None = None) -> None:
        wanted = self._first if but is None else but
        for table, size in self._ask(self._filled, prepare=True):
            self._ask(f"TRUNCATE {table} CASCADE" if size > _ROOM else f"DELETE FROM {table}")
        for table, content in wanted.items():
            with self._session.cursor() as cursor, cursor.copy(f"COPY {table} FROM STDIN (FORMAT binary)") as copy:
                copy.write(content)
        for name, _ in self._ask(_SEQUENCES):
            start = f"SELECT seqstart FROM pg_sequence WHERE seqrelid = '{name}'::regclass"
            self._ask(f"SELECT setval('{name}', ({start}), false)")
        for name, value in self._counted.items():
            self._ask(f"SELECT setval('{name}', {value})")

    def _copied(self, table: str) -> bytes:
        with self._session.cursor() as cursor, cursor.copy(f"COPY {table} TO STDOUT (FORMAT binary)") as copy:
            return b"".join(copy)

    def _seen_shape(self) -> object:
        """Changes with every table, column or index that is made, changed or dropped, and with what has migrated it."""
        versions = "SELECT string_agg(version_num, ',') FROM alembic_version"
        return self._ask(f"SELECT count(*), max(xmin::text::bigint), ({versions}) FROM pg_attribute")

    def _seen_writing(self) -> object:
        """Changes with every transaction that writes anything on the server, which is this process's own."""
        return self._ask("SELECT pg_snapshot_xmax(pg_current_snapshot())::text")

    def _strangers(self) -> bool:
        """Whether somebody is connected who is neither this nor a session at rest of the program's."""
        connected = "SELECT count(*) FROM pg_stat_activity WHERE datname = %s AND backend_type = 'client backend'"
        at_rest = self._engines.writer.pool.checkedin() if self._engines else 0
        return self._ask(connected, (self.name,)) != [(1 + at_rest,)]

    def _ask(self, statement: str, values: tuple[object, ...] | None = None, *, prepare: bool = False) -> list[Any]:
        found = self._session.execute(statement, values, prepare=prepare)
        return found.fetchall() if found.description else []


@dataclass
class Keeper:
    """Keeps one, or a new one where the last was spoilt."""

    cluster: Cluster
    _kept: Kept | None = None

    def empty(self) -> Kept:
        """An empty one."""
        if self._kept is not None and not self._kept.emptied():
            self.end()
        if self._kept is None:
            self._kept = Kept(self.cluster)
        return self._kept

    def end(self) -> None:
        """Drop it."""
        if self._kept is not None:
            self._kept.forget()
            self._kept = None
