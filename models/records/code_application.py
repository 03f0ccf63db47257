"""参保编码申请: a unit asks for its enrolment code (DOMAIN 12.1, 12.2)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.records.attached_file import AttachedFile
from models.records.base import Base, Id, UtcDateTime
from models.records.unit import EnrolmentCode

_PENDING = text("status = 'pending'")
_PENDING_WITH_USCC = text("status = 'pending' AND uscc <> ''")


class CodeApplication(Base):
    """One application. Times follow the business clock."""

    __tablename__ = "code_application"
    __table_args__ = (
        # One unit waits once, by its name and by its credit code (APP-009): the indexes decide every race.
        Index(
            "uq_code_application_pending_unit",
            "unit_key",
            unique=True,
            postgresql_where=_PENDING,
            sqlite_where=_PENDING,
        ),
        Index(
            "uq_code_application_pending_uscc",
            "uscc",
            unique=True,
            postgresql_where=_PENDING_WITH_USCC,
            sqlite_where=_PENDING_WITH_USCC,
        ),
        Index("ix_code_application_status_submitted_at", "status", "submitted_at"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    """Who made it: the unit's handler, or a district office for a visitor."""
    unit_name: Mapped[str] = mapped_column(String(100))
    unit_key: Mapped[str] = mapped_column(String(100))
    """The name as it is compared: without blanks, full-width forms as ASCII."""
    district_union: Mapped[str] = mapped_column(String(50))
    """工委名称."""
    uscc: Mapped[str] = mapped_column(String(18), default="")
    nature: Mapped[str] = mapped_column(String(20))
    """单位性质."""
    contact: Mapped[str] = mapped_column(String(50))
    """联系人."""
    address: Mapped[str] = mapped_column(String(200))
    phone: Mapped[str] = mapped_column(String(20))
    """联系人手机; confirmed by SMS."""
    postcode: Mapped[str] = mapped_column(String(6))
    email: Mapped[str] = mapped_column(String(254))
    principal: Mapped[str] = mapped_column(String(50), default="")
    """负责人."""
    principal_phone: Mapped[str] = mapped_column(String(20), default="")
    headcount: Mapped[int]
    status: Mapped[str] = mapped_column(String(10))
    """An `ApplicationStatus` of models.rules.code_application."""
    reason: Mapped[str] = mapped_column(String(500), default="")
    """Why it was rejected; shown to the unit."""
    code_id: Mapped[int | None] = mapped_column(ForeignKey("enrolment_code.id"))
    """The code that the approval gave."""
    submitted_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """The last 提交申请."""
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)

    files_numbered: Mapped[int] = mapped_column(default=0)
    """The number of the last file that was added: none is ever given twice."""

    code: Mapped[EnrolmentCode | None] = relationship()
    files: Mapped[list[CodeApplicationFile]] = relationship(
        order_by="CodeApplicationFile.number", cascade="all, delete-orphan"
    )


class CodeApplicationFile(AttachedFile):
    """附件: an image, encoded anew, or a PDF that shows who the unit is."""

    __tablename__ = "code_application_file"
    OWNER = "application_id"
    PLACE = b"application %d file %d"

    application_id: Mapped[int] = mapped_column(ForeignKey("code_application.id"), primary_key=True)
