"""单位名称变更 (DOMAIN 12.4): a new name that waits for the periodic exchange, and the proof of it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.records.account import Account
from models.records.attached_file import AttachedFile
from models.records.base import Base, Id, UtcDateTime
from models.records.unit import EnrolmentCode, Unit
from models.rules.rename import NAME_LENGTH, REASON_LENGTH

_PENDING = text("status = 'pending'")


class PendingNameChange(Base):
    """One change, also after it was applied or refused. Times follow the business clock."""

    __tablename__ = "pending_name_change"
    __table_args__ = (
        # A unit waits for one name at a time: the index decides who of two desks is first.
        Index(
            "uq_pending_name_change_unit_waiting",
            "unit_id",
            unique=True,
            postgresql_where=_PENDING,
            sqlite_where=_PENDING,
        ),
        Index("ix_pending_name_change_status_registered_at", "status", "registered_at"),
        Index("ix_pending_name_change_registered_by_id", "registered_by", "id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    code_id: Mapped[int] = mapped_column(ForeignKey("enrolment_code.id"))
    """The code that the visitor named the unit by."""
    former_name: Mapped[str] = mapped_column(String(NAME_LENGTH))
    """At the registration; once applied, the name that was exchanged."""
    new_name: Mapped[str] = mapped_column(String(NAME_LENGTH))
    status: Mapped[str] = mapped_column(String(10))
    """A `RenameStatus` of models.rules.rename."""
    registered_at: Mapped[datetime] = mapped_column(UtcDateTime)
    registered_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When it was applied or refused."""
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    """None: it waits, or the nightly exchange applied it."""
    reason: Mapped[str] = mapped_column(String(REASON_LENGTH), default="")
    """Why it was refused."""
    files_numbered: Mapped[int] = mapped_column(default=0)
    """The number of the last file."""

    unit: Mapped[Unit] = relationship()
    code: Mapped[EnrolmentCode] = relationship()
    registrar: Mapped[Account] = relationship(foreign_keys=[registered_by])
    files: Mapped[list[NameChangeFile]] = relationship(order_by="NameChangeFile.number", cascade="all, delete-orphan")


class NameChangeFile(AttachedFile):
    """The stamped change form, or an authority's certificate: an image, encoded anew, or a PDF."""

    __tablename__ = "name_change_file"
    OWNER = "change_id"
    PLACE = b"name change %d file %d"

    change_id: Mapped[int] = mapped_column(ForeignKey("pending_name_change.id"), primary_key=True)
