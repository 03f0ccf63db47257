"""`canbao db`: migrations, and whether they match the models."""

from __future__ import annotations

import click


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
def check() -> None:
    """Whether the migrations match the models; exit 1 where they don't."""
    from models.records.schema import differences

    found = differences()
    for difference in found:
        click.echo(difference)
    if found:
        raise SystemExit(1)
    click.echo("Migrations and models match.")
