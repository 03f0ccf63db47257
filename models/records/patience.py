"""How long PostgreSQL is waited for. A server that is frozen says nothing, so only who waits can end the waiting.

A worker has time and waits until the server goes on. A request has not: it gets a measure of patience, and when that is
used up its connection is closed and the statement fails like one on a server that is away. Where the server does not
even greet somebody new, the request ends sooner, and for some seconds the others that are short of time do not ask at
all: or each of them would hold one of the web's few threads, and nobody would be answered in time.
"""

from __future__ import annotations

import socket
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, Self, TypeVar

import psycopg
from psycopg import capabilities
from psycopg.abc import PQGen

AWAY_SECONDS = 5.0
"""How long nobody asks a server that did not answer; then one request tries, and the others wait for what it finds."""
CONNECT_SECONDS = 3
HASTY_CONNECT_SECONDS = 2
"""What psycopg knows as the shortest time."""
QUIET_SECONDS = 1.5
"""How long a statement may take before somebody looks whether the server is there at all."""
PULSE_SECONDS = 1.0
CANCEL_SECONDS = 0.3
_SSL_REQUEST = struct.pack("!ii", 8, 80877103)
_INTERVAL = 0.1

_WaitTimeout = psycopg.errors._WaitTimeout
"""What `Connection.wait` raises when its timeout is over. psycopg 3.3 (3.3.9 here) has no public name for it, so that
another version may rename it or raise something else; tests/models/records/test_patience.py sees to both."""

Found = TypeVar("Found")


@dataclass(slots=True)
class Patience:
    """What is left of one request's patience, in seconds spent waiting; its own work does not count."""

    left: float
    tries_for_all: bool = False
    """It asks a server that was silent, for all the others that are short of time."""


@dataclass(slots=True)
class _Outage:
    """What this process knows of the server's silence."""

    silent_until: float = 0.0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def may_ask(self, patience: Patience) -> bool:
        with self.lock:
            if patience.tries_for_all or not self.silent_until:
                return True
            if time.monotonic() < self.silent_until:
                return False
            self.silent_until = time.monotonic() + patience.left + CANCEL_SECONDS  # this one tries for the others
            patience.tries_for_all = True
            return True

    def began(self) -> None:
        with self.lock:
            self.silent_until = time.monotonic() + AWAY_SECONDS

    def is_over(self) -> None:
        if self.silent_until:
            with self.lock:
                self.silent_until = 0.0


_patience: ContextVar[Patience | None] = ContextVar("patience", default=None)
_outage = _Outage()


def be_patient_for(seconds: float | None) -> None:
    """What this thread does from here on waits so long for the database, all its statements together; None: for ever.

    Set anew at each request, so that no request inherits what another has left.
    """
    _patience.set(None if seconds is None else Patience(seconds))


@contextmanager
def patient_for(seconds: float) -> Iterator[None]:
    """The same for a block."""
    before = _patience.set(Patience(seconds))
    try:
        yield
    finally:
        _patience.reset(before)


def patience_left(at_most: float) -> float:
    """How long may still be waited, here, for a turn to write for example."""
    patience = _patience.get()
    return at_most if patience is None else max(0.0, min(at_most, patience.left))


def spend_patience(seconds: float) -> None:
    """Something else than a statement was waited for."""
    patience = _patience.get()
    if patience is not None:
        patience.left -= seconds


class PatientConnection(psycopg.Connection[Any]):
    """A connection whose waiting ends when its user's patience does, and at once where nobody is there."""

    @classmethod
    def connect(cls, conninfo: str = "", **parameters: Any) -> Self:
        """Connect, unless there is nobody to connect to. OperationalError, as for any server that is away."""
        patience = _patience.get()
        if patience is None:
            return super().connect(conninfo, **parameters)
        _refuse_if_used_up(patience)
        parameters["connect_timeout"] = HASTY_CONNECT_SECONDS
        began = time.monotonic()
        try:
            connection = super().connect(conninfo, **parameters)
        except psycopg.errors.ConnectionTimeout:
            _outage.began()
            raise
        finally:
            patience.left -= time.monotonic() - began
        _outage.is_over()
        return connection

    def wait(self, gen: PQGen[Found], interval: float = _INTERVAL, timeout: float | None = None) -> Found:
        """Wait for the server. OperationalError: it took too long, and the connection is closed."""
        patience = _patience.get()
        if patience is None or timeout is not None:
            return super().wait(gen, interval, timeout)
        try:
            _refuse_if_used_up(patience)
        except psycopg.OperationalError:
            self.pgconn.finish()
            raise
        began = time.monotonic()
        try:
            found = self._wait_in_two_steps(gen, interval, patience.left)
        except _WaitTimeout as silence:
            raise psycopg.OperationalError("the database did not answer in time") from silence
        finally:
            patience.left -= time.monotonic() - began
        _outage.is_over()
        return found

    def _wait_in_two_steps(self, gen: PQGen[Found], interval: float, seconds: float) -> Found:
        """After a while without an answer, see whether anybody is there at all; only a slow server is waited for."""
        until = time.monotonic() + seconds
        try:
            return super().wait(gen, interval, min(seconds, QUIET_SECONDS))
        except _WaitTimeout:
            if not self._has_pulse():
                _outage.began()
                self.pgconn.finish()
                raise
        try:
            return super().wait(gen, interval, max(0.001, until - time.monotonic()))
        except _WaitTimeout:
            self._stop_the_statement()
            self.pgconn.finish()  # nobody knows what state it is in
            raise

    def _has_pulse(self) -> bool:
        """Whether the server greets somebody new: it is asked for encryption, and any one byte is an answer."""
        try:
            with _reach(self.info.hostaddr or self.info.host, self.info.port) as door:
                door.settimeout(PULSE_SECONDS)
                door.sendall(_SSL_REQUEST)
                return bool(door.recv(1))
        except OSError:
            return False

    def _stop_the_statement(self) -> None:
        try:
            if capabilities.has_cancel_safe():  # the older way may wait for ever
                self.cancel_safe(timeout=CANCEL_SECONDS)
        except psycopg.Error:
            return  # it ends when the server finds nobody at the other end


def _reach(host: str, port: int) -> socket.socket:
    """A connection to the server that knows nothing of PostgreSQL."""
    if not host.startswith("/"):
        return socket.create_connection((host, port), timeout=PULSE_SECONDS)
    door = socket.socket(socket.AF_UNIX)
    door.settimeout(PULSE_SECONDS)
    door.connect(f"{host}/.s.PGSQL.{port}")
    return door


def _refuse_if_used_up(patience: Patience) -> None:
    if patience.left <= 0 or not _outage.may_ask(patience):
        raise psycopg.OperationalError("the database did not answer a moment ago")
