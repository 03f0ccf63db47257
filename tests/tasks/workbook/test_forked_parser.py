"""A worker's parsers are forked from one process, which sees no file and outlives only what one of them dies of."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tasks.workbook import forked_parser, parser_process
from tasks.workbook.forked_parser import Nursery
from tasks.workbook.reader import read_roster
from tasks.workbook.rejections import NobodyInside, NotAWorkbook, TooBig
from tests.faults.processes import state_of
from tests.tasks.workbook.processes import a_slow_workbook, children, open_files
from tests.workbooks import a_workbook

ROOT = Path(__file__).parents[3]


@pytest.fixture(autouse=True)
def nursery(monkeypatch: pytest.MonkeyPatch) -> Iterator[Nursery]:
    """This process keeps one, like a worker's pool process."""
    nursery = Nursery()
    monkeypatch.setattr(parser_process, "_nursery", nursery)
    yield nursery
    nursery.end()


def nursery_pid() -> int:
    (pid,) = [pid for pid in children() if b"parser_nursery" in Path(f"/proc/{pid}/cmdline").read_bytes()]
    return pid


def parsers() -> list[int]:
    """What the nursery has forked and not yet waited for."""
    pid = nursery_pid()
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def test_files_are_read_one_after_the_other_by_parsers_of_one_nursery() -> None:
    read_roster(a_workbook(), 5000)
    before = nursery_pid(), children(), open_files()
    for _ in range(3):
        assert len(read_roster(a_workbook(), 5000).rows) == 1
    assert (nursery_pid(), children(), open_files()) == before
    assert parsers() == []


def test_a_file_that_is_refused_leaves_the_nursery_to_the_next() -> None:
    with pytest.raises(NotAWorkbook):
        read_roster(b"PK no zip", 5000)
    assert len(read_roster(a_workbook(), 5000).rows) == 1


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSEGV, signal.SIGXCPU])
def test_a_parser_that_dies_of_its_file_dies_alone(number: signal.Signals) -> None:
    def kill() -> None:
        for pid in parsers():
            os.kill(pid, number)

    with pytest.raises(TooBig, match=number.name):
        read_roster(a_slow_workbook(), 5000, kill)
    before = nursery_pid()
    assert len(read_roster(a_workbook(), 5000).rows) == 1
    assert nursery_pid() == before


def test_what_a_tick_raises_ends_the_parser_and_the_next_file_is_read() -> None:
    class CancelledError(Exception):
        pass

    forked: list[int] = []

    def cancel() -> None:
        forked.extend(parsers())
        raise CancelledError

    with pytest.raises(CancelledError):
        read_roster(a_slow_workbook(), 5000, cancel)
    wait_until_gone(*forked)
    assert len(read_roster(a_workbook(), 5000).rows) == 1


def test_a_parser_that_stopped_before_it_was_bound_to_its_nursery_ends_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    class CancelledError(Exception):
        pass

    stopped: list[int] = []

    def cancel() -> None:
        stopped.extend(pid for pid in parsers() if state_of(pid) == "T")
        if stopped:
            raise CancelledError

    stops_at_once = forked_parser._PROGRAM.replace(
        "; serve(",
        "; import os, signal, tasks.workbook.parser as parser; "
        "parser._bound_this_process = lambda _: os.kill(os.getpid(), signal.SIGSTOP); serve(",
    )
    monkeypatch.setattr(forked_parser, "_PROGRAM", stops_at_once)
    with pytest.raises(CancelledError):
        read_roster(a_slow_workbook(), 5000, cancel)
    wait_until_gone(*stopped)


def test_a_nursery_that_was_ended_is_started_again() -> None:
    read_roster(a_workbook(), 5000)
    os.kill(nursery_pid(), signal.SIGKILL)
    assert len(read_roster(a_workbook(), 5000).rows) == 1


def test_a_file_is_read_again_by_a_fresh_nursery_if_the_first_one_ended_under_it() -> None:
    killed: list[int] = []

    def kill_the_first() -> None:
        if not killed:
            killed.append(nursery_pid())
            os.kill(killed[0], signal.SIGKILL)

    with pytest.raises(NobodyInside):  # as it is: nothing but formatted cells
        read_roster(a_slow_workbook(), 5000, kill_the_first)
    assert killed
    assert nursery_pid() not in killed


def test_a_file_under_which_every_nursery_ends_is_refused_and_the_next_one_is_read() -> None:
    with pytest.raises(TooBig, match="nurseries"):
        read_roster(a_slow_workbook(), 5000, lambda: os.kill(nursery_pid(), signal.SIGKILL))
    assert len(read_roster(a_workbook(), 5000).rows) == 1


def test_nursery_and_parser_die_with_their_worker() -> None:
    program = (
        "from tests.tasks.workbook.test_forked_parser import *\n"
        "parser_process.keep_a_nursery()\n"
        "tell = lambda: print(nursery_pid(), *parsers(), flush=True)\n"
        "read_roster(a_slow_workbook(), 5000, tell)"
    )
    with subprocess.Popen([sys.executable, "-c", program], cwd=ROOT, stdout=subprocess.PIPE, text=True) as worker:
        assert worker.stdout is not None
        told = [int(pid) for pid in worker.stdout.readline().split()]
        worker.kill()
    assert len(told) == 2
    wait_until_gone(*told)


def wait_until_gone(*pids: int) -> None:
    deadline = time.monotonic() + 10
    while any(is_running(pid) for pid in pids):
        assert time.monotonic() < deadline, "a process was left behind"
        time.sleep(0.01)


def is_running(pid: int) -> bool:
    """Zombies are not: whoever has to wait for them here is not ours."""
    return state_of(pid) not in ("", "Z")
