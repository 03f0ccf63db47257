"""Every table, gathered for migrations: importing this module fills `Base.metadata`."""

from __future__ import annotations

from models.records import (
    account,
    api_token,
    audit,
    batch,
    business_clock,
    claim,
    counter,
    heartbeat,
    job,
    login_attempt,
    notice,
    person,
    plan_year,
    reference,
    roster_import,
    unit,
)
from models.records.base import Base

__all__ = ["Base", "account", "api_token", "audit", "batch", "business_clock", "claim", "counter", "heartbeat", "job",
           "login_attempt", "notice", "person", "plan_year", "reference", "roster_import", "unit"]  # fmt: skip
