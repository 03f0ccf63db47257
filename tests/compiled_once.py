"""Statements are compiled once a run and not once a test: engines of one kind share what they have compiled.

Each test has a database of its own and so engines of its own; without this a quarter of the time of a test that asks
for pages goes into the same statements' text.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite

STATEMENTS = 5000
"""More than the program has: nothing is compiled twice."""


@pytest.fixture(scope="session", autouse=True)
def statements_compiled_once() -> Iterator[None]:
    """For every engine that the program makes in this process."""
    compiled: dict[str, Any] = {}

    def engine_that_shares(url: str, **options: Any) -> Engine:
        engine = create_engine(url, query_cache_size=STATEMENTS, **options)
        engine._compiled_cache = compiled.setdefault(engine.name, engine._compiled_cache)
        return engine

    with pytest.MonkeyPatch.context() as patch:
        for dialect in (SQLiteDialect_pysqlite, PGDialect_psycopg):  # which a compiled statement is kept under
            patch.setattr(dialect, "__eq__", lambda mine, other: type(mine) is type(other))
            patch.setattr(dialect, "__hash__", lambda mine: hash(type(mine)))
        patch.setattr("models.records.database.create_engine", engine_that_shares)
        yield
