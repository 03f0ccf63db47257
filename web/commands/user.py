"""`canbao user`: the first administrator and everybody else, without a page."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from models.rules.mobile import mobile_number
from models.rules.permissions import Role
from models.rules.refusal import Refused
from web.commands.output import answer, json_option, refusals_end_the_command, table

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from models.queries.accounts import AccountOf
    from models.records.account import Account


@click.group()
def user() -> None:
    """Accounts."""


@user.command()
@click.argument("email")
@click.option("--role", required=True, type=click.Choice([str(role) for role in Role]))
@click.option(
    "--profile",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="JSON with a handler's data as GET /handler gives it; name and phone at least. They count as confirmed.",
)
@json_option
def add(email: str, role: str, profile: Path | None, as_json: bool) -> None:
    """Add an account; its password is random and shown once."""
    from models.actions.keep_accounts import add_account
    from models.records.business_clock import business_now
    from models.records.database import writing

    with refusals_end_the_command(), writing() as session:
        data = _read(profile) if profile else None
        account, password = add_account(session, email, Role(role), now=business_now(session), profile=data)
        email = account.email
    answer(
        {"email": email, "role": role, "password": password},
        f"Added {email} ({role}). Password, shown once: {password}",
        as_json=as_json,
    )


@user.command("list")
@json_option
def list_(as_json: bool) -> None:
    """Every account, with how many units and active enrolment codes it has.

    Times are the machine's clock, but `disabled_at` is the business clock. A log-in is forgotten once it has run out:
    the last one is known for CANBAO_SESSION_HOURS or longer.
    """
    from models.queries.accounts import all_accounts
    from models.records.database import reading

    with reading() as session:
        found = all_accounts(session)
    rows = [_fields(each) if as_json else _row(each) for each in found]
    table(rows, as_json=as_json, empty="There are no accounts. Add the first: user add EMAIL --role admin")


@user.command()
@click.argument("email")
@json_option
def disable(email: str, as_json: bool) -> None:
    """Let nobody log in by this account any more."""
    from models.actions.keep_accounts import disable_account
    from models.records.business_clock import business_now

    with _account(email) as (session, account):
        disable_account(session, account, business_now(session))
    answer({"email": email, "disabled": True}, f"Disabled {email}.", as_json=as_json)


@user.command()
@click.argument("email")
@json_option
def reset(email: str, as_json: bool) -> None:
    """Give an account a new random password, shown once; every log-in of it ends, and its tokens are revoked."""
    from models.actions.keep_accounts import reset_password
    from models.records.business_clock import business_now

    with _account(email) as (session, account):
        password = reset_password(session, account, business_now(session))
        disabled = " The account stays disabled: nobody logs in by it." if account.disabled_at else ""
    line = f"New password of {email}, shown once: {password}{disabled}"
    answer({"email": email, "password": password}, line, as_json=as_json)


@contextmanager
def _account(email: str) -> Iterator[tuple[Session, Account]]:
    from models.actions.keep_accounts import find_account
    from models.records.database import writing

    with writing() as session:
        account = find_account(session, email)
        if account is None:
            raise click.ClickException(f"there is no account {email}")
        yield session, account


def _fields(found: AccountOf) -> dict[str, Any]:
    account = found.account
    return {
        "id": account.id,
        "email": account.email,
        "role": account.role,
        "units": found.units,
        "codes": found.codes,
        "last_log_in_at": found.last_log_in_at.isoformat(timespec="seconds") if found.last_log_in_at else None,
        "must_change_password": account.must_change_password,
        "disabled_at": account.disabled_at.isoformat(timespec="seconds") if account.disabled_at else None,
    }


def _row(found: AccountOf) -> dict[str, Any]:
    from config.clock import local_text

    account = found.account
    return {
        "id": account.id,
        "email": account.email,
        "role": account.role,
        "units": found.units,
        "codes": found.codes,
        "last log-in": local_text(found.last_log_in_at) if found.last_log_in_at else None,
        "must change password": "yes" if account.must_change_password else None,
        "disabled": local_text(account.disabled_at) if account.disabled_at else None,
    }


def _read(profile: Path) -> dict[str, Any]:
    """The profile's fields. Refused SMS-001: they count as confirmed, so the phone must be one that could be."""
    from models.actions.keep_accounts import PROFILE_FIELDS

    try:
        data = json.loads(profile.read_text(encoding="utf-8"))
    except ValueError as wrong:
        raise click.UsageError(f"{profile} is not JSON: {wrong}") from wrong
    if not isinstance(data, dict):
        raise click.UsageError(f"{profile} must hold one JSON object")
    data.pop("phone_verified_at", None)  # GET /handler gives it; here it is now
    if unknown := sorted(set(data) - set(PROFILE_FIELDS)):
        raise click.UsageError(
            f"{profile} has unknown fields: {', '.join(unknown)}; known: {', '.join(PROFILE_FIELDS)}"
        )
    if "phone" in data:
        number = mobile_number(str(data["phone"]))
        if number is None:
            raise Refused("SMS-001")
        data["phone"] = number
    return data
