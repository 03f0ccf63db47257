"""What hundreds of tests begin with is done by its actions once a process; the others take a copy of what was written.

Only an untouched database gets a copy, and only as long as no other process has been started that may open it. Whoever
has written already, or moved the machine's clock, does it all by the actions as before.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol, TypeVar

from time_machine import escape_hatch

from tests.kept import Kept, Rows

Begun = TypeVar("Begun")


class Empty(Protocol):
    """A database that a test has just been given."""

    def untouched(self) -> bool:
        """Whether nobody has written to it, or even opened it."""

    def copied(self) -> Any:
        """All that it holds."""

    def fill(self, copy: Any) -> None:
        """Let it hold that."""


@dataclass(frozen=True)
class EmptySqlite:
    """A file that was copied."""

    file: Path
    _written: int = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_written", self.file.stat().st_mtime_ns)

    def untouched(self) -> bool:
        """SQLite's log lies beside it as long as somebody has it open."""
        log = self.file.with_name(self.file.name + "-wal")
        return not log.exists() and self.file.stat().st_mtime_ns == self._written

    def copied(self) -> Path:
        """A file like it."""
        _close()
        copy = _folder() / str(len(_done))
        shutil.copyfile(self.file, copy)
        return copy

    def fill(self, copy: Path) -> None:
        """Take the file's place."""
        _close()
        shutil.copyfile(copy, self.file)


@dataclass(frozen=True)
class EmptyPostgresql:
    """A database that was emptied."""

    kept: Kept

    def untouched(self) -> bool:
        """The server knows."""
        untouched: bool = self.kept.untouched()
        return untouched

    def copied(self) -> tuple[Rows, dict[str, int]]:
        """Its rows and the sequences that were drawn from."""
        return self.kept.rows(), self.kept.counters()

    def fill(self, copy: tuple[Rows, dict[str, int]]) -> None:
        """Write them."""
        self.kept.fill(*copy)


_given: list[Empty] = []
"""The database of the test that runs, as its fixture gave it."""
_done: dict[tuple[object, ...], tuple[Any, datetime, Any]] = {}
_held: list[tempfile.TemporaryDirectory[str]] = []


@contextmanager
def in_database(given: Empty) -> Iterator[None]:
    """Meanwhile tests begin in this one."""
    _given.append(given)
    yield
    if given in _given:
        _given.remove(given)


def share() -> None:
    """Another process is started: it may open the database at any moment, so nothing takes its place any more."""
    _given.clear()


def begun(do: Callable[..., Begun], *arguments: Any, **named: Any) -> Begun:
    """What `do` returns for these arguments, and the database as it leaves it; the business clock goes on."""
    if not _given or not _given[-1].untouched() or escape_hatch.is_travelling():
        return do(*arguments, **named)
    empty = _given[-1]
    key = (type(empty), do.__module__, do.__qualname__, repr((arguments, named)), _surroundings())
    if key not in _done:
        result = do(*arguments, **named)
        at = _clock()
        _done[key] = result, at, empty.copied()
        return result
    result, at, copy = _done[key]
    empty.fill(copy)
    _move_clock(at)
    return result


def _clock() -> datetime:
    from models.records.business_clock import business_now
    from models.records.database import reading

    with reading() as session:
        return business_now(session)


def _move_clock(at: datetime) -> None:
    from models.actions.move_clock import move_clock
    from models.records.database import writing

    with writing() as session:
        move_clock(session, at)


def _surroundings() -> str:
    """What decides how things are written: all settings but where the database is, and the keys."""
    from config.settings import keyring, settings

    return repr((settings().model_dump(exclude={"var", "database_url", "redis_url"}), keyring()))


def _close() -> None:
    """SQLite writes its log into the file."""
    from models.records.database import forget_connections

    forget_connections()


def _folder() -> Path:
    if not _held:
        _held.append(tempfile.TemporaryDirectory(prefix="canbao-begun-"))
    return Path(_held[0].name)
