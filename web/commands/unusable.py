"""What no command can work with: settings that can't be read, a database that is away or not set up yet."""

from __future__ import annotations

from pathlib import Path

from pydantic import ValidationError
from sqlalchemy.exc import OperationalError, ProgrammingError

from web.commands.endings import UnusableError, settings_refused

_NOT_SET_UP = ("unable to open database file", "no such table", "no such column")
_UNDEFINED = ("42P01", "42703", "3F000")
"""PostgreSQL's codes of a table, a column and a schema that are not there."""
_REFUSED = "42501"
"""PostgreSQL's code of what this role may not do."""


def unusable(wrong: Exception) -> UnusableError | None:
    """What to say of this failure and what mends it; None: it is none of the operator's making."""
    if isinstance(wrong, ValidationError):
        return settings_refused(wrong) if wrong.title == "Settings" else None
    if isinstance(wrong, FileNotFoundError) and str(wrong.filename).endswith(".write-lock"):
        return _not_set_up(f"there is no folder {Path(wrong.filename).parent}")
    return _of_database(wrong) if isinstance(wrong, (OperationalError, ProgrammingError)) else None


def _of_database(wrong: OperationalError | ProgrammingError) -> UnusableError | None:
    said = str(wrong.orig).partition("\n")[0]  # its first line: without the statement
    sqlstate = getattr(wrong.orig, "sqlstate", None)
    if any(words in said for words in _NOT_SET_UP) or sqlstate in _UNDEFINED:
        return _not_set_up(said)
    if sqlstate == _REFUSED:
        return UnusableError(f"the database refuses its user ({said}): see the rights of the user in DATABASE_URL")
    if isinstance(wrong, ProgrammingError):
        return None
    return UnusableError(f"the database can't be used ({said}): see that it runs and that DATABASE_URL is right")


def _not_set_up(said: str) -> UnusableError:
    return UnusableError(f"the database is not set up ({said}): run `canbao db upgrade`, or see CANBAO_VAR")
