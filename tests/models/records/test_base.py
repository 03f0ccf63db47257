"""Moments in the database."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy.exc import StatementError

from config.clock import SHANGHAI
from models.records.audit import AuditEntry, record_audit
from models.records.database import reading, writing


def test_a_moment_comes_back_as_the_same_moment_in_utc(database: str) -> None:
    with writing() as session:
        record_audit(session, at=datetime(2020, 4, 20, 9, 0, tzinfo=SHANGHAI), account_id=None, action="test")
    with reading() as session:
        at = session.query(AuditEntry).one().at
    assert (at, at.tzinfo) == (datetime(2020, 4, 20, 1, 0, tzinfo=UTC), UTC)


def test_a_moment_without_a_time_zone_is_refused(database: str) -> None:
    with pytest.raises(StatementError, match="without a time zone"), writing() as session:
        record_audit(session, at=datetime(2020, 4, 20, 9, 0), account_id=None, action="test")  # noqa: DTZ001 -- on purpose
