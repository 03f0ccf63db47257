"""What slows down guessing at the log-in: failures, picture codes that were used, codes sent by e-mail.

All times are the machine's. Addresses of unknown accounts are never stored in clear.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from models.records.base import Base, Id, UtcDateTime


class LoginFailure(Base):
    """One wrong password, counted for the account that was named and for where it came from."""

    __tablename__ = "login_failure"
    __table_args__ = (
        Index("ix_login_failure_account_digest_at", "account_digest", "at"),
        Index("ix_login_failure_source_at", "source", "at"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    account_digest: Mapped[bytes] = mapped_column(LargeBinary(16))
    """Keyed digest of the address that was typed."""
    source: Mapped[str] = mapped_column(String(60))
    """The network it came from, or the browser that has logged in to this account before."""
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class UsedPictureCode(Base):
    """A picture code that was answered: each serves once, right or wrong."""

    __tablename__ = "used_picture_code"

    nonce: Mapped[str] = mapped_column(String(40), primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class EmailCodeRequest(Base):
    """Somebody asked for a code by e-mail, for an account or for an address that has none: both wait alike."""

    __tablename__ = "email_code_request"
    __table_args__ = (Index("ix_email_code_request_source_at", "source", "at"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    account_digest: Mapped[bytes] = mapped_column(LargeBinary(16))
    """As of a `LoginFailure`, like the next one."""
    source: Mapped[str] = mapped_column(String(60))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class EmailCode(Base):
    """改用邮件验证码: a code sent to the account's own address, in place of the picture."""

    __tablename__ = "email_code"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    asked_by: Mapped[bytes] = mapped_column(LargeBinary(32))
    """SHA-256 of a random value that only the asking browser has: nobody else can use, or use up, its code."""
    code_hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    sent_at: Mapped[datetime] = mapped_column(UtcDateTime)
    tries: Mapped[int] = mapped_column(default=0)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
