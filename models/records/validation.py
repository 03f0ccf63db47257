"""What 清册校验 or 清册提交 found: the last report of each batch."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from models.records.base import Base, Id, Json, UtcDateTime

_SHARED_PASSPORT = text("code = 'REG-003'")


class ValidationReport(Base):
    """One report a batch, the latest; stale when the roster has another version (VAL-011)."""

    __tablename__ = "validation_report"

    batch_id: Mapped[int] = mapped_column(ForeignKey("batch.id"), primary_key=True)
    job_id: Mapped[int | None] = mapped_column(ForeignKey("job.id"))
    """The 清册校验 or 清册提交 that made it; None: it was done at once."""
    roster_version: Mapped[int]
    passed: Mapped[bool]
    people: Mapped[int]
    reference: Mapped[date]
    """The day on which ages were judged."""
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """Business clock, like the next one."""
    counts: Mapped[dict[str, int]] = mapped_column(Json)
    """Findings by check (V1 … V10)."""
    ratios: Mapped[list[dict[str, Any]]] = mapped_column(Json)
    """The lines of 单位社保比例校验: the fields of `models.rules.ratio.Ratio`."""


class ValidationFinding(Base):
    """One thing that a check found: one a person where people are concerned, else one a check."""

    __tablename__ = "validation_finding"
    __table_args__ = (
        Index("ix_validation_finding_batch_id_check", "batch_id", "check", "id"),
        # For 护照号码冲突, which asks for these among everybody's findings.
        Index(
            "ix_validation_finding_passport",
            "batch_id",
            "person_id",
            postgresql_where=_SHARED_PASSPORT,
            sqlite_where=_SHARED_PASSPORT,
        ),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("batch.id"))
    check: Mapped[str] = mapped_column(String(3))
    """A `Check` of models.rules.validation."""
    code: Mapped[str] = mapped_column(String(10))
    person_id: Mapped[int | None] = mapped_column(Id)
    """No foreign key, since people may be removed."""
    values: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    """Placeholders of the code's text; numbers are masked."""


class PledgeAcceptance(Base):
    """承诺书: what a handler agreed to when the roster was submitted (DOMAIN 8.5); gone when it is withdrawn."""

    __tablename__ = "pledge_acceptance"

    batch_id: Mapped[int] = mapped_column(ForeignKey("batch.id"), primary_key=True)
    version: Mapped[str] = mapped_column(String(20))
    text_sha256: Mapped[str] = mapped_column(String(64))
    roster_sha256: Mapped[str] = mapped_column(String(64))
    """Of everybody on the roster as submitted, by `models.queries.roster_hash`."""
    people: Mapped[int]
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    """Receipt, business clock."""
    ip: Mapped[str | None] = mapped_column(String(45))
