"""Another clock for single programs: Debian's faketime, which leaves everybody else's alone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.conftest import missing
from tests.faults.processes import is_alive

TWO_HOURS_ON, TWO_HOURS_BACK = "+2h", "-2h"
A_MINUTE_ON = "+60s"


def with_clock(offset: str) -> dict[str, str]:
    """The environment of a Python program whose clock is so far from the right one."""
    return _preloaded() | {"FAKETIME": offset, "PYTHONPATH": str(Path(__file__).with_name("faketime"))}


class MovedClock:
    """A clock that moves while its programs run. They have one thread each: with more, faketime's file is a race."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "clock"
        self.move("+0")
        self.environment = _preloaded() | {"FAKETIME_TIMESTAMP_FILE": str(self._file), "FAKETIME_NO_CACHE": "1"}

    def move(self, offset: str) -> None:
        """So far from the right time; heard of at once."""
        fresh = self._file.with_suffix(".new")
        fresh.write_text(offset + "\n")
        fresh.chmod(0o644)
        fresh.replace(self._file)


@contextmanager
def nothing_left_of_faketime() -> Iterator[None]:
    """It can't clean up after programs that were killed."""
    yield
    for left in Path("/dev/shm").glob("*faketime_*"):
        if not is_alive(int(left.name.rpartition("_")[2])):
            left.unlink(missing_ok=True)


def _preloaded() -> dict[str, str]:
    libraries = sorted(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"))
    if not libraries:
        missing("faketime", "faketime")
    # Time that passes does not jump when somebody sets a clock.
    return {"LD_PRELOAD": str(libraries[0]), "FAKETIME_DONT_FAKE_MONOTONIC": "1"}
