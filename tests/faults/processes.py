"""Real worker processes that a test starts, freezes and kills; none outlives its test."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_SECONDS = 120.0
"""QUALITY 2: a job ends within 120 s after its fault has ended. A time-out, no measure of speed."""

Seen = TypeVar("Seen")


def wait_for(condition: Callable[[], Seen], what: str, seconds: float = PATIENCE_SECONDS) -> Seen:
    """Ask until the answer is true, and return it; else the test fails and says what it waited for."""
    deadline = time.monotonic() + seconds
    while not (seen := condition()):
        assert time.monotonic() < deadline, f"not within {seconds:.0f} s: {what}"
        time.sleep(0.02)
    return seen


def state_of(pid: int) -> str:
    """A process's state as the kernel shows it: T is stopped, Z dead and not yet buried; empty if it is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][:1]
    except (FileNotFoundError, ProcessLookupError):
        return ""


def is_alive(pid: int) -> bool:
    """Whether the process can still do something, stopped or not."""
    return state_of(pid) not in ("", "Z", "X")


def children_of(pid: int) -> list[int]:
    """The living children of a process, of all its threads."""
    found: list[int] = []
    for thread in Path(f"/proc/{pid}/task").glob("*"):
        try:
            found += [int(child) for child in (thread / "children").read_text().split()]
        except (FileNotFoundError, ProcessLookupError):
            continue
    return [child for child in found if is_alive(child)]


class Worker:
    """One `celery -A tasks.app worker`, leader of its own process group, with `pool` pool processes."""

    def __init__(self, name: str, folder: Path, pool: int = 1, **environment: str) -> None:
        self.log = folder / f"{name}.log"
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [
                    *(sys.executable, "-m", "celery", "-A", "tasks.app", "worker", "-n", f"{name}@%h", "-l", "info"),
                    *("--without-gossip", "--without-mingle", "-c", str(pool)),
                ],
                cwd=ROOT,
                env=os.environ | environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    @property
    def pid(self) -> int:
        """The main process."""
        return self.process.pid

    def pool_process(self) -> int:
        """A process that does jobs; waits until there is one, and nothing else that a start needs for a moment."""
        self.wait_until_ready()
        return self.wait_for(lambda: children_of(self.pid), "a pool process")[0]

    def wait_until_ready(self) -> None:
        """Until it listens to its queues."""
        self.wait_for(lambda: " ready." in self.log.read_text(), "listening to its queues")

    def wait_until_stopped(self, processes: int = 1) -> list[int]:
        """Until so many pool processes have stopped themselves (CANBAO_STOP_AT); returns their ids."""
        return self.wait_for(
            lambda: found if len(found := self.stopped()) >= processes else [], f"{processes} stopped pool processes"
        )

    def stopped(self) -> list[int]:
        """The pool processes that are stopped now."""
        assert self.process.poll() is None, f"the worker ended with {self.process.poll()}\n{self.said()}"
        return [pid for pid in children_of(self.pid) if state_of(pid) == "T"]

    def thaw(self) -> None:
        """Let every stopped pool process go on."""
        for pid in children_of(self.pid):
            if state_of(pid) == "T":
                os.kill(pid, signal.SIGCONT)

    def kill(self) -> None:
        """Kill -9 of the whole group; nothing is left of it."""
        if self.process.poll() is None:
            os.killpg(self.pid, signal.SIGKILL)
        self.process.wait()

    def wait_for(self, condition: Callable[[], Seen], what: str, seconds: float = PATIENCE_SECONDS) -> Seen:
        """As `wait_for`, and if it fails, with what the worker said."""
        try:
            return wait_for(condition, what, seconds)
        except AssertionError as never:
            raise AssertionError(f"{never}\n{self.said()}") from never

    def said(self) -> str:
        """The last lines of its log."""
        return "\n".join(line[:400] for line in self.log.read_text(errors="replace").splitlines()[-40:])


def kill_process(pid: int) -> None:
    """Kill -9, frozen or not; returns when it is dead."""
    os.kill(pid, signal.SIGKILL)
    wait_for(lambda: not is_alive(pid), f"process {pid} is dead")
