"""`canbao db`: migrations, and whether they match the models."""

from __future__ import annotations

import click

from web.commands.output import answer, json_option


@click.group()
def db() -> None:
    """The database's schema."""


@db.command()
def upgrade() -> None:
    """Run the migrations that this database has not seen."""
    from web.commands.database_at_start import upgrade_database

    upgrade_database()
    click.echo("The database is up to date.")


@db.command()
def restored() -> None:
    """After a dump was restored, before anything else runs: what waited in it to be sent is not sent by itself.

    It may have been sent since. 发送情况 shows those notices as 不确定是否送达, and staff decide about each.
    """
    from models.actions.hold_messages import hold_messages
    from models.records.database import writing

    with writing() as session:
        held = hold_messages(session)
    click.echo(f"{held} messages wait for staff to decide whether they are sent again.")


@db.command()
@json_option
def check(as_json: bool) -> None:
    """Whether the migrations match the models; exit 1 where they don't."""
    from models.records.schema import differences

    found = differences()
    answer({"differences": found}, "\n".join(found) or "Migrations and models match.", as_json=as_json)
    raise SystemExit(1 if found else 0)
