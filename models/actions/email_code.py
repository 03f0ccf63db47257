"""改用邮件验证码: six digits to the account's own address, for those who can't read the picture (WCAG 3.3.8).

Limits in the manner of DOMAIN 12.6. A code belongs to the browser that asked for it: a stranger can have codes sent,
but neither use nor use up the owner's. Nothing here says whether an address has an account.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import UTC, datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from models.records.account import Account
from models.records.login_attempt import EmailCode
from models.records.notice import OutgoingMessage

DIGITS, TRIES = 6, 5
VALID = timedelta(minutes=5)
RESEND_AFTER = timedelta(seconds=60)
A_DAY_FOR_STRANGERS, A_DAY_IN_ALL = 10, 30
"""Codes a day for one address: the last twenty are kept for browsers that have logged in to it before."""

SUBJECT = "登录验证码"
BODY = "您的登录验证码是 {code}，5 分钟内有效，只能使用一次。如非本人操作，请忽略本邮件，并不要把验证码告诉任何人。"


def send_email_code(session: Session, email: str, asker: str, *, known_browser: bool) -> None:
    """Send a code to the address if an account has it and its day's codes are not used up; say nothing of either.

    `asker` is a random value that only the asking browser has.
    """
    now = datetime.now(UTC)
    session.execute(delete(EmailCode).where(EmailCode.sent_at < now - timedelta(days=1)))
    account = _account(session, email)
    if account is None:
        return
    sent = session.execute(select(func.count()).where(EmailCode.account_id == account.id)).scalar_one()
    if sent >= (A_DAY_IN_ALL if known_browser else A_DAY_FOR_STRANGERS):
        return
    code = "".join(secrets.choice("0123456789") for _ in range(DIGITS))
    session.add(EmailCode(account_id=account.id, asked_by=_asked_by(asker), code_hash=_hash(asker, code), sent_at=now))
    session.add(
        OutgoingMessage(
            channel="email", recipient=account.email, subject=SUBJECT, body=BODY.format(code=code), created_at=now
        )
    )


def use_email_code(session: Session, email: str, asker: str, typed: str) -> bool:
    """Whether this is the code that this browser was sent for this account. The fifth wrong try voids it."""
    now = datetime.now(UTC)
    account = _account(session, email)
    if account is None:
        return False
    code = session.scalars(
        select(EmailCode)
        .where(EmailCode.account_id == account.id, EmailCode.asked_by == _asked_by(asker))
        .where(EmailCode.used_at.is_(None), EmailCode.sent_at > now - VALID, EmailCode.tries < TRIES)
        .with_for_update()
    ).one_or_none()
    if code is None:
        return False
    code.tries += 1
    if not hmac.compare_digest(code.code_hash, _hash(asker, typed.strip())):
        return False
    code.used_at = now
    return True


def _account(session: Session, email: str) -> Account | None:
    named = select(Account).where(Account.email == email.strip().lower(), Account.disabled_at.is_(None))
    return session.scalars(named).one_or_none()


def _asked_by(asker: str) -> bytes:
    return hashlib.sha256(asker.encode()).digest()


def _hash(asker: str, code: str) -> bytes:
    """Six digits alone would be guessed from their hash; the asker's value, which is stored nowhere, prevents it."""
    return hmac.digest(asker.encode(), code.encode(), "sha256")
