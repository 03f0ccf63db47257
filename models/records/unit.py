"""Units and the six-character codes they enrol under."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.records.base import Base, Id, UtcDateTime


class Unit(Base):
    """参保单位: the employer that enrols its people."""

    __tablename__ = "unit"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    name: Mapped[str] = mapped_column(String(100))
    uscc: Mapped[str | None] = mapped_column(String(18))
    district_union: Mapped[str] = mapped_column(String(50), default="")
    nature: Mapped[str] = mapped_column(String(20), default="", server_default="")
    """单位性质."""
    address: Mapped[str] = mapped_column(String(200), default="", server_default="")
    postcode: Mapped[str] = mapped_column(String(6), default="", server_default="")


class EnrolmentCode(Base):
    """参保编码. One code belongs to one account at most (DOMAIN 12.3)."""

    __tablename__ = "enrolment_code"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    code: Mapped[str] = mapped_column(String(6), unique=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), index=True)
    """Whose it is; None while nobody has used it."""
    bound_by: Mapped[str | None] = mapped_column(String(20))
    """`application`, `staff` or `first_batch`: the last binding ends with the account's last batch, and is not verified
    by itself (DOMAIN 12.3)."""
    bound_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    binding_confirmed_by: Mapped[int | None] = mapped_column(Id)
    """The administrator who confirmed the binding, or moved it here; an account's id, without a foreign key."""
    binding_confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    active: Mapped[bool] = mapped_column(default=True)

    unit: Mapped[Unit] = relationship()
