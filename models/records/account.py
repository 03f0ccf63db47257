"""Accounts of the platform and their log-ins."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String, false
from sqlalchemy.orm import Mapped, mapped_column

from models.records.base import Base, Id, UtcDateTime


class Account(Base):
    """Somebody who can log in: a unit's 经办人 or one of the association's staff (DOMAIN 2)."""

    __tablename__ = "account"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    """Lower case; what people log in with."""
    password_hash: Mapped[str] = mapped_column(String(200))
    """argon2id."""
    role: Mapped[str] = mapped_column(String(20))
    """A `Role` of models.rules.permissions."""
    name: Mapped[str] = mapped_column(String(50), default="")
    must_change_password: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Somebody else has reset the password: nothing else is done before it is changed (AUTH-007)."""
    superior_union_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    """上级工会: the account that may reset this one's password and reads its progress; set by an administrator."""
    disabled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Business clock, like the next one; log-ins follow the machine's."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class HandlerProfile(Base):
    """经办人填报: who works for the unit and how to reach them (DOMAIN 12.5). Without it nothing can be opened."""

    __tablename__ = "handler_profile"

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True)
    name: Mapped[str] = mapped_column(String(50))
    phone: Mapped[str] = mapped_column(String(20))
    email: Mapped[str] = mapped_column(String(254))
    unit_name: Mapped[str] = mapped_column(String(100))
    uscc: Mapped[str] = mapped_column(String(18), default="")
    """统一社会信用代码."""
    economic_type: Mapped[str] = mapped_column(String(50), default="")
    union_first_level: Mapped[str] = mapped_column(String(100), default="")
    union_second_level: Mapped[str] = mapped_column(String(100), default="")
    address: Mapped[str] = mapped_column(String(200), default="")
    industry: Mapped[str] = mapped_column(String(100), default="")
    headcount: Mapped[int] = mapped_column(default=0)
    phone_verified_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)


class LoginSession(Base):
    """One log-in. The cookie holds a random token, this row its hash: the server can end it at any time."""

    __tablename__ = "login_session"

    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    began_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
