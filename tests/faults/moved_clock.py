"""A clock that a test moves under one program while it runs: Debian's faketime, which leaves everybody else's alone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.conftest import missing
from tests.faults.processes import is_alive

TWO_HOURS_ON, TWO_HOURS_BACK = "+2h", "-2h"


@contextmanager
def moved_clock(folder: Path) -> Iterator[MovedClock]:
    """A clock, and nothing of faketime left behind: it can't clean up after programs that were killed."""
    yield MovedClock(folder)
    for left in Path("/dev/shm").glob("*faketime_*"):
        if not is_alive(int(left.name.rpartition("_")[2])):
            left.unlink(missing_ok=True)


class MovedClock:
    """The clock of the programs that are started with `environment`; right until it is moved."""

    def __init__(self, folder: Path) -> None:
        libraries = sorted(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))
        if not libraries:
            missing("faketime", "faketime")
        self._file = folder / "clock"
        self.move("+0")
        self.environment = {
            "LD_PRELOAD": str(libraries[0]),
            "FAKETIME_TIMESTAMP_FILE": str(self._file),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",  # time that passes does not jump when somebody sets a clock
        }

    def move(self, offset: str) -> None:
        """So far from the right time; heard of at once."""
        fresh = self._file.with_suffix(".new")
        fresh.write_text(offset + "\n")
        fresh.chmod(0o644)
        fresh.replace(self._file)
