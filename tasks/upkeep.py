"""Periodic upkeep that beat rings for; each piece is harmless when it runs twice or not at all."""

from __future__ import annotations

from tasks import sweeper
from tasks.app import app


@app.task(name="upkeep.sweep")
def sweep() -> None:
    """The same sweep that every worker does by its own timer."""
    sweeper.sweep()
