"""A place for one run: a data folder, and on a given PostgreSQL a schema, that are gone afterwards."""

from __future__ import annotations

import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from config.settings import Settings
from web.commands.data_folder import DataFolder


@dataclass(frozen=True, slots=True)
class Place:
    """Where a run keeps its data; `schema` None: the one that is set, or the embedded database."""

    folder: DataFolder
    schema: str | None = None


@contextmanager
def throw_away_place(given: Settings) -> Iterator[Place]:
    """A new place; on the way out everything in it is deleted."""
    folder = Path(tempfile.mkdtemp(prefix="canbao-demo-"))
    schema = f"canbao_demo_{secrets.token_hex(6)}" if given.database_url else None
    try:
        yield Place(DataFolder(folder), schema)
    finally:
        try:
            if schema is not None:
                _drop(schema)
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def _drop(schema: str) -> None:
    from sqlalchemy import text

    from models.records.database import forget_connections, writing

    with writing() as session:
        session.execute(text(f'DROP SCHEMA IF EXISTS "{schema}" CASCADE'))
    forget_connections()
