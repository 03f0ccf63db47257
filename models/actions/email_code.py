"""改用邮件验证码: six digits to the account's own address, for those who can't read the picture (WCAG 3.3.8).

Limits in the manner of DOMAIN 12.6. A code belongs to the browser that asked for it: a stranger can have codes sent,
but neither use nor use up the owner's. Nothing here says whether an address has an account.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import UTC, datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from models.actions.browser_code import asker_digest, code_digest, is_code
from models.actions.outgoing import post_code
from models.actions.slow_log_in import WINDOW, Attempt, take_turn
from models.records.account import Account
from models.records.login_attempt import EmailCode, EmailCodeRequest
from models.rules.notices import Channel
from models.rules.refusal import Refused

DIGITS, TRIES = 6, 5
VALID = timedelta(minutes=5)
RESEND_AFTER = timedelta(seconds=60)
"""The pause between two codes for one address that are asked for from one source, as `Attempt` counts sources."""
TIMES_OF_A_NETWORK = 20
"""So often within a quarter of an hour may be asked from one source, for whatever addresses."""
A_DAY_FOR_STRANGERS, A_DAY_IN_ALL = 10, 30
"""Codes a day for one address: the last twenty are kept for browsers that have logged in to it before."""


def send_email_code(session: Session, attempt: Attempt, email: str, asker: str) -> None:
    """Send a code to the address if an account has it and its day's codes are not used up; say nothing of either.

    `asker` is a random value that only the asking browser has. Refused SMS-002: asked too soon again, or too often;
    alike for every address, whether an account has it or not.
    """
    now = datetime.now(UTC)
    count_request(session, attempt, now)
    session.execute(delete(EmailCode).where(EmailCode.sent_at < now - timedelta(days=1)))
    account = _account(session, email)
    if account is None:
        return
    sent = session.execute(select(func.count()).where(EmailCode.account_id == account.id)).scalar_one()
    if sent >= (A_DAY_IN_ALL if attempt.browser else A_DAY_FOR_STRANGERS):
        return
    code = "".join(secrets.choice("0123456789") for _ in range(DIGITS))
    session.add(
        EmailCode(account_id=account.id, asked_by=asker_digest(asker), code_hash=code_digest(asker, code), sent_at=now)
    )
    post_code(session, Channel.EMAIL, account.email, "login_code", valid=VALID, code=code)


def use_email_code(session: Session, email: str, asker: str, typed: str) -> bool:
    """Whether this is the code that this browser was sent for this account. The fifth wrong try voids it."""
    now = datetime.now(UTC)
    account = _account(session, email)
    if account is None:
        return False
    code = session.scalars(
        select(EmailCode)
        .where(EmailCode.account_id == account.id, EmailCode.asked_by == asker_digest(asker))
        .where(EmailCode.used_at.is_(None), EmailCode.sent_at > now - VALID, EmailCode.tries < TRIES)
        .with_for_update()
    ).one_or_none()
    if code is None:
        return False
    code.tries += 1
    if not is_code(code.code_hash, asker, typed):
        return False
    code.used_at = now
    return True


def count_request(session: Session, attempt: Attempt, now: datetime) -> None:
    """Count one request for a code by e-mail, whatever it is for. Refused SMS-002: too soon again, or too often.

    Until the end of the transaction nobody else asks from this source, nor from anywhere for this address: the caller
    counts the day's codes of the address.
    """
    for turn in (hashlib.sha256(attempt.source.encode()).digest(), attempt.account_digest):  # always in this order
        take_turn(session, turn)
    session.execute(delete(EmailCodeRequest).where(EmailCodeRequest.at <= now - WINDOW))
    before = session.execute(
        select(EmailCodeRequest.at, EmailCodeRequest.account_digest)
        .where(EmailCodeRequest.source == attempt.source, EmailCodeRequest.at > now - WINDOW)
        .order_by(EmailCodeRequest.at.desc())
    ).all()
    free = [at + RESEND_AFTER for at, digest in before if digest == attempt.account_digest][:1]
    free += [at + WINDOW for at, _ in before[TIMES_OF_A_NETWORK - 1 : TIMES_OF_A_NETWORK]]
    if free and max(free) > now:
        raise Refused("SMS-002", seconds=-int(-(max(free) - now).total_seconds() // 1))
    session.add(EmailCodeRequest(account_digest=attempt.account_digest, source=attempt.source, at=now))


def _account(session: Session, email: str) -> Account | None:
    named = select(Account).where(Account.email == email.strip().lower(), Account.disabled_at.is_(None))
    return session.scalars(named).one_or_none()
