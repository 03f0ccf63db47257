"""Exceptions that were proposed, granted or refused, and the special channel that such a grant opens."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from models.records.account import Account
from models.records.base import Base, Id, Json, UtcDateTime
from models.records.batch import Batch
from models.records.unit import EnrolmentCode
from models.rules.exceptions import REASON_LENGTH, Change


class ExceptionProposal(Base):
    """特殊事项: one exception that a reviewer asks for, or that an administrator has granted at once (DOMAIN 2)."""

    __tablename__ = "exception_proposal"
    __table_args__ = (
        Index("ix_exception_proposal_state_proposed_at", "state", "proposed_at"),
        Index("ix_exception_proposal_code_id", "code_id"),
        Index("ix_exception_proposal_batch_id", "batch_id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    """An `ExceptionKind` of models.rules.exceptions."""
    state: Mapped[str] = mapped_column(String(10))
    """An `ExceptionState`."""
    code_id: Mapped[int | None] = mapped_column(ForeignKey("enrolment_code.id"))
    """What it is about, like the three next ones: as many of them as the kind needs."""
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("batch.id"))
    plan_year: Mapped[str | None] = mapped_column(ForeignKey("plan_year.year"))
    values: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    """What is wanted; never a personal number."""
    changes: Mapped[list[list[str]]] = mapped_column(Json, default=list)
    """Label, before and after of each thing that it changes, as they were when it was proposed."""
    reason: Mapped[str] = mapped_column(String(REASON_LENGTH))
    proposed_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    """Of one that was granted at once the administrator, who decided it too."""
    proposed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """Business clock, like the next one."""
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    decision_reason: Mapped[str] = mapped_column(String(REASON_LENGTH), default="")
    version: Mapped[int] = mapped_column(default=1)

    code: Mapped[EnrolmentCode | None] = relationship()
    account: Mapped[Account | None] = relationship(foreign_keys=account_id)
    batch: Mapped[Batch | None] = relationship()
    proposer: Mapped[Account] = relationship(foreign_keys=proposed_by)
    decider: Mapped[Account | None] = relationship(foreign_keys=decided_by)

    def in_words(self) -> list[Change]:
        """What it changes, or has changed."""
        return [Change(*change) for change in self.changes]


class SpecialGrant(Base):
    """特殊通道 of a code in a plan year (DOMAIN 5.6); written to each batch as well, where everything reads it."""

    __tablename__ = "special_grant"
    __table_args__ = (UniqueConstraint("code_id", "plan_year"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    code_id: Mapped[int] = mapped_column(ForeignKey("enrolment_code.id"))
    plan_year: Mapped[str] = mapped_column(ForeignKey("plan_year.year"))
    ratio_exempt: Mapped[bool] = mapped_column(default=False)
    """免校验 of 单位社保比例."""
    central_extension_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Central terms until then; it and `ratio_exempt` both off: the channel was taken away again."""
    extended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Since when they last so long (business clock): a grant that changes anything else leaves it as it is."""
    reason: Mapped[str] = mapped_column(String(REASON_LENGTH))
    """Of the last grant, like the two next ones."""
    granted_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    granted_at: Mapped[datetime] = mapped_column(UtcDateTime)


def grant_of(session: Session, code_id: int, plan_year: str) -> SpecialGrant | None:
    """特殊通道 of this code in this year, if it was ever granted."""
    named = select(SpecialGrant).where(SpecialGrant.code_id == code_id, SpecialGrant.plan_year == plan_year)
    return session.scalars(named).one_or_none()
