"""Moments of the central and the instant window of 2020, and the business clock put to one of them."""

from __future__ import annotations

from datetime import datetime

from config.clock import SHANGHAI
from models.actions.move_clock import move_clock
from models.records.database import writing

LAST_CENTRAL_MINUTE = datetime(2020, 5, 11, 16, 59, tzinfo=SHANGHAI)
FIRST_INSTANT_MOMENT = datetime(2020, 5, 12, 0, 0, tzinfo=SHANGHAI)


def at(moment: datetime) -> None:
    """Let it be this moment."""
    with writing() as records:
        move_clock(records, moment)
