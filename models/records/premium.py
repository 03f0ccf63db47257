"""生成保费信息: the latest preview of a batch's premium, which is all that can be confirmed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from models.records.base import Base, Json, UtcDateTime
from models.rules.pricing import Notice


class PremiumPreview(Base):
    """One a batch. After 提交确认保费 it is the premium that was confirmed."""

    __tablename__ = "premium_preview"

    batch_id: Mapped[int] = mapped_column(ForeignKey("batch.id"), primary_key=True)
    token: Mapped[str] = mapped_column(String(24))
    """Which preview it is: whoever confirms names it (FEE-001)."""
    roster_version: Mapped[int]
    plan_loaded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """Which version of the plan year was asked for its prices."""
    projects: Mapped[list[str]] = mapped_column(Json)
    locked: Mapped[bool]
    """The projects are those of the unit's central enrolment (DOMAIN 5.5)."""
    total_fen: Mapped[int] = mapped_column(BigInteger)
    premium: Mapped[dict[str, Any]] = mapped_column(Json)
    """`models.rules.pricing.Premium.as_data`."""
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """Business clock."""

    @property
    def notices(self) -> list[Notice]:
        """What must be known before it is confirmed."""
        return [Notice.from_data(data) for data in self.premium["notices"]]

    @property
    def warnings(self) -> set[str]:
        """Codes of the notices that must be ticked 已知晓."""
        return {notice.code for notice in self.notices if notice.is_warning}
