"""A place for one run, gone afterwards: a folder, a schema of a given PostgreSQL, names of its own in a given Redis."""

from __future__ import annotations

import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from config.settings import Settings
from web.commands.data_folder import DataFolder


@dataclass(frozen=True, slots=True)
class Place:
    """Where a run keeps its data; `schema` None: the one that is set, or the embedded database."""

    folder: DataFolder
    schema: str | None = None
    broker_prefix: str = ""


@contextmanager
def throw_away_place(given: Settings) -> Iterator[Place]:
    """A new place; on the way out everything in it is deleted."""
    folder = Path(tempfile.mkdtemp(prefix="canbao-demo-"))
    name = f"canbao_demo_{secrets.token_hex(6)}"
    schema = name if given.database_url else None
    redis_url = given.redis_url.get_secret_value()
    try:
        yield Place(DataFolder(folder), schema, f"{name}:" if redis_url else "")
    finally:
        try:
            if redis_url:
                _forget_names(redis_url, f"{name}:")
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


def _forget_names(redis_url: str, prefix: str) -> None:
    from redis import Redis
    from redis.exceptions import RedisError

    with suppress(RedisError), Redis.from_url(redis_url, socket_connect_timeout=2, socket_timeout=5) as client:
        for name in client.scan_iter(match=f"{prefix}*", count=1000):
            client.delete(name)
