"""The process manager with trivial children: what it promises about deaths and ends, tried with real processes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from web.commands import tied_to_parent

pytestmark = pytest.mark.faults

ROOT = Path(__file__).parents[3]
QUIET = "exec sleep 600"
STUBBORN_POOL = "sleep 600 & exec sleep 600"
"""A child with a child of its own that does not end with it."""
POOL = f"{sys.executable} {tied_to_parent.__file__} KILL sleep 600 & exec sleep 600"
"""A child with a child of its own that asks for its own end, like a Celery worker and its pool."""


class Command:
    """The command under test and all that it started, told by a word in their environment."""

    def __init__(self, folder: Path, *children: str) -> None:
        self.mark = f"CANBAO_TEST_MARK={folder}"
        self.folder = folder
        self.process = subprocess.Popen(
            [sys.executable, Path(__file__).with_name("supervised.py"), folder, *children],
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": str(ROOT), "CANBAO_TEST_MARK": str(folder)},
        )

    def ready(self) -> Command:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if line == "ready\n":
                return self
        raise AssertionError("the command ended before it was ready")

    def output(self) -> str:
        return self.process.communicate(timeout=60)[0]

    def pids(self, *, command_line: str = "") -> set[int]:
        """The living processes that the command started, itself not counted."""
        found = set()
        for folder in Path("/proc").iterdir():
            try:
                if not folder.name.isdigit() or self.mark.encode() not in (folder / "environ").read_bytes().split(
                    b"\0"
                ):
                    continue
                line = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            except (FileNotFoundError, ProcessLookupError, PermissionError):
                continue
            if line and command_line in line:  # a zombie has none
                found.add(int(folder.name))
        return found - {self.process.pid}

    def child(self, name: str) -> int:
        """The pid of the child whose shell wrote it down."""
        return int((self.folder / f"{name}.pid").read_text())


def writing_its_pid(name: str, line: str) -> str:
    return f"{name}=echo $$ > {name}.new; mv {name}.new {name}.pid; {line}"


def eventually(condition: Callable[[], object], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"not so within {seconds} s"
        time.sleep(0.05)


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Command]]:
    started: list[Command] = []

    def start(*children: str) -> Command:
        started.append(Command(tmp_path, *children))
        return started[-1]

    yield start
    for command in started:
        command.process.kill()
        command.process.communicate()
        for pid in command.pids():
            os.kill(pid, signal.SIGKILL)


def test_a_killed_child_is_back_within_seconds_and_the_command_says_so(start: Callable[..., Command]) -> None:
    command = start(f"bell={QUIET}", writing_its_pid("worker", QUIET)).ready()
    eventually((command.folder / "worker.pid").exists, seconds=5)
    first = command.child("worker")
    os.kill(first, signal.SIGKILL)
    eventually(lambda: command.child("worker") != first, seconds=5)
    assert command.process.stdout is not None
    assert command.process.stdout.readline().startswith("worker ended (terminated by SIGKILL) and was started again")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_stop_signal_leaves_nothing(start: Callable[..., Command], number: signal.Signals) -> None:
    command = start(f"bell={QUIET}", writing_its_pid("worker", STUBBORN_POOL)).ready()
    eventually((command.folder / "worker.pid").exists, seconds=5)
    command.process.send_signal(number)
    assert command.process.wait(timeout=35) == 0
    assert command.pids() == set()


def test_the_doorbell_stops_last(start: Callable[..., Command]) -> None:
    note = "trap 'echo {0} >> stopped; exit' TERM; echo > {0}.up; while :; do sleep 0.1; done"
    command = start(f"bell={note.format('bell')}", f"worker={note.format('worker')}").ready()
    eventually(lambda: all((command.folder / f"{name}.up").exists() for name in ("bell", "worker")), seconds=5)
    command.process.terminate()
    assert command.process.wait(timeout=35) == 0
    assert (command.folder / "stopped").read_text().split() == ["worker", "bell"]


def test_five_deaths_of_one_child_stop_everything_and_its_log_says_why(start: Callable[..., Command]) -> None:
    command = start(f"bell={QUIET}", "worker=echo no database here; exit 3")
    output = command.output()
    assert command.process.returncode == 1
    assert "worker died 5 times within a minute (exit status 3)" in output
    assert output.rstrip().endswith("no database here")
    assert command.pids() == set()


def test_kill_9_of_the_command_leaves_nothing(start: Callable[..., Command]) -> None:
    command = start(f"bell={QUIET}", writing_its_pid("worker", POOL)).ready()
    eventually((command.folder / "worker.pid").exists, seconds=5)
    command.process.kill()
    eventually(lambda: not command.pids(), seconds=35)


def test_kill_9_of_the_manager_itself_ends_the_command_and_leaves_nothing(start: Callable[..., Command]) -> None:
    command = start(f"bell={QUIET}", writing_its_pid("worker", STUBBORN_POOL)).ready()
    eventually((command.folder / "worker.pid").exists, seconds=5)
    (manager,) = command.pids(command_line="supervisord")
    os.kill(manager, signal.SIGKILL)
    assert "the process manager itself ended" in command.output()
    assert command.pids() == set()


def test_no_secret_of_the_environment_stands_on_a_command_line_or_in_the_configuration(
    start: Callable[..., Command], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REDIS_URL", "redis://:open-sesame@127.0.0.1:6379/0")
    command = start(f"bell={QUIET}", f"worker={QUIET}").ready()
    assert command.pids()
    assert command.pids(command_line="open-sesame") == set()
    assert all(b"open-sesame" not in path.read_bytes() for path in command.folder.rglob("*") if path.is_file())
