"""What an account may know of itself, and the operator of all accounts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from models.records.account import Account, HandlerProfile, LoginSession
from models.records.api_token import ApiToken
from models.records.unit import EnrolmentCode


@dataclass(frozen=True, slots=True)
class AccountOf:
    """An account as the operator sees it."""

    account: Account
    units: int
    codes: int
    """Active enrolment codes; `units` are theirs."""
    last_log_in_at: datetime | None
    """Machine's clock. None: never, or so long ago that the log-in is over and swept away."""


def all_accounts(session: Session) -> list[AccountOf]:
    """Every account, in the order in which they were added; one statement. For the operator."""
    active = select(EnrolmentCode).where(EnrolmentCode.account_id == Account.id, EnrolmentCode.active)
    units = active.with_only_columns(func.count(EnrolmentCode.unit_id.distinct())).scalar_subquery()
    codes = active.with_only_columns(func.count()).scalar_subquery()
    log_ins = select(func.max(LoginSession.began_at)).where(LoginSession.account_id == Account.id).scalar_subquery()
    rows = session.execute(select(Account, units, codes, log_ins).order_by(Account.id))
    return [AccountOf(*row) for row in rows]


def codes_of(session: Session, account_id: int) -> Sequence[EnrolmentCode]:
    """The enrolment codes of an account with their units; one statement."""
    return session.scalars(
        select(EnrolmentCode)
        .where(EnrolmentCode.account_id == account_id)
        .options(joinedload(EnrolmentCode.unit))
        .order_by(EnrolmentCode.code)
    ).all()


def codes_to_choose(session: Session, account_id: int) -> Sequence[EnrolmentCode]:
    """The account's codes that are in use, with their units: offered when a batch is opened (AC04); one statement."""
    return [code for code in codes_of(session, account_id) if code.active]


def profile_of(session: Session, account_id: int) -> HandlerProfile | None:
    """经办人填报 of an account, if it has one."""
    return session.get(HandlerProfile, account_id)


def has_tokens(session: Session, account_id: int) -> bool:
    """Whether programs call on behalf of the account."""
    alive = select(ApiToken.id).where(ApiToken.account_id == account_id, ApiToken.revoked_at.is_(None))
    return session.scalars(alive.limit(1)).first() is not None
