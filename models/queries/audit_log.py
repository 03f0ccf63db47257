"""审计日志 as its page reads it: narrowed by time, account, action and batch, the latest first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from config.clock import SHANGHAI
from models.records.account import Account
from models.records.audit import AuditEntry
from models.records.batch import Batch
from models.rules.deadlines import end_of
from models.rules.permissions import Role

MOST_READ = 2000
"""So many entries are paged through; whoever looks for older ones narrows the time."""

SYSTEM = "系统"
"""What to type for the account to see what nobody's account did."""


@dataclass(frozen=True, slots=True)
class AuditFilters:
    """What the log is narrowed to; empty text and None mean everything."""

    first_day: date | None = None
    """Shanghai's days, both included."""
    last_day: date | None = None
    account: str = ""
    """A part of the e-mail address, or `SYSTEM`."""
    action: str = ""
    batch_no: str = ""
    """Whole."""


@dataclass(frozen=True, slots=True)
class AuditLine:
    """One entry, who did it, and on which batch."""

    entry: AuditEntry
    email: str
    """Empty: the system itself."""
    role: Role | None
    batch_no: str


@dataclass(frozen=True, slots=True)
class AuditPage:
    """One page of the log."""

    lines: Sequence[AuditLine]
    total: int
    """Of all pages, but `MOST_READ` at most."""
    more: bool
    """There are older ones than these."""


def audit_page(session: Session, filters: AuditFilters, page: int, size: int) -> AuditPage:
    """One page; one statement, another one for a page beyond the last."""
    wanted = select(AuditEntry.id, AuditEntry.at).where(*_conditions(filters))
    latest = wanted.order_by(AuditEntry.at.desc(), AuditEntry.id.desc()).limit(MOST_READ + 1).cte("latest")
    latest = latest.prefix_with("MATERIALIZED", dialect="postgresql")
    count = select(func.count()).select_from(latest)
    shown = select(latest.c.id).order_by(latest.c.at.desc(), latest.c.id.desc()).limit(size).offset((page - 1) * size)
    on_page = shown.subquery("shown")
    rows = session.execute(
        select(AuditEntry, Account.email, Account.role, Batch.batch_no, count.scalar_subquery())
        .join(on_page, on_page.c.id == AuditEntry.id)
        .outerjoin(Account, Account.id == AuditEntry.account_id)
        .outerjoin(Batch, Batch.id == AuditEntry.batch_id)
        .order_by(AuditEntry.at.desc(), AuditEntry.id.desc())
    ).all()
    number = rows[0][-1] if rows else 0 if page == 1 else session.execute(count).scalar_one()
    lines = [
        AuditLine(entry, email or "", Role(role) if role else None, batch_no or "")
        for entry, email, role, batch_no, _ in rows[: max(0, MOST_READ - (page - 1) * size)]
    ]
    return AuditPage(lines, min(number, MOST_READ), number > MOST_READ)


def _conditions(filters: AuditFilters) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if filters.first_day is not None:
        begins = datetime.combine(filters.first_day, datetime.min.time(), tzinfo=SHANGHAI)
        conditions.append(AuditEntry.at >= begins)
    if filters.last_day is not None:
        conditions.append(AuditEntry.at < end_of(filters.last_day))
    if filters.account == SYSTEM:
        conditions.append(AuditEntry.account_id.is_(None))
    elif filters.account:
        meant = select(Account.id).where(Account.email.contains(filters.account.lower(), autoescape=True))
        conditions.append(AuditEntry.account_id.in_(meant))
    if filters.action:
        conditions.append(AuditEntry.action == filters.action)
    if filters.batch_no:
        named = select(Batch.id).where(Batch.batch_no == filters.batch_no.upper())
        conditions.append(AuditEntry.batch_id == named.scalar_subquery())
    return conditions
