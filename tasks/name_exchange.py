"""J12 name_exchange: unit names that changed are exchanged, at night."""

from __future__ import annotations

import structlog

from models.actions.exchange_names import exchange_names
from models.records.business_clock import business_now
from models.records.database import writing
from tasks.app import app

log = structlog.get_logger()


@app.task(name="calendar.exchange_names")
def exchange() -> None:
    """Everything that was registered before now; a second run finds nothing left to do."""
    with writing() as session:
        exchanged = exchange_names(session, business_now(session))
    if exchanged:
        log.info("names_exchanged", changes=exchanged)
