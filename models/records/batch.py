"""Batches: one enrolment of one code in one plan year."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.records.base import Base, Id, Json, UtcDateTime
from models.records.unit import EnrolmentCode

_LIVE_CENTRAL = text("enrolment_type = 'central' AND state NOT IN ('deleted', 'expired')")


class Batch(Base):
    """参保批次: code, type, roster and, later, projects and payment (DOMAIN 10)."""

    __tablename__ = "batch"
    __table_args__ = (
        # One live central batch a code and year (DOMAIN 5.7): the index decides, not a look before the leap.
        Index(
            "uq_batch_live_central",
            "code_id",
            "plan_year",
            unique=True,
            postgresql_where=_LIVE_CENTRAL,
            sqlite_where=_LIVE_CENTRAL,
        ),
        Index("ix_batch_account_id_updated_at", "account_id", "updated_at"),
        Index("ix_batch_code_id", "code_id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    batch_no: Mapped[str] = mapped_column(String(20), unique=True)
    code_id: Mapped[int] = mapped_column(ForeignKey("enrolment_code.id"))
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    plan_year: Mapped[str] = mapped_column(ForeignKey("plan_year.year"))
    enrolment_type: Mapped[str] = mapped_column(String(10))
    """An `EnrolmentType` of models.rules.plan."""
    handling_channel: Mapped[str] = mapped_column(String(10), default="normal")
    """办理通道: `normal` 普通 or `special` 特殊."""
    state: Mapped[str] = mapped_column(String(20), index=True)
    """A `BatchState` of models.rules.lifecycle."""
    unit_name: Mapped[str] = mapped_column(String(100))
    """The name at the time: batches keep it when the unit is renamed (DOMAIN 12.4)."""
    roster_version: Mapped[int] = mapped_column(default=0)
    """Counts changes of the roster."""
    version: Mapped[int] = mapped_column(default=1)
    """Counts changes of the batch; a stale one gets BAT-004."""
    submitted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Receipt of 清册提交; business clock."""
    coverage_start: Mapped[date | None]
    coverage_end: Mapped[date | None]
    half_price: Mapped[bool | None]
    projects: Mapped[list[str] | None] = mapped_column(Json)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """Business clock, like the next one."""
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)

    code: Mapped[EnrolmentCode] = relationship()
