"""API tokens: made, listed and revoked; each acts for one account, with that account's role and reach."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.actions.log_in import viewer_for
from models.records.account import Account
from models.records.api_token import ApiToken
from models.records.audit import record_audit
from models.records.viewer import Viewer

_PREFIX = "cb_"
_HINT_LENGTH = 8


def add_token(session: Session, account: Account, now: datetime, *, by: Viewer | None = None) -> tuple[ApiToken, str]:
    """A new token of an account, which is shown once and stored hashed. `by`: who makes it; None: the operator."""
    token = _PREFIX + secrets.token_urlsafe(32)
    record = ApiToken(
        account_id=account.id, token_hash=_hash(token), hint=token[:_HINT_LENGTH], created_at=datetime.now(UTC)
    )
    session.add(record)
    session.flush()
    _write_down(session, by, now, "add_token", email=account.email, token=record.id)
    return record, token


def tokens_with_accounts(session: Session, email: str | None = None) -> Sequence[tuple[ApiToken, Account]]:
    """Every token of an account, or of all, the latest first, also those that were revoked."""
    tokens = select(ApiToken, Account).join(Account, Account.id == ApiToken.account_id).order_by(ApiToken.id.desc())
    if email is not None:
        tokens = tokens.where(Account.email == email.strip().lower())
    return [(token, account) for token, account in session.execute(tokens)]


def find_tokens(session: Session, which: str) -> Sequence[ApiToken]:
    """The tokens that are meant by an id, by a token itself, or by an address: all of that account."""
    if "@" in which:
        return [token for token, _ in tokens_with_accounts(session, which)]
    number = int(which) if which.isascii() and which.isdigit() and len(which) < 19 else 0
    meant = (ApiToken.id == number) | (ApiToken.token_hash == _hash(which))
    return session.scalars(select(ApiToken).where(meant)).all()


def revoke_token(session: Session, token: ApiToken, now: datetime, *, by: Viewer | None = None) -> None:
    """Nobody is let in by it any more."""
    token.revoked_at = token.revoked_at or datetime.now(UTC)
    _write_down(session, by, now, "revoke_token", token=token.id, of=token.account_id)


def viewer_of_token(session: Session, token: str, ip: str | None = None) -> Viewer | None:
    """On whose behalf a program calls; None: the token is unknown or revoked, or the account disabled."""
    found = session.execute(
        select(Account)
        .join(ApiToken, ApiToken.account_id == Account.id)
        .where(ApiToken.token_hash == _hash(token), ApiToken.revoked_at.is_(None), Account.disabled_at.is_(None))
    ).scalar_one_or_none()
    if found is None:
        return None
    return viewer_for(found, ip)


def _write_down(session: Session, by: Viewer | None, now: datetime, action: str, **details: Any) -> None:
    account_id, ip = (by.account_id, by.ip) if by else (None, None)
    record_audit(session, at=now, account_id=account_id, ip=ip, action=action, **details)


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
