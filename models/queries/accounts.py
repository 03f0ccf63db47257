"""What an account may know of itself."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from models.records.unit import EnrolmentCode


def codes_of(session: Session, account_id: int) -> Sequence[EnrolmentCode]:
    """The enrolment codes of an account with their units; one statement."""
    return session.scalars(
        select(EnrolmentCode)
        .where(EnrolmentCode.account_id == account_id)
        .options(joinedload(EnrolmentCode.unit))
        .order_by(EnrolmentCode.code)
    ).all()
