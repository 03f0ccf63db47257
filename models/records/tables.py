"""Every table, gathered for migrations: importing this module fills `Base.metadata`."""

from __future__ import annotations

from models.records import (
    account,
    api_token,
    audit,
    batch,
    business_clock,
    claim,
    code_application,
    counter,
    heartbeat,
    job,
    login_attempt,
    notice,
    person,
    plan_year,
    premium,
    reference,
    registration,
    roster_import,
    sms_code,
    unit,
    validation,
    voucher,
)
from models.records.base import Base

__all__ = ["Base", "account", "api_token", "audit", "batch", "business_clock", "claim", "code_application",
           "counter", "heartbeat", "job",
           "login_attempt", "notice", "person", "plan_year", "premium", "reference", "registration",
           "roster_import", "sms_code", "unit",
           "validation", "voucher"]  # fmt: skip
