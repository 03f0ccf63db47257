"""Texts that units agree to, by versions: each holds from a moment on, and none is ever changed."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.records.base import Base, Id, UtcDateTime


class TextKind(StrEnum):
    """What units agree to. All other texts are messages, in config/messages.toml: nobody is bound by them."""

    PLEDGE = "pledge"
    """承诺书, at 清册提交 (DOMAIN 8.5)."""
    PROMISE = "promise"
    """医保享受在职待遇, for somebody over age (DOMAIN 8.3)."""


class TextVersion(Base):
    """One version that `admin` has written. The first one is shipped, in config/pledge.toml, and has no row."""

    __tablename__ = "text_version"
    __table_args__ = (
        UniqueConstraint("kind", "version"),
        Index("ix_text_version_kind_valid_from", "kind", "valid_from"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    kind: Mapped[str] = mapped_column(String(10))
    version: Mapped[str] = mapped_column(String(20))
    text: Mapped[str] = mapped_column(Text)
    sha256: Mapped[str] = mapped_column(String(64))
    """Of the text, in hex."""
    valid_from: Mapped[datetime] = mapped_column(UtcDateTime)
    """Business clock, like `written_at`."""
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    written_at: Mapped[datetime] = mapped_column(UtcDateTime)
