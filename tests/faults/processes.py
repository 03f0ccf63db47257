"""Real workers and webs that a test starts, freezes and kills; none outlives its test."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

from tests.begun import share
from tests.faults.warm_start import Forked, start_warm
from web.commands.addresses import is_up
from web.commands.ports import free_port
from web.commands.service import read_procfile

ROOT = Path(__file__).resolve().parents[2]
OUR_PROGRAMS_FIRST = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
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


class Program:
    """A program of ours with a log, leader of its own process group."""

    def __init__(self, name: str, folder: Path, arguments: Sequence[str], environment: Mapping[str, str]) -> None:
        share()
        self.log = folder / f"{name}.log"
        full = os.environ | {"PATH": OUR_PROGRAMS_FIRST} | environment
        self.process: subprocess.Popen[bytes] | Forked
        self.log.touch()
        if arguments[1] == "-m" and "LD_PRELOAD" not in full:
            self.process = start_warm(arguments, full, ROOT, self.log)
            return
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                arguments,
                cwd=ROOT,
                env=full,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    @property
    def pid(self) -> int:
        """The main process."""
        return self.process.pid

    def wait_until_frozen(self) -> None:
        """Until the main process has stopped itself (CANBAO_STOP_AT)."""
        self.wait_for(lambda: state_of(self.pid) == "T" or self.process.poll() is not None, "stopping itself")
        assert self.process.poll() is None, f"it ended with {self.process.poll()}\n{self.said()}"

    def signal_group(self, number: signal.Signals) -> None:
        """Send a signal to the whole group."""
        os.killpg(self.pid, number)

    def kill(self) -> None:
        """Kill -9 of the whole group; nothing is left of it."""
        if self.process.poll() is None:
            self.signal_group(signal.SIGKILL)
        self.process.wait()

    def wait_for(self, condition: Callable[[], Seen], what: str, seconds: float = PATIENCE_SECONDS) -> Seen:
        """As `wait_for`, and if it fails, with what the program said."""
        try:
            return wait_for(condition, what, seconds)
        except AssertionError as never:
            raise AssertionError(f"{never}\n{self.said()}") from never

    def wait_until_it_says(self, words: str, what: str, times: int = 1) -> None:
        """Until its log holds these words, so many times."""
        self.wait_for(lambda: self.log.read_text(errors="replace").count(words) >= times, what)

    def said(self) -> str:
        """The last lines of its log."""
        return "\n".join(line[:400] for line in self.log.read_text(errors="replace").splitlines()[-40:])


def _web_arguments(environment: Mapping[str, str]) -> list[str]:
    """The Procfile's line for the web, as the shell that runs it reads it in this environment."""
    shell = next(child.argv for child in read_procfile(ROOT / "Procfile") if child.name == "web")
    spread = [*shell[:-1], "printf '%s\\0' " + shell[-1].removeprefix("exec ")]
    said = subprocess.run(spread, env=os.environ | environment, check=True, capture_output=True, text=True)
    return said.stdout.split("\0")[:-1]


class Web(Program):
    """The web as it is served, by its line of the Procfile, on a port of its own."""

    def __init__(self, name: str, folder: Path, **environment: str) -> None:
        self.port = free_port()
        own = {"CANBAO_PORT": str(self.port)} | environment
        super().__init__(name, folder, _web_arguments(own), own)

    def wait_until_ready(self) -> None:
        """Until somebody could log in."""
        page = f"http://127.0.0.1:{self.port}/log-in"
        self.wait_for(lambda: is_up(page) or self.process.poll() is not None, "the log-in page")
        assert self.process.poll() is None, f"it ended with {self.process.poll()}\n{self.said()}"


class Worker(Program):
    """One `celery -A tasks.app worker` with `pool` pool processes."""

    def __init__(self, name: str, folder: Path, pool: int = 1, queues: str = "", **environment: str) -> None:
        arguments = [sys.executable, "-m", "celery", "-A", "tasks.app", "worker", "-n", f"{name}@%h", "-l", "info"]
        arguments += ["--without-gossip", "--without-mingle", "-c", str(pool), *(["-Q", queues] if queues else [])]
        super().__init__(name, folder, arguments, environment)

    def pool_process(self) -> int:
        """A process that does jobs; waits until there is one, and nothing else that a start needs for a moment."""
        self.wait_until_ready()
        return self.wait_for(lambda: children_of(self.pid), "a pool process")[0]

    def wait_until_ready(self) -> None:
        """Until it listens to its queues."""
        self.wait_until_it_says(" ready.", "listening to its queues")

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


def kill_process(pid: int) -> None:
    """Kill -9, frozen or not; returns when it is dead."""
    os.kill(pid, signal.SIGKILL)
    wait_for(lambda: not is_alive(pid), f"process {pid} is dead")
