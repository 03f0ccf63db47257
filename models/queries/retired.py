"""Whom the social-insurance register calls 退休, as far as `admin` has not decided otherwise (DOMAIN 7.6)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, SQLColumnExpression, and_, exists, func, select
from sqlalchemy.orm import Session

from models.records.account import Account
from models.records.person import BatchPerson
from models.records.reference import RetiredOverride, SiPerson
from models.records.sealing import unseal_id_no
from models.rules.person import EmploymentStatus, mask_id_no


@dataclass(frozen=True, slots=True)
class OverrideLine:
    """One decision as lists show it."""

    id: int
    plan_year: str
    id_type: str
    masked: str
    reason: str
    by: str
    at: datetime


def overrides(session: Session, plan_year: str, page: int, size: int) -> tuple[Sequence[OverrideLine], int]:
    """Decisions of a plan year, or of all years, the latest first, and how many there are; two statements."""
    which = [RetiredOverride.plan_year == plan_year] if plan_year else []
    total = session.scalar(select(func.count()).select_from(RetiredOverride).where(*which)) or 0
    rows = session.execute(
        select(RetiredOverride, Account.name, Account.email)
        .join(Account, Account.id == RetiredOverride.account_id)
        .where(*which)
        .order_by(RetiredOverride.id.desc())
        .limit(size)
        .offset((page - 1) * size)
    )
    return [_line(override, name or email) for override, name, email in rows], total


def override_line(session: Session, override_id: int) -> OverrideLine | None:
    """One decision; None: there is none any more."""
    found = session.execute(
        select(RetiredOverride, Account.name, Account.email)
        .join(Account, Account.id == RetiredOverride.account_id)
        .where(RetiredOverride.id == override_id)
    ).one_or_none()
    return None if found is None else _line(found[0], found[1] or found[2])


def _line(override: RetiredOverride, by: str) -> OverrideLine:
    masked = mask_id_no(unseal_id_no(override.id_sealed, override.id_digest))
    return OverrideLine(override.id, override.plan_year, override.id_type, masked, override.reason, by, override.at)


def known_as_retired(plan_year: str) -> ColumnElement[bool]:
    """The condition of somebody on a roster of this plan year; the roster itself may not say so yet."""
    retired = exists().where(SiPerson.id_digest == BatchPerson.id_digest, SiPerson.status == EmploymentStatus.RETIRED)
    return and_(retired, ~is_overridden(plan_year, BatchPerson.id_digest))


def is_overridden(plan_year: str, digest: SQLColumnExpression[bytes]) -> ColumnElement[bool]:
    """The condition of a number that does not count as 退休 in this plan year, whatever the register says."""
    return exists().where(RetiredOverride.plan_year == plan_year, RetiredOverride.id_digest == digest)
