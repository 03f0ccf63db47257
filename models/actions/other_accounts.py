"""What one account does to another (DOMAIN 2): 上级工会 and 技术人员 reset passwords, administrators keep accounts."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.actions.keep_accounts import add_account, disable_account, enable_account, reset_password
from models.actions.keep_tokens import add_token, revoke_token
from models.actions.log_in import end_sessions
from models.actions.permit import permit
from models.queries.accounts import accounts_within_reach
from models.records.account import Account
from models.records.api_token import ApiToken
from models.records.audit import record_act
from models.records.viewer import Viewer
from models.rules.email_address import email_address
from models.rules.form_fields import FormField, FormRefused, line, one_of, read_form
from models.rules.permissions import Action, Role
from models.rules.refusal import Refused

STAFF_ROLES = tuple(role for role in Role if role is not Role.HANDLER)
"""Who is added by an administrator; a unit's handler registers by itself."""

_FIELDS = (
    FormField("email", "账号（电子邮箱）", email_address, "APP-007"),
    FormField("name", "名称", line(50)),
    FormField("role", "角色", one_of(STAFF_ROLES)),
)


def add_staff(
    session: Session, viewer: Viewer, *, email: str, name: str, role: str, now: datetime
) -> tuple[Account, str]:
    """An account for a colleague, and its temporary password, shown once; the first log-in chooses another (AUTH-007).

    Raises FormRefused: SYS-002, SYS-003, APP-007, AUTH-008 the address has an account.
    """
    permit(viewer, Action.OVERRIDE)
    values = read_form(_FIELDS, {"email": email, "name": name, "role": role})
    try:
        account, password = add_account(
            session, str(values["email"]), Role(str(values["role"])), now=now, name=str(values["name"]), by=viewer
        )
    except Refused as taken:
        raise FormRefused({"email": taken}) from taken
    account.must_change_password = True
    return account, password


def reset_other(
    session: Session, viewer: Viewer, account_id: int, now: datetime, *, address: str = ""
) -> tuple[Account, str]:
    """A temporary password, shown once; log-ins and tokens end. `address`: the account's, as whoever called said it.

    Refused BAT-005 out of reach; BAT-002 one's own.
    """
    account = _account(session, viewer, account_id, Action.RESET_PASSWORD, address)
    _refuse_oneself(viewer, account, "重置密码")
    return account, reset_password(session, account, now, by=viewer)


def disable_other(session: Session, viewer: Viewer, account_id: int, now: datetime) -> Account:
    """停用. Refused BAT-005; BAT-002: it is one's own, or the last administrator's."""
    permit(viewer, Action.OVERRIDE)
    admins = select(Account.id).where(Account.role == Role.ADMIN, Account.disabled_at.is_(None))
    enabled = session.scalars(admins.order_by(Account.id).with_for_update()).all()  # of two at once, one is the last
    account = _account(session, viewer, account_id, Action.OVERRIDE)
    _refuse_oneself(viewer, account, "停用")
    if list(enabled) == [account.id]:
        raise Refused("BAT-002", status="这是最后一个启用的管理员账户", action="停用")
    if account.disabled_at is None:
        disable_account(session, account, now, by=viewer)
    return account


def enable_other(session: Session, viewer: Viewer, account_id: int, now: datetime) -> Account:
    """重新启用. Refused BAT-005."""
    account = _account(session, viewer, account_id, Action.OVERRIDE)
    if account.disabled_at is not None:
        enable_account(session, account, now, by=viewer)
    return account


def end_log_ins(session: Session, viewer: Viewer, account_id: int, now: datetime) -> Account:
    """Whoever is logged in by the account has to do it again. Refused BAT-005."""
    account = _account(session, viewer, account_id, Action.OVERRIDE)
    end_sessions(session, account.id)
    _write_down(session, viewer, now, "end_sessions", email=account.email)
    return account


def set_superior_union(session: Session, viewer: Viewer, account_id: int, union: str, now: datetime) -> Account:
    """Who may reset a handler's password and reads its progress; `union`: the account's id, '' for nobody.

    Refused BAT-005; SYS-003: no handler's account, or none of a 上级工会 that is in use.
    """
    account = _account(session, viewer, account_id, Action.OVERRIDE)
    superior = _superior(session, union) if union else None
    if account.role != Role.HANDLER:
        raise Refused("SYS-003", field="上级工会")
    before, account.superior_union_id = account.superior_union_id, superior
    _write_down(session, viewer, now, "set_superior_union", email=account.email, before=before, after=superior)
    return account


def issue_token(session: Session, viewer: Viewer, account_id: int, now: datetime) -> tuple[Account, str]:
    """A token of the account for a program, shown once. Refused BAT-005; BAT-002: the account is disabled."""
    account = _account(session, viewer, account_id, Action.OVERRIDE)
    if account.disabled_at is not None:
        raise Refused("BAT-002", status="该账户已停用", action="发放访问令牌")
    _, token = add_token(session, account, now, by=viewer)
    return account, token


def revoke_other(session: Session, viewer: Viewer, account_id: int, token_id: int, now: datetime) -> Account:
    """作废 one token. Refused BAT-005; SYS-003: it is none of this account's."""
    account = _account(session, viewer, account_id, Action.OVERRIDE)
    token = session.get(ApiToken, token_id)
    if token is None or token.account_id != account.id:
        raise Refused("SYS-003", field="访问令牌")
    if token.revoked_at is None:
        revoke_token(session, token, now, by=viewer)
    return account


def _account(session: Session, viewer: Viewer, account_id: int, action: Action, address: str = "") -> Account:
    """The account, locked, within the reach of the action. Refused AUTH-006, BAT-005."""
    reached = accounts_within_reach(viewer, action, address).where(Account.id == account_id).with_for_update()
    account = session.scalars(reached.execution_options(populate_existing=True)).one_or_none()
    if account is None:
        raise Refused("BAT-005")
    return account


def _refuse_oneself(viewer: Viewer, account: Account, action: str) -> None:
    if account.id == viewer.account_id:
        raise Refused("BAT-002", status="这是您自己的账户", action=action)


def _superior(session: Session, union: str) -> int:
    number = int(union) if union.isascii() and union.isdigit() and len(union) < 19 else 0
    found = session.get(Account, number)
    if found is None or found.role != Role.SUPERIOR_UNION or found.disabled_at is not None:
        raise Refused("SYS-003", field="上级工会")
    return found.id


def _write_down(session: Session, viewer: Viewer, now: datetime, action: str, **details: Any) -> None:
    record_act(session, viewer, now, action, **details)
