"""The database and its two doors: `reading()` and `writing()`, one transaction each.

SQLite has one writer at a time. Writers queue at a file lock and then begin IMMEDIATE, readers begin deferred and can't
write: without the lock small writes beside back-to-back writers wait for seconds and some fail as locked.
"""

from __future__ import annotations

import fcntl
import os
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import Float

from config.settings import settings
from models.records.patience import CONNECT_SECONDS, PatientConnection, patience_left, spend_patience

WRITE_WAIT_SECONDS = 30
_HELD = frozenset({"55P03", "40P01"})
"""PostgreSQL: lock_not_available, deadlock_detected."""
_SQLITE_AWAY = (["BUSY"], ["LOCKED"], ["IOERR"], ["FULL"], ["CANTOPEN"], ["READONLY"], ["PROTOCOL"])
"""SQLITE_BUSY, SQLITE_BUSY_SNAPSHOT and so on: the database could not be asked, through no fault of the statement."""
MIN_FROZEN_SECONDS = 5


class DatabaseBusyError(Exception):
    """The writer's turn did not come in time; nothing was written. The caller may try again."""


@dataclass(frozen=True, slots=True)
class _Engines:
    reader: Engine
    writer: Engine
    write_lock: Path | None
    pid: int
    thread_lock: threading.Lock = field(default_factory=threading.Lock)
    """Record locks belong to a process: its threads queue here first. Made anew after a fork, like the engines."""


_LOCKED = ("SQLITE_BUSY", "SQLITE_LOCKED")
_engines: _Engines | None = None


@contextmanager
def reading() -> Iterator[Session]:
    """A read-only transaction; a write in it is an error of the database."""
    with Session(_current().reader, autoflush=False, expire_on_commit=False) as session:
        yield session


@contextmanager
def writing(wait_seconds: float = WRITE_WAIT_SECONDS) -> Iterator[Session]:
    """One transaction, committed at the end of the block. DatabaseBusyError: SQLite's one writer did not give way."""
    engines = _current()
    wait_seconds = patience_left(wait_seconds)
    with (
        _turn_to_write(engines, wait_seconds),
        _busy_if_locked(wait_seconds),
        Session(engines.writer, expire_on_commit=False) as session,
        session.begin(),
    ):
        if is_postgresql(session) and wait_seconds != WRITE_WAIT_SECONDS:
            session.execute(text(f"SET LOCAL lock_timeout = {max(1, round(wait_seconds * 1000))}"))
        yield session


def is_away(failure: Exception) -> bool:
    """Whether the database could not be asked, or took too long; a statement that it refused is a bug instead."""
    if isinstance(failure, DBAPIError):
        if isinstance(failure.orig, sqlite3.Error):  # it says OperationalError for a misspelt column too
            return getattr(failure.orig, "sqlite_errorname", "").split("_")[1:2] in _SQLITE_AWAY
        return failure.connection_invalidated or isinstance(failure, OperationalError | InterfaceError)
    return isinstance(failure, DatabaseBusyError)


def is_held(failure: Exception) -> bool:
    """Whether somebody else held one row for too long, or held it crosswise: it is about this row, not the database.

    Never on SQLite, where whoever holds anything holds all of it.
    """
    said = failure.__cause__ if isinstance(failure, DatabaseBusyError) else failure
    return getattr(getattr(said, "orig", None), "sqlstate", "") in _HELD


def is_postgresql(session: Session) -> bool:
    """Whether the bulk paths of PostgreSQL may be used."""
    return session.get_bind().dialect.name == "postgresql"


def forget_connections() -> None:
    """Drop the engines without closing their sockets: after a fork they belong to the parent."""
    global _engines  # noqa: PLW0603 -- one pair of engines a process; a fork begins anew
    if _engines is not None:
        _engines.reader.dispose(close=_engines.pid == os.getpid())
        _engines.writer.dispose(close=_engines.pid == os.getpid())
    _engines = None


def _current() -> _Engines:
    global _engines  # noqa: PLW0603 -- made at first use, so that importing a module connects to nothing
    if _engines is None or _engines.pid != os.getpid():
        forget_connections()
        _engines = _open(settings().effective_database_url, settings().database_schema)
    return _engines


