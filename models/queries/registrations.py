"""Registrations that wait for their confirmation by e-mail."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.records.registration import Registration
from models.records.sealing import address_digest

VALID = timedelta(minutes=30)
"""How long a code by e-mail may take to arrive and to be typed."""


def waiting_registration(session: Session, email: str) -> Registration | None:
    """The latest registration of an address that has no account yet and can still be confirmed."""
    return session.scalars(
        select(Registration)
        .where(Registration.address_digest == address_digest(email), Registration.code_hash.is_not(None))
        .where(Registration.used_at.is_(None), Registration.asked_at > datetime.now(UTC) - VALID)
        .order_by(Registration.id.desc())
        .limit(1)
    ).first()
