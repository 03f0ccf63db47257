"""Statements are compiled once a run and not once a test: engines of one kind share a dialect and what it has compiled.

Each test has a database of its own and so engines of its own; without this a quarter of the time of a test that asks
for pages goes into the same statements' text.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine

STATEMENTS = 5000
"""More than the program has: nothing is compiled twice."""

_first: dict[str, Engine] = {}


@pytest.fixture(scope="session", autouse=True)
def statements_compiled_once() -> Iterator[None]:
    """For every engine that the program makes in this process."""
    share_what_is_compiled("sqlite://")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("models.records.database.create_engine", _sharing_engine)
        yield
    _first.clear()


def share_what_is_compiled(url: str) -> None:
    """From now on for the databases of this kind. One must answer here: a dialect asks it for its version."""
    engine = create_engine(url, query_cache_size=STATEMENTS)
    engine.connect().close()
    engine.dispose()
    _first[engine.name] = engine


def _sharing_engine(url: str, **options: Any) -> Engine:
    engine = create_engine(url, **options)
    if first := _first.get(engine.name):
        engine.dialect = engine.pool._dialect = first.dialect
        engine._compiled_cache = first._compiled_cache
    return engine
