"""注册: somebody asked for an account and has yet to show that the address is theirs. All times are the machine's."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from models.records.base import Base, Id, UtcDateTime


class Registration(Base):
    """One request. It is written alike for addresses that have an account and for those that have none."""

    __tablename__ = "registration"
    __table_args__ = (Index("ix_registration_address_digest_asked_at", "address_digest", "asked_at"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    address_digest: Mapped[bytes] = mapped_column(LargeBinary(16))
    """Keyed digest of the address: it is stored in clear once it is confirmed."""
    asked_by: Mapped[bytes] = mapped_column(LargeBinary(32))
    """SHA-256 of a random value that only the asking browser has: nobody else can confirm, or use up, its code."""
    password_hash: Mapped[str] = mapped_column(String(200))
    """argon2id; the account's from the confirmation on."""
    code_hash: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    """None: the address has an account already, and its owner was told so (AUTH-008)."""
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    tries: Mapped[int] = mapped_column(default=0)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
