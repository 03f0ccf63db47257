"""Codes by SMS (DOMAIN 12.6). All times are the machine's."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from models.records.base import Base, Id, UtcDateTime


class SmsCode(Base):
    """验证码: six digits that an account had sent to a phone, for one purpose."""

    __tablename__ = "sms_code"
    __table_args__ = (
        Index("ix_sms_code_phone_sent_at", "phone", "sent_at"),
        Index("ix_sms_code_account_id_sent_at", "account_id", "sent_at"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    phone: Mapped[str] = mapped_column(String(20))
    purpose: Mapped[str] = mapped_column(String(20))
    """A `Purpose` of models.actions.sms_code."""
    code_hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    """Keyed: six digits alone would be guessed from their hash."""
    sent_at: Mapped[datetime] = mapped_column(UtcDateTime)
    tries: Mapped[int] = mapped_column(default=0)
    """Wrong ones."""
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
