"""What waits for the association, and who is told of it (J16)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from models.records.account import Account
from models.records.code_application import CodeApplication
from models.records.voucher import Voucher
from models.rules.code_application import ApplicationStatus
from models.rules.permissions import Role
from models.rules.voucher import VoucherState


def waiting_for_review(
    session: Session, applications_before: datetime, vouchers_before: Iterable[tuple[str, datetime]]
) -> tuple[int, datetime | None]:
    """How many code applications, and vouchers by their plan year, were submitted before these moments and still wait,
    and when the first of them was; 2 statements.
    """
    number, first = func.count(), func.min
    applications = select(number, first(CodeApplication.submitted_at)).where(
        CodeApplication.status == ApplicationStatus.PENDING, CodeApplication.submitted_at < applications_before
    )
    late = [and_(Voucher.plan_year == year, Voucher.submitted_at < before) for year, before in vouchers_before]
    vouchers = select(number, first(Voucher.submitted_at)).where(Voucher.state == VoucherState.SUBMITTED, or_(*late))
    found = [session.execute(waiting).one() for waiting in (applications, vouchers)]
    return sum(row[0] for row in found), min((row[1] for row in found if row[1] is not None), default=None)


def reviewers(session: Session) -> Sequence[int]:
    """The accounts of 市职保会审核员 that can be told."""
    named = select(Account.id).where(Account.role == Role.REVIEWER, Account.disabled_at.is_(None))
    return session.scalars(named.order_by(Account.id)).all()
