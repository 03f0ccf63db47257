"""Periodic upkeep that beat rings for; each piece is harmless when it runs twice or not at all."""

from __future__ import annotations

from models.records.database import writing
from models.records.heartbeat import BEAT, note_heartbeat
from tasks import sweeper
from tasks.app import app


@app.task(name="upkeep.sweep")
def sweep() -> None:
    """The same sweep that every worker does by its own timer; that it comes shows that beat is alive."""
    with writing() as session:
        note_heartbeat(session, BEAT)
    sweeper.sweep()
