"""What waits for the association's staff, from indexes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from models.records.code_application import CodeApplication
from models.records.exception import ExceptionProposal, SpecialGrant
from models.records.voucher import Voucher
from models.rules.code_application import ApplicationStatus
from models.rules.exceptions import ExceptionState
from models.rules.voucher import VoucherState


@dataclass(frozen=True, slots=True)
class Waiting:
    """How much waits for a decision, and since when the oldest does (business clock)."""

    vouchers: int
    oldest_voucher: datetime | None
    applications: int
    oldest_application: datetime | None
    exceptions: int


def waiting_for_staff(session: Session) -> Waiting:
    """Three statements."""
    vouchers, oldest_voucher = session.execute(
        select(func.count(), func.min(Voucher.submitted_at)).where(Voucher.state == VoucherState.SUBMITTED)
    ).one()
    applications, oldest_application = session.execute(
        select(func.count(), func.min(CodeApplication.submitted_at)).where(
            CodeApplication.status == ApplicationStatus.PENDING
        )
    ).one()
    exceptions = session.execute(
        select(func.count()).select_from(ExceptionProposal).where(ExceptionProposal.state == ExceptionState.OPEN)
    ).scalar_one()
    return Waiting(vouchers, oldest_voucher, applications, oldest_application, exceptions)


def special_channels(session: Session, year: str) -> int:
    """How many codes have 特殊通道 in this year; one statement."""
    granted = or_(SpecialGrant.ratio_exempt, SpecialGrant.central_extension_until.is_not(None))
    statement = select(func.count()).select_from(SpecialGrant).where(SpecialGrant.plan_year == year, granted)
    return session.execute(statement).scalar_one()
