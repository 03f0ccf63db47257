"""Databases that can't be asked, and one that is asked for what it does not have."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from config.logging import log_as_json
from models.records.database import DatabaseBusyError, reading

AWAY = (
    DatabaseBusyError("busy"),
    PoolTimeoutError("no connection is free"),
    OperationalError("", {}, Exception("gone")),
    InterfaceError("", {}, Exception("gone")),
    DBAPIError("", {}, Exception("gone"), connection_invalidated=True),
)
"""Every way in which the database can't be asked."""


def ask_for_a_misspelt_column(*_: object) -> None:
    """A bug of ours that SQLite calls an OperationalError, as if the database were away."""
    with reading() as records:
        records.execute(text("SELECT 110101199003079091 AS number, nosuch FROM batch"))


@contextmanager
def traced_without_its_message() -> Iterator[None]:
    """What is done meanwhile is logged as a failure, with what failed and where, and nothing of the statement."""
    root, out = logging.getLogger(), io.StringIO()
    before = root.handlers[:]
    try:
        with redirect_stdout(out):
            log_as_json()
        yield
    finally:
        root.handlers[:] = before
    logged = out.getvalue()
    (told,) = (line for line in map(json.loads, logged.splitlines()) if line["event"] == "request_failed")
    assert told["exception"] == "OperationalError"
    assert any(place.endswith(" ask_for_a_misspelt_column") for place in told["where"])
    assert "nosuch" not in logged
    assert "110101199003079091" not in logged
