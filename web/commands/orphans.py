"""Descendants whose own parent died: adopted, so that none outlives the command. Linux only; elsewhere none is seen."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import time
from contextlib import suppress
from pathlib import Path

_PR_SET_CHILD_SUBREAPER = 36


def adopt_orphans() -> None:
    """Make this process the parent of every descendant whose own parent dies."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def bury(keep: set[int]) -> None:
    """Take the exit status of adopted processes that have ended; `keep` are children that somebody else waits for."""
    for pid in _children() - keep:
        with suppress(ChildProcessError):
            os.waitpid(pid, os.WNOHANG)


def end_orphans(keep: set[int], seconds: float = 5) -> None:
    """Kill every adopted process, and those that they leave in turn."""
    deadline = time.monotonic() + seconds
    while (orphans := _children() - keep) and time.monotonic() < deadline:
        for pid in orphans:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(0.02)
        bury(keep)


def _children() -> set[int]:
    children: set[int] = set()
    for task in Path("/proc/self/task").glob("*/children"):
        with suppress(OSError):
            children.update(int(pid) for pid in task.read_text().split())
    return children
