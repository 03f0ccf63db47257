"""Log-in and log-out. Passwords are argon2id; the browser holds a random token, the database its hash."""

from __future__ import annotations

import hashlib
import secrets
from datetime import UTC, datetime, timedelta
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from config.settings import settings
from models.queries.registrations import waiting_registration
from models.records.account import Account, LoginSession
from models.records.viewer import Viewer
from models.rules.permissions import Role
from models.rules.refusal import Refused

_hasher = PasswordHasher()


def hash_password(password: str) -> str:
    """argon2id with the library's current parameters."""
    return _hasher.hash(password)


def check_password(session: Session, email: str, password: str) -> Account:
    """The account that may log in. Refused AUTH-001: unknown, disabled, wrong password; alike and equally slow.

    AUTH-010: registered with this password, and the address has yet to be confirmed.
    """
    account = session.scalars(select(Account).where(Account.email == email.strip().lower())).one_or_none()
    usable = account is not None and account.disabled_at is None
    waiting = waiting_registration(session, email) if account is None else None
    known = account if usable else waiting
    try:
        _hasher.verify(known.password_hash if known is not None else _nobodys_hash(), password)
    except (VerificationError, InvalidHashError) as wrong:
        raise Refused("AUTH-001") from wrong
    if waiting is not None:
        raise Refused("AUTH-010")
    if account is None or not usable:
        raise Refused("AUTH-001")
    return account


def still_verified(session: Session, verified: Account) -> Account:
    """The account whose password `check_password` found right, locked until the end of the transaction.

    A password is verified in a transaction of its own: that takes a tenth of a second, in which nobody should be kept
    from writing. Refused AUTH-001: meanwhile it was changed or reset, or the account disabled.
    """
    latest = select(Account).where(Account.id == verified.id).with_for_update()
    account = session.scalars(latest.execution_options(populate_existing=True)).one()
    if account.disabled_at is not None or account.password_hash != verified.password_hash:
        raise Refused("AUTH-001")
    return account


def log_in(session: Session, verified: Account) -> tuple[Account, str]:
    """A log-in of the account that was verified, as it is now, and its token. Refused AUTH-001 as above."""
    account = still_verified(session, verified)
    return account, begin_session(session, account.id)


def begin_session(session: Session, account_id: int) -> str:
    """A new log-in; the token goes to the browser and is stored nowhere in clear. Those that ran out are swept away."""
    token = secrets.token_urlsafe(32)
    now = datetime.now(UTC)
    ran_out = select(LoginSession.token_hash).where(LoginSession.expires_at <= now)
    # Somebody else's log-in or reset may hold some: the next one sweeps those.
    session.execute(
        delete(LoginSession).where(LoginSession.token_hash.in_(ran_out.with_for_update(skip_locked=True))),
        execution_options={"synchronize_session": False},
    )
    expires_at = now + timedelta(hours=settings().session_hours)
    session.add(LoginSession(token_hash=_hash(token), account_id=account_id, began_at=now, expires_at=expires_at))
    return token


def viewer_of(session: Session, token: str, ip: str | None = None) -> Viewer | None:
    """Who is logged in by this token; None once the log-in ended, expired, or the account was disabled."""
    found = session.execute(
        select(Account)
        .join(LoginSession, LoginSession.account_id == Account.id)
        .where(LoginSession.token_hash == _hash(token), LoginSession.ended_at.is_(None))
        .where(LoginSession.expires_at > datetime.now(UTC), Account.disabled_at.is_(None))
    ).scalar_one_or_none()
    return viewer_for(found, ip) if found else None


def viewer_for(account: Account, ip: str | None = None) -> Viewer:
    """An account as actions and queries need it."""
    name = account.name or account.email
    return Viewer(account.id, Role(account.role), account.email, name, ip, account.must_change_password)


def log_out(session: Session, token: str) -> None:
    """End one log-in; the token is worthless from now on."""
    session.execute(
        update(LoginSession).where(LoginSession.token_hash == _hash(token)).values(ended_at=datetime.now(UTC))
    )


def end_sessions(session: Session, account_id: int) -> None:
    """End every log-in of an account whose password has just been changed, or which was disabled."""
    session.flush()  # who is just logging in holds the account's row: it is waited for, and its log-in ends too
    alive = update(LoginSession).where(LoginSession.account_id == account_id, LoginSession.ended_at.is_(None))
    session.execute(alive.values(ended_at=datetime.now(UTC)))


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


@cache
def _nobodys_hash() -> str:
    """What an unknown account's password is compared with, so that it takes as long as a known one's."""
    return _hasher.hash(secrets.token_hex(16))
