"""The database before the first process touches it: whose it is, whether its keys are there, brought up to date."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum, auto

from config.keys import Keyring, write_new_ring
from config.settings import settings
from web.commands.data_folder import DataFolder
from web.commands.endings import UnusableError


class Holds(Enum):
    """What a database holds when a command begins."""

    NOBODY = auto()
    """No tables, or ours without an account."""
    DEMONSTRATION = auto()
    REAL_DATA = auto()


def production_database(folder: DataFolder, say: Callable[[str], None]) -> None:
    """Bring the database of `up` up to date. UnusableError: a demonstration's, not ours, away, or without its keys."""
    holds = _look()
    if holds is Holds.DEMONSTRATION:
        raise UnusableError("this database holds a demonstration; production needs one of its own")
    _make_keys(folder, holds, say)
    upgrade_database()


def demonstration_database(folder: DataFolder, say: Callable[[str], None]) -> Holds:
    """Bring the demonstration's database up to date. UnusableError: real people's, not ours, away, without its keys."""
    holds = _look()
    if holds is Holds.REAL_DATA:
        raise UnusableError("the database holds data that is not a demonstration's; nothing was changed in it")
    _make_keys(folder, holds, say)
    upgrade_database()
    return holds


def _look() -> Holds:
    from sqlalchemy import inspect, select
    from sqlalchemy.exc import OperationalError

    from models.records.account import Account
    from models.records.business_clock import ClockOffset
    from models.records.database import reading
    from models.records.schema import is_empty

    try:
        with reading() as session:
            connection = session.connection()
            if is_empty(connection):
                return Holds.NOBODY
            if not {"alembic_version", Account.__tablename__} <= set(inspect(connection).get_table_names()):
                raise UnusableError("the database holds another program's tables; nothing was changed in it")
            if session.scalars(select(ClockOffset.id)).first() is not None:
                return Holds.DEMONSTRATION
            return Holds.NOBODY if session.scalars(select(Account.id)).first() is None else Holds.REAL_DATA
    except OperationalError as away:
        raise UnusableError(f"the database does not answer: {str(away.orig).strip()}") from away


def _make_keys(folder: DataFolder, holds: Holds, say: Callable[[str], None]) -> None:
    """Keys for a new database. UnusableError: an older one is here without its keys, and they are never made anew."""
    given = settings()
    if given.keys is not None or given.keys_file is not None:
        given.keyring()
        return
    if folder.keys.exists():
        return
    if holds is not Holds.NOBODY:
        raise UnusableError(f"the keys of this database are missing ({folder.keys}): without them its numbers are lost")
    write_new_ring(folder.keys, Keyring.new())
    if not given.demonstration:
        say(f"Made the keys of this new database: {folder.keys}. Back them up, apart from the database.")


def upgrade_database() -> None:
    """Run the migrations that are missing. UnusableError: one of them says why it can't."""
    from alembic.util import CommandError

    from models.records.schema import upgrade

    try:
        upgrade()
    except CommandError as reason:
        raise UnusableError(str(reason)) from reason
