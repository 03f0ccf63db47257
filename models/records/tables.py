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
    delivery_line,
    exception,
    heartbeat,
    job,
    login_attempt,
    notice,
    passport_decision,
    person,
    person_correction,
    plan_year,
    premium,
    reconciliation,
    reference,
    reference_load,
    registration,
    rename,
    roster_import,
    scheduled_job,
    sms_code,
    text_version,
    union,
    unit,
    validation,
    voucher,
)
from models.records.base import Base

__all__ = ["Base", "account", "api_token", "audit", "batch", "business_clock", "claim", "code_application",
           "counter", "delivery_line", "exception", "heartbeat", "job",
           "login_attempt", "notice", "passport_decision", "person", "person_correction", "plan_year", "premium",
           "reconciliation", "reference", "reference_load", "registration", "rename", "roster_import", "scheduled_job",
           "sms_code", "text_version", "union", "unit", "validation", "voucher"]  # fmt: skip
