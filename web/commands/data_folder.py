"""The folder of the embedded default (`var/`, or `CANBAO_VAR`): database, keys, logs. One command at a time."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from web.commands.processes import STOP_SECONDS

KEPT = ("canbao.db", "canbao.db-wal", "canbao.db-shm", "canbao.db.write-lock", "keys.json", "demonstration.json")
"""What outlives a run and what `reset` deletes, beside what each run makes anew."""
MADE_ANEW = ("demo.json", "log", "run", *(f"beat-schedule{suffix}" for suffix in ("", ".db", ".bak", ".dat", ".dir")))


class HeldError(Exception):
    """Another command works in this folder; the message says which."""


class DataFolder:
    """One data folder, readable by its owner only."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.database = path / "canbao.db"
        self.keys = path / "keys.json"
        self.demonstration = path / "demonstration.json"
        self.demo_json = path / "demo.json"

    @contextmanager
    def held(self, waiting: Callable[[str], None]) -> Iterator[int]:
        """Make the folder and hold it; yields the descriptor of the lock. HeldError: somebody else has it.

        Who is given the descriptor holds the folder too: the process manager of a killed command, until it has ended.
        """
        os.umask(0o077)  # whatever this command and its children write is their owner's alone
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        (self.path / "run").mkdir(mode=0o700, exist_ok=True)
        handle = os.open(self.path / "run" / "holder", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            self._take(handle, waiting)
            os.truncate(handle, 0)
            os.pwrite(handle, str(os.getpid()).encode(), 0)
            yield handle
        finally:
            os.close(handle)

    def clear(self) -> list[str]:
        """Delete what the commands have put here, and nothing else; returns the names."""
        deleted = []
        for name in (*KEPT, *MADE_ANEW):
            path = self.path / name
            if path.is_dir():
                shutil.rmtree(path)
            elif path.exists():
                path.unlink()
            else:
                continue
            deleted.append(name)
        return deleted

    def _take(self, handle: int, waiting: Callable[[str], None]) -> None:
        deadline = time.monotonic() + STOP_SECONDS + 5
        told = False
        while not _try_lock(handle):
            holder = os.pread(handle, 20, 0).decode()
            if _alive(holder):
                raise HeldError(f"{self.path} is in use: process {holder} runs there")
            if time.monotonic() > deadline:
                raise HeldError(f"{self.path} is in use by processes that were left behind; see {self.path / 'log'}")
            if not told:
                waiting("The run before this one was killed; waiting for its processes to end …")
                told = True
            time.sleep(0.1)


def write_privately(path: Path, data: dict[str, Any]) -> None:
    """A JSON file that only its owner can read and that appears whole, by rename."""
    new = path.with_name(path.name + ".new")
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        json.dump(data, file, ensure_ascii=False, indent=1)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)


def _alive(pid: str) -> bool:
    try:
        os.kill(int(pid), 0)
    except (ValueError, ProcessLookupError):
        return False
    except PermissionError:
        return True
    return True


def _try_lock(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
