"""What happens between two steps of one request, without threads and waiting."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Engine

PASSWORD_LOOKED_UP = "WHERE account.email ="
"""What the log-in asks the database before it verifies a password."""


@contextmanager
def meanwhile(asked: str, do: Callable[[], object]) -> Iterator[None]:
    """Let `do` happen in transactions of its own, once, just after a statement with these words was executed."""
    to_do = [do]

    def happen(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if to_do and asked in statement:
            to_do.pop()()

    event.listen(Engine, "after_cursor_execute", happen)
    try:
        yield
    finally:
        event.remove(Engine, "after_cursor_execute", happen)
    assert not to_do, "it was never asked"