def _open(url: str, schema: str | None) -> _Engines:
    import models.records.tables  # noqa: F401 -- a command that needs one table writes foreign keys to others

    if not url.startswith("sqlite"):
        # A worker that froze in a transaction would hold its rows for ever: the server ends its session.
        frozen_ms = round(max(MIN_FROZEN_SECONDS, settings().lease_seconds) * 1000)
        options = f"-c timezone=UTC -c lock_timeout={WRITE_WAIT_SECONDS * 1000}"
        options += f" -c idle_in_transaction_session_timeout={frozen_ms}"
        arguments: dict[str, Any] = {
            "connect_timeout": CONNECT_SECONDS,
            "tcp_user_timeout": 10_000,
            "application_name": "canbao",
            "options": options,
        }
        if schema:
            arguments["options"] += f" -c search_path={schema}"
        writer = create_engine(
            url, pool_pre_ping=True, pool_size=10, max_overflow=10, connect_args=arguments, hide_parameters=True
        )

        @event.listens_for(writer, "do_connect")
        def connect(_dialect: Any, _record: Any, _arguments: Any, parameters: dict[str, Any]) -> PatientConnection:
            return PatientConnection.connect(**parameters)

        return _Engines(writer.execution_options(postgresql_readonly=True), writer, None, os.getpid())
    path = make_url(url).database
    if not path or path == ":memory:":
        raise ValueError("SQLite needs a file: several processes work on one database")
    reader, writer = _sqlite(url, "BEGIN", query_only=True), _sqlite(url, "BEGIN IMMEDIATE", query_only=False)
    return _Engines(reader, writer, Path(path + ".write-lock"), os.getpid())


def _sqlite(url: str, begin: str, *, query_only: bool) -> Engine:
    engine = create_engine(
        url,
        pool_size=10,
        max_overflow=20,
        connect_args={"timeout": 30, "check_same_thread": False},
        hide_parameters=True,  # they are people's names and what belongs to them, and errors are logged
    )

    @event.listens_for(engine, "connect")
    def configure(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # the driver begins nothing by itself; the hook below does
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")  # an accepted upload survives a power cut
        connection.execute("PRAGMA foreign_keys=ON")
        connection.execute("PRAGMA secure_delete=ON")  # what is erased is not left in the file's free pages
        if query_only:
            connection.execute("PRAGMA query_only=ON")

    @event.listens_for(engine, "begin")
    def begin_transaction(connection: Any) -> None:
        connection.exec_driver_sql(begin)

    return engine


@contextmanager
def _turn_to_write(engines: _Engines, wait_seconds: float) -> Iterator[None]:
    if engines.write_lock is None:
        yield
        return
    began = time.monotonic()
    deadline = began + wait_seconds
    if not engines.thread_lock.acquire(timeout=wait_seconds):
        spend_patience(wait_seconds)
        raise DatabaseBusyError(f"no turn to write within {wait_seconds} s")
    try:
        # A record lock, not flock: a worker that forks while it writes must not leave the lock with its child.
        handle = os.open(engines.write_lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            while not _try_lock(handle):
                if time.monotonic() > deadline:
                    spend_patience(wait_seconds)
                    raise DatabaseBusyError(f"no turn to write within {wait_seconds} s")
                time.sleep(0.004)
            spend_patience(time.monotonic() - began)
            yield
        finally:
            os.close(handle)  # gives the lock back
    finally:
        engines.thread_lock.release()


@contextmanager
def _busy_if_locked(wait_seconds: float) -> Iterator[None]:
    """DatabaseBusyError instead of what the database says when somebody else held a row, or the file, for too long."""
    try:
        yield
    except OperationalError as failure:
        if getattr(failure.orig, "sqlstate", "") == "55P03" or getattr(failure.orig, "sqlite_errorname", "") in _LOCKED:
            raise DatabaseBusyError(f"no turn to write within {wait_seconds} s") from failure
        raise


def _try_lock(handle: int) -> bool:
    try:
        fcntl.lockf(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):  # which of the two it is depends on the system
        return False
    return True


class database_seconds(FunctionElement[float]):  # noqa: N801 -- reads like the SQL function it is
    """The database's own clock as seconds since 1970: leases are judged by one clock, whichever machine asks."""

    type = Float()
    inherit_cache = True


@compiles(database_seconds, "postgresql")
def _postgresql_seconds(_element: Any, _compiler: Any, **_options: Any) -> str:
    return "extract(epoch FROM clock_timestamp())::double precision"


@compiles(database_seconds, "sqlite")
def _sqlite_seconds(_element: Any, _compiler: Any, **_options: Any) -> str:
    return "((julianday('now') - 2440587.5) * 86400.0)"
