"""Reference data of the association: the social-insurance register (DOMAIN 7.7) and earlier rosters (7.2)."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.records.base import Base, Id, UtcDateTime


class SiPerson(Base):
    """One person as the social-insurance office knew them on a day."""

    __tablename__ = "si_person"

    id_digest: Mapped[bytes] = mapped_column(LargeBinary(16), primary_key=True)
    name: Mapped[str] = mapped_column(String(50))
    personal_si_no: Mapped[str | None] = mapped_column(String(20))
    si_unit_code: Mapped[str | None] = mapped_column(String(20), index=True)
    status: Mapped[str] = mapped_column(String(10))
    """`in_service` or `retired`."""
    as_of: Mapped[date]


class RetiredOverride(Base):
    """Somebody whom the register calls 退休 and who is not, for one plan year, by decision of `admin` (DOMAIN 7.6)."""

    __tablename__ = "retired_override"
    __table_args__ = (UniqueConstraint("plan_year", "id_digest"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    plan_year: Mapped[str] = mapped_column(ForeignKey("plan_year.year"))
    id_type: Mapped[str] = mapped_column(String(12))
    id_digest: Mapped[bytes] = mapped_column(LargeBinary(16))
    id_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    reason: Mapped[str] = mapped_column(String(200))
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    """Business clock."""


class SiUnit(Base):
    """How many in-service people a 单位社保编码 has."""

    __tablename__ = "si_unit"

    si_unit_code: Mapped[str] = mapped_column(String(20), primary_key=True)
    in_service_total: Mapped[int]
    as_of: Mapped[date]


class HistoricalPerson(Base):
    """A row of an earlier year's roster of a code, for 获取上年度建议名单."""

    __tablename__ = "historical_person"
    __table_args__ = (UniqueConstraint("enrolment_code", "plan_year", "id_digest"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    enrolment_code: Mapped[str] = mapped_column(String(6))
    plan_year: Mapped[str] = mapped_column(String(10))
    name: Mapped[str] = mapped_column(String(50))
    id_type: Mapped[str] = mapped_column(String(12))
    id_digest: Mapped[bytes] = mapped_column(LargeBinary(16))
    id_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    birth: Mapped[date]
    sex: Mapped[str] = mapped_column(String(6))
    mobile: Mapped[str | None] = mapped_column(String(11))
    has_si: Mapped[bool]
    si_unit_code: Mapped[str | None] = mapped_column(String(20))
    personal_si_no: Mapped[str | None] = mapped_column(String(20))
