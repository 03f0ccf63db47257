"""Batches: one enrolment of one code in one plan year."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import BigInteger, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.records.base import Base, Id, Json, UtcDateTime
from models.records.unit import EnrolmentCode
from models.rules.payment import DueDates, days_that_hold

_TO_ERASE = text("expired_at IS NOT NULL AND erased_at IS NULL")
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
        Index("ix_batch_to_erase", "expired_at", postgresql_where=_TO_ERASE, sqlite_where=_TO_ERASE),
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
    ratio_exempt: Mapped[bool] = mapped_column(default=False)
    """Of the special channel, like the next one (DOMAIN 5.6): a grant is written to every batch that it is for."""
    central_extension_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
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
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """The last 重新整理清册: promises from before it are shown for confirmation (DOMAIN 8.3). Business clock."""
    coverage_start: Mapped[date | None]
    coverage_end: Mapped[date | None]
    half_price: Mapped[bool | None]
    projects: Mapped[list[str] | None] = mapped_column(Json)
    """Frozen by 提交确认保费, like the two next ones."""
    projects_locked: Mapped[bool] = mapped_column(default=False)
    """They are those of the unit's central enrolment (DOMAIN 5.5)."""
    total_fen: Mapped[int | None] = mapped_column(BigInteger)
    """应缴保费: the sum of everybody's `charge_fen`."""
    confirm_since: Mapped[date | None]
    """The later of 清册提交 and the last 重新选择保障项目; instant premiums are confirmed within days of it (J07)."""
    payment_due_on: Mapped[date | None]
    """应缴日; kept by 重新选择保障项目, like the next one (DOMAIN 11.2)."""
    payment_cutoff_on: Mapped[date | None]
    """缴费截止日."""
    resubmit_by: Mapped[date | None]
    """Until when a rejected voucher may be submitted again (T18)."""
    reinstated_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Replaces every deadline of a batch that was reinstated (T25)."""
    term_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Since when it has the term that it has: awaits payment until its days, or was reinstated. Business clock."""
    state_before_expiry: Mapped[str | None] = mapped_column(String(20))
    expired_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    expired_reason: Mapped[str | None] = mapped_column(String(100))
    erased_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When its people were erased (J13): it can't be reinstated any more. Business clock, like the next two."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)

    code: Mapped[EnrolmentCode] = relationship()

    @property
    def days_of_payment(self) -> DueDates | None:
        """应缴日 and 缴费截止日 as they hold now: a reinstated batch has one deadline. None before there are any."""
        if self.payment_due_on is None or self.payment_cutoff_on is None:
            return None
        return days_that_hold(self.payment_due_on, self.payment_cutoff_on, self.reinstated_until)
