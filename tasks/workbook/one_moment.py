"""Reading for a workbook that is sent while it is read: everybody from one moment, however slowly it is taken."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import text
from sqlalchemy.orm import Session

from models.records.database import is_postgresql, reading
from models.records.patience import be_patient_for

PATIENCE_SECONDS = 120.0
"""How long the database may take for all of it together. The answer has begun: nobody waits for its first byte."""
_STALLED = "SET LOCAL idle_in_transaction_session_timeout = '60s'"


@contextmanager
def reading_one_moment() -> Iterator[Session]:
    """A reading transaction that sees no change from its beginning on."""
    be_patient_for(PATIENCE_SECONDS)
    with reading() as session:
        if is_postgresql(session):
            session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
            session.execute(text(_STALLED))  # whoever takes the bytes slowly holds up nobody, for a while
        yield session
