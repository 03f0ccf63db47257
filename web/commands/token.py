"""`canbao token`: with what programs call the JSON interface on behalf of an account."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import click

from web.commands.output import answer, json_option, table


@click.group()
def token() -> None:
    """API tokens."""


@token.command()
@click.argument("email")
@json_option
def add(email: str, as_json: bool) -> None:
    """Make a token of an account; it is shown once and stored hashed."""
    from models.actions.keep_accounts import find_account
    from models.actions.keep_tokens import add_token
    from models.records.business_clock import business_now
    from models.records.database import writing

    with writing() as session:
        account = find_account(session, email)
        if account is None:
            raise click.ClickException(f"there is no account {email}")
        if account.disabled_at is not None:
            raise click.ClickException(f"the account {email} is disabled: a token of it would let nobody in")
        email = account.email
        record, made = add_token(session, account, business_now(session))
        number = record.id
    answer(
        {"id": number, "email": email, "token": made},
        f"Token {number} of {email}, shown once: {made}",
        as_json=as_json,
    )


@token.command()
@click.argument("which")
@json_option
def revoke(which: str, as_json: bool) -> None:
    """Let nobody in any more by a token. WHICH is its id, the token itself, or an address: all of that account."""
    from models.actions.keep_tokens import find_tokens, revoke_token
    from models.records.business_clock import business_now
    from models.records.database import writing

    with writing() as session:
        found = find_tokens(session, which)
        if not found:
            raise click.ClickException("there is no such token")
        for each in found:
            revoke_token(session, each, business_now(session))
        numbers = [each.id for each in found]
    answer({"revoked": numbers}, f"Revoked {', '.join(map(str, numbers))}.", as_json=as_json)


@token.command(name="list")
@click.argument("email", required=False)
@json_option
def list_tokens(email: str | None, as_json: bool) -> None:
    """Tokens of one account, or all: how they begin, never whole. Times are the machine's clock."""
    from config.clock import local_text
    from models.actions.keep_accounts import find_account
    from models.actions.keep_tokens import tokens_with_accounts
    from models.records.database import reading

    def said(at: datetime) -> str:
        return at.isoformat(timespec="seconds") if as_json else local_text(at)

    with reading() as session:
        if email is not None and find_account(session, email) is None:
            raise click.ClickException(f"there is no account {email}")
        rows: list[dict[str, Any]] = [
            {
                "id": each.id,
                "email": account.email,
                "begins": each.hint,
                "created_at": said(each.created_at),
                "revoked_at": said(each.revoked_at) if each.revoked_at else None,
            }
            for each, account in tokens_with_accounts(session, email)
        ]
    table(rows, as_json=as_json, empty="There are no tokens.")
