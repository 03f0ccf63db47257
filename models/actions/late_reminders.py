"""Reminders that did not leave the house in time: what is over, or done, calls nobody any more."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, or_

from models.records.batch import Batch
from models.records.notice import Notice
from models.rules.notices import OF_THE_MOMENT, STALE_AFTER
from models.rules.reminders import REMINDS_WHILE

OUTDATED = "outdated"
"""Why such a message was not sent, in a word."""


def is_outdated(now: datetime) -> ColumnElement[bool]:
    """Whether a notice is about a moment that is long over, calls to what has ended, or reminds of what was done.

    `now`: business clock. As `is_stale` has it of notices that are yet to be told.
    """
    over = or_(Notice.created_at < now - STALE_AFTER, Notice.until <= now)
    stale = and_(Notice.code.in_(sorted(OF_THE_MOMENT)), over)
    return or_(stale, *(and_(Notice.code == code, _has_left(states)) for code, states in REMINDS_WHILE.items()))


def _has_left(states: frozenset[str]) -> ColumnElement[bool]:
    return exists().where(Batch.id == Notice.batch_id, Batch.state.not_in(sorted(states))).correlate(Notice)
