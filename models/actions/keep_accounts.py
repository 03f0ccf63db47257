"""Accounts and units as they are kept: by commands, by the demonstration's seeding, and by pages (other_accounts)."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.actions.keep_tokens import revoke_token, tokens_with_accounts
from models.actions.log_in import end_sessions, hash_password
from models.records.account import Account, HandlerProfile
from models.records.audit import record_audit
from models.records.unit import EnrolmentCode, Unit
from models.records.viewer import Viewer
from models.rules.enrolment_code import check_enrolment_code
from models.rules.permissions import Role
from models.rules.refusal import Refused

PROFILE_FIELDS = (
    "name", "phone", "email", "unit_name", "uscc", "economic_type", "union_first_level", "union_second_level",
    "address", "industry", "headcount",
)  # fmt: skip


def add_account(
    session: Session,
    email: str,
    role: Role,
    *,
    now: datetime,
    name: str = "",
    profile: Mapping[str, Any] | None = None,
    by: Viewer | None = None,
) -> tuple[Account, str]:
    """A new account and its random password, which is shown once and stored hashed.

    `profile` are a handler's data as in `GET /handler`; given here they count as confirmed. `by`: who adds it, here and
    below; None: the operator, by a command.
    Refused: AUTH-008 taken, APP-007 no e-mail address, SYS-003 an unknown or missing field of the profile.
    """
    address = email.strip().lower()
    if "@" not in address:
        raise Refused("APP-007")
    if find_account(session, address) is not None:
        raise Refused("AUTH-008")
    password = secrets.token_urlsafe(12)
    account = Account(email=address, password_hash=hash_password(password), role=role, name=name, created_at=now)
    session.add(account)
    session.flush()
    if profile is not None:
        _add_profile(session, account, profile, now)
    _write_down(session, by, now, "add_account", email=address, role=role)
    return account, password


def find_account(session: Session, email: str) -> Account | None:
    """The account of an address, whatever its case."""
    return session.scalars(select(Account).where(Account.email == email.strip().lower())).one_or_none()


def disable_account(session: Session, account: Account, now: datetime, *, by: Viewer | None = None) -> None:
    """Nobody logs in by this account any more, and whoever is logged in is not."""
    account.disabled_at = now
    end_sessions(session, account.id)
    _write_down(session, by, now, "disable_account", email=account.email)


def enable_account(session: Session, account: Account, now: datetime, *, by: Viewer | None = None) -> None:
    """It logs in as before, and its tokens let in again."""
    account.disabled_at = None
    _write_down(session, by, now, "enable_account", email=account.email)


def reset_password(session: Session, account: Account, now: datetime, *, by: Viewer | None = None) -> str:
    """A new random password, shown once; every log-in ends, and its first act is to choose another (AUTH-007).

    Its API tokens are revoked too: whoever had the account before has nothing of it left.
    """
    password = secrets.token_urlsafe(12)
    account.password_hash = hash_password(password)
    account.must_change_password = True
    end_sessions(session, account.id)
    for token, _ in tokens_with_accounts(session, account.email):
        if token.revoked_at is None:
            revoke_token(session, token, now, by=by)
    _write_down(session, by, now, "reset_password", email=account.email)
    return password


def add_unit(session: Session, name: str, code: str, account: Account | None, now: datetime) -> EnrolmentCode:
    """A unit and its enrolment code, bound to an account as by an approved application.

    Refused: COD-003 malformed, APP-013 the code is taken.
    """
    normalised = check_enrolment_code(code)
    if session.scalars(select(EnrolmentCode).where(EnrolmentCode.code == normalised)).one_or_none() is not None:
        raise Refused("APP-013", code=normalised)
    unit = Unit(name=name)
    session.add(unit)
    session.flush()
    enrolment_code = EnrolmentCode(code=normalised, unit_id=unit.id)
    if account is not None:
        enrolment_code.account_id, enrolment_code.bound_by, enrolment_code.bound_at = account.id, "application", now
    session.add(enrolment_code)
    session.flush()
    _write_down(session, None, now, "add_unit", unit=name, code=normalised, email=account.email if account else "")
    return enrolment_code


def _write_down(session: Session, by: Viewer | None, now: datetime, action: str, **details: Any) -> None:
    account_id, ip = (by.account_id, by.ip) if by else (None, None)
    record_audit(session, at=now, account_id=account_id, ip=ip, action=action, **details)


def _add_profile(session: Session, account: Account, profile: Mapping[str, Any], now: datetime) -> None:
    unknown = set(profile) - set(PROFILE_FIELDS)
    missing = {"name", "phone"} - set(profile)
    if unknown or missing:
        raise Refused("SYS-003", field=", ".join(sorted(unknown | missing)))
    fields = {"email": account.email, "unit_name": ""} | dict(profile)
    session.add(HandlerProfile(account_id=account.id, phone_verified_at=now, updated_at=now, **fields))
    account.name = account.name or str(profile["name"])
