"""API tokens: made, listed and revoked; each acts for one account, with that account's role and reach."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.records.account import Account
from models.records.api_token import ApiToken
from models.records.audit import record_audit
from models.records.viewer import Viewer
from models.rules.permissions import Role

_PREFIX = "cb_"
_HINT_LENGTH = 8


def add_token(session: Session, account: Account, now: datetime) -> tuple[ApiToken, str]:
    """A new token of an account, which is shown once and stored hashed."""
    token = _PREFIX + secrets.token_urlsafe(32)
    record = ApiToken(
        account_id=account.id, token_hash=_hash(token), hint=token[:_HINT_LENGTH], created_at=datetime.now(UTC)
    )
    session.add(record)
    session.flush()
    record_audit(session, at=now, account_id=None, action="add_token", email=account.email, token=record.id)
    return record, token


def tokens_of(session: Session, account: Account) -> Sequence[ApiToken]:
    """Every token of an account, the latest first, also those that were revoked."""
    return session.scalars(select(ApiToken).where(ApiToken.account_id == account.id).order_by(ApiToken.id.desc())).all()


def revoke_token(session: Session, token: ApiToken, now: datetime) -> None:
    """Nobody is let in by it any more."""
    token.revoked_at = token.revoked_at or datetime.now(UTC)
    record_audit(session, at=now, account_id=None, action="revoke_token", token=token.id, of=token.account_id)


def viewer_of_token(session: Session, token: str, ip: str | None = None) -> Viewer | None:
    """On whose behalf a program calls; None: the token is unknown or revoked, or the account disabled."""
    found = session.execute(
        select(Account)
        .join(ApiToken, ApiToken.account_id == Account.id)
        .where(ApiToken.token_hash == _hash(token), ApiToken.revoked_at.is_(None), Account.disabled_at.is_(None))
    ).scalar_one_or_none()
    if found is None:
        return None
    return Viewer(found.id, Role(found.role), found.email, found.name or found.email, ip)


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
