"""The database's schema: brought up to date, or compared with the models."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text

from config.settings import settings
from models.records.database import writing
from models.records.tables import Base

_UPGRADE_LOCK = 4_216_003  # any fixed number: two hosts that start at once upgrade one after the other


def upgrade() -> None:
    """Run the migrations that this database has not seen; does nothing on a database that is up to date."""
    settings().var.mkdir(mode=0o700, parents=True, exist_ok=True)
    with writing() as session:
        connection = session.connection()
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _UPGRADE_LOCK})
            if schema := settings().database_schema:
                connection.execute(text(f'CREATE SCHEMA IF NOT EXISTS "{schema}"'))
        command.upgrade(_configuration(connection), "head")


def differences() -> list[str]:
    """What separates the database from the models, one line each; empty when they match."""
    with writing() as session:  # autogenerate's context opens no write, but SQLite's reader door refuses its pragmas
        context = MigrationContext.configure(session.connection(), opts={"compare_type": True})
        return [str(difference) for difference in compare_metadata(context, Base.metadata)]


def is_current(connection: Connection) -> bool:
    """Whether every migration of this program has run."""
    head = ScriptDirectory.from_config(_configuration(connection)).get_current_head()
    return MigrationContext.configure(connection).get_current_revision() == head


def revisions() -> set[str]:
    """Every migration that this program knows."""
    folder = ScriptDirectory(str(Path(__file__).parent / "migrations"))
    return {script.revision for script in folder.walk_revisions()}


def is_empty(connection: Connection) -> bool:
    """Whether the database holds no tables at all: only such a one may become a demonstration's."""
    return not inspect(connection).get_table_names()


def _configuration(connection: Connection) -> Config:
    configuration = Config()
    configuration.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    configuration.attributes["connection"] = connection
    return configuration


def new_revision(number: str, message: str) -> None:
    """Write a migration from the difference between database and models; for developers."""
    with writing() as session:
        command.revision(_configuration(session.connection()), message, autogenerate=True, rev_id=number)
