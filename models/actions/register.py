"""注册 (DOMAIN 2): an account for whoever shows that the address is theirs, by a code sent to it.

Pages say the same for known and unknown addresses; that one has an account already is said by e-mail only (AUTH-008).
A code belongs to the browser that asked: nobody confirms an account with a password that somebody else has chosen.
"""

from __future__ import annotations

import secrets
from datetime import UTC, datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from config.messages import text
from models.actions.browser_code import asker_digest, code_digest, is_code
from models.actions.email_code import count_request
from models.actions.keep_accounts import find_account
from models.actions.outgoing import post_code
from models.actions.slow_log_in import Attempt
from models.queries.registrations import VALID
from models.records.account import Account
from models.records.audit import record_audit
from models.records.registration import Registration
from models.records.sealing import address_digest
from models.rules.notices import Channel
from models.rules.permissions import Role

DIGITS, TRIES = 6, 5
A_DAY = 10
"""So many letters a day for one address."""


def ask_for_account(session: Session, attempt: Attempt, email: str, password_hash: str, asker: str) -> None:
    """Send a code to the address, or, if it has an account, AUTH-008; say nothing of either.

    `asker` is a random value that only the asking browser has. Refused SMS-002: asked too soon again, or too often;
    alike for every address.
    """
    now = datetime.now(UTC)
    count_request(session, attempt, now)
    session.execute(delete(Registration).where(Registration.asked_at < now - timedelta(days=1)))
    address, digest = email.strip().lower(), address_digest(email)
    asked = select(func.count()).select_from(Registration).where(Registration.address_digest == digest)
    if session.execute(asked).scalar_one() >= A_DAY:
        return
    known = find_account(session, address) is not None
    code = "".join(secrets.choice("0123456789") for _ in range(DIGITS))
    session.add(
        Registration(
            address_digest=digest,
            asked_by=asker_digest(asker),
            password_hash=password_hash,
            code_hash=None if known else code_digest(asker, code),
            asked_at=now,
        )
    )
    name, values = (
        ("already_registered", {"message": text("AUTH-008")}) if known else ("registration_code", {"code": code})
    )
    post_code(session, Channel.EMAIL, address, name, valid=VALID, **values)


def confirm_registration(
    session: Session, email: str, asker: str, typed: str, *, now: datetime, ip: str | None = None
) -> Account | None:
    """The new account, if this is the code that this browser was sent for this address; the fifth wrong try voids it.

    `now` is business time, as an account has it.
    """
    machine_now = datetime.now(UTC)
    latest = (
        select(Registration)
        .where(Registration.address_digest == address_digest(email), Registration.asked_by == asker_digest(asker))
        .where(Registration.used_at.is_(None), Registration.asked_at > machine_now - VALID)
        .where(Registration.tries < TRIES)
        .order_by(Registration.id.desc())
        .limit(1)
        .with_for_update()
    )
    registration = session.scalars(latest).first()
    if registration is None:
        return None
    registration.tries += 1
    if registration.code_hash is None or not is_code(registration.code_hash, asker, typed):
        return None
    registration.used_at = machine_now
    account = Account(
        email=email.strip().lower(), password_hash=registration.password_hash, role=Role.HANDLER, created_at=now
    )
    try:
        with session.begin_nested():
            session.add(account)
    except IntegrityError:  # another browser was quicker
        return None
    record_audit(session, at=now, account_id=account.id, ip=ip, action="register", email=account.email)
    return account
