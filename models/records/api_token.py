"""Tokens with which programs call the JSON interface on behalf of an account."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from models.records.base import Base, Id, UtcDateTime


class ApiToken(Base):
    """One token. It is shown once; the row holds its hash, so that the server can end it at any time."""

    __tablename__ = "api_token"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    """SHA-256."""
    hint: Mapped[str] = mapped_column(String(12))
    """How the token begins, so that people can tell theirs apart."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """The machine's clock, like the next one."""
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
