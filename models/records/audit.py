"""The audit log: append-only."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.records.base import Base, Id, Json, UtcDateTime
from models.records.viewer import Viewer


class AuditEntry(Base):
    """Who did what to which object, and when; never an ID number in clear."""

    __tablename__ = "audit_entry"
    __table_args__ = (
        Index("ix_audit_entry_batch_id", "batch_id", "id"),
        Index("ix_audit_entry_account_id_at", "account_id", "at"),
        # For the page 审计日志, which reads the latest first.
        Index("ix_audit_entry_at_id", "at", "id"),
        Index("ix_audit_entry_action_at_id", "action", "at", "id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    """Business clock."""
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    """None: the system itself."""
    ip: Mapped[str | None] = mapped_column(String(45))
    action: Mapped[str] = mapped_column(String(40))
    batch_id: Mapped[int | None] = mapped_column(Id)
    details: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    """Before and after, counts, reasons."""


def record_audit(
    session: Session,
    *,
    at: datetime,
    account_id: int | None,
    action: str,
    batch_id: int | None = None,
    ip: str | None = None,
    **details: Any,
) -> None:
    """Append one entry in the transaction of what it tells about."""
    session.add(AuditEntry(at=at, account_id=account_id, ip=ip, action=action, batch_id=batch_id, details=details))


def record_act(
    session: Session, viewer: Viewer, at: datetime, action: str, *, batch_id: int | None = None, **details: Any
) -> None:
    """The same of what a viewer did, from where it was done."""
    record_audit(
        session, at=at, account_id=viewer.account_id, ip=viewer.ip, action=action, batch_id=batch_id, **details
    )
