"""What an account may know of itself."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from models.records.account import HandlerProfile
from models.records.api_token import ApiToken
from models.records.unit import EnrolmentCode


def codes_of(session: Session, account_id: int) -> Sequence[EnrolmentCode]:
    """The enrolment codes of an account with their units; one statement."""
    return session.scalars(
        select(EnrolmentCode)
        .where(EnrolmentCode.account_id == account_id)
        .options(joinedload(EnrolmentCode.unit))
        .order_by(EnrolmentCode.code)
    ).all()


def profile_of(session: Session, account_id: int) -> HandlerProfile | None:
    """经办人填报 of an account, if it has one."""
    return session.get(HandlerProfile, account_id)


def has_tokens(session: Session, account_id: int) -> bool:
    """Whether programs call on behalf of the account."""
    alive = select(ApiToken.id).where(ApiToken.account_id == account_id, ApiToken.revoked_at.is_(None))
    return session.scalars(alive.limit(1)).first() is not None
