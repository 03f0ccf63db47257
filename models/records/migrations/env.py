"""Alembic's entry: runs migrations on the connection that models/records/schema.py hands over."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context

from models.records.base import UtcDateTime
from models.records.tables import Base


def _render(kind: str, thing: Any, _context: Any) -> str | Literal[False]:
    """Our own column types by their short names, so that a migration reads like the models."""
    return "UtcDateTime()" if kind == "type" and isinstance(thing, UtcDateTime) else False


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    render_item=_render,
    render_as_batch=connection.dialect.name == "sqlite",  # SQLite alters tables by copying them
)
with context.begin_transaction():
    context.run_migrations()
