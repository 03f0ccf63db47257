"""`canbao unit`: units and their enrolment codes, without a page."""

from __future__ import annotations

import click

from models.rules.permissions import Role
from web.commands.output import answer, json_option, refusals_end_the_command


@click.group()
def unit() -> None:
    """Units and enrolment codes."""


@unit.command()
@click.argument("name")
@click.option("--code", required=True, help="Six digits or letters.")
@click.option("--account", "email", required=True, help="The handler whose code it is.")
@json_option
def add(name: str, code: str, email: str, as_json: bool) -> None:
    """Add a unit with its code, bound to an account as by an approved application."""
    from models.actions.keep_accounts import add_unit, find_account
    from models.records.business_clock import business_now
    from models.records.database import writing

    with refusals_end_the_command(), writing() as session:
        account = find_account(session, email)
        if account is None:
            raise click.ClickException(f"there is no account {email}")
        if account.role != Role.HANDLER:
            raise click.ClickException(f"{email} is of role {account.role}: a code belongs to a handler's account")
        code = add_unit(session, name, code, account, business_now(session)).code
    answer({"unit": name, "code": code, "account": email}, f"Added {name}, code {code}, for {email}.", as_json=as_json)
