"""The parser's process: bounded, told apart when it dies, and never left behind."""

import json
import multiprocessing
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from tasks.workbook import parser, parser_process
from tasks.workbook.parser_process import parse_in_another_process
from tasks.workbook.reader import read_roster
from tasks.workbook.rejections import TooBig
from tests.tasks.workbook.processes import a_slow_workbook, children, open_files
from tests.workbooks import WANG_DOUDOU, a_workbook

ROOT = Path(__file__).parents[3]


def new_child(before: set[int]) -> int:
    (pid,) = children() - before
    return pid


def program(code: str) -> str:
    """A parser's program with something done before it begins."""
    return f"import sys; sys.path.append(sys.argv[1]); from tasks.workbook import parser; {code}"


def test_a_tick_is_heard_about_four_times_a_second() -> None:
    ticks: list[float] = []
    started = time.monotonic()
    with pytest.raises(Exception, match="IMP-004"):
        read_roster(a_slow_workbook(), 5000, lambda: ticks.append(time.monotonic()))
    assert len(ticks) >= 2
    assert len(ticks) <= (time.monotonic() - started) / parser_process.TICK_SECONDS


def test_what_a_tick_raises_comes_out_and_the_process_is_gone() -> None:
    class CancelledError(Exception):
        pass

    def cancel() -> None:
        raise CancelledError

    before = children()
    with pytest.raises(CancelledError):
        read_roster(a_slow_workbook(), 5000, cancel)
    assert children() == before


def test_a_reading_leaves_no_process_and_no_open_file() -> None:
    read_roster(a_workbook(), 5000)
    before = children(), open_files()
    for _ in range(3):
        read_roster(a_workbook(), 5000)
    assert (children(), open_files()) == before


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSEGV, signal.SIGABRT, signal.SIGXCPU])
def test_a_parser_that_dies_of_its_file_means_that_the_file_is_too_much(number: signal.Signals) -> None:
    before = children()
    with pytest.raises(TooBig) as caught:
        read_roster(a_slow_workbook(), 5000, lambda: os.kill(new_child(before), number))
    assert caught.value.code == "IMP-012"
    assert number.name in caught.value.detail


def test_a_parser_that_is_stopped_from_outside_says_nothing_about_its_file() -> None:
    before = children()
    with pytest.raises(RuntimeError, match="-15"):
        read_roster(a_slow_workbook(), 5000, lambda: os.kill(new_child(before), signal.SIGTERM))


def test_signals_to_the_workers_group_do_not_reach_the_parser() -> None:
    before, groups = children(), set[int]()
    with pytest.raises(Exception, match="IMP-004"):
        read_roster(a_slow_workbook(), 5000, lambda: groups.add(os.getpgid(new_child(before))))
    assert os.getpgid(0) not in groups


def test_a_bug_in_the_parser_is_an_error_and_tells_no_content(monkeypatch: pytest.MonkeyPatch) -> None:
    broken = (
        f"\ndef broken(*_): raise ValueError('{WANG_DOUDOU[2]}')"
        "\nparser.read_workbook = broken; parser.main(int(sys.argv[2]), 1)"
    )
    monkeypatch.setattr(parser_process, "_PROGRAM", program(broken))
    with pytest.raises(RuntimeError, match="ValueError") as caught:
        read_roster(a_workbook(), 5000)
    assert "parser.py" in str(caught.value)
    assert WANG_DOUDOU[2] not in str(caught.value)


def test_a_parser_without_memory_means_that_the_file_is_too_much(monkeypatch: pytest.MonkeyPatch) -> None:
    small = "parser.MEMORY_BYTES = 20 * 2**20; parser.main(int(sys.argv[2]), int(sys.argv[3]))"
    monkeypatch.setattr(parser_process, "_PROGRAM", program(small))
    with pytest.raises(TooBig, match="memory"):
        read_roster(b"PK" + bytes(9 * 2**20), 5000)


def test_a_parser_that_takes_too_long_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parser_process, "WALL_SECONDS", 0.4)
    before = children()
    with pytest.raises(TooBig, match="no answer"):
        read_roster(a_slow_workbook(), 5000)
    assert children() == before


def test_a_parser_that_computes_too_long_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    short = "parser.CPU_SECONDS = 1; parser.main(int(sys.argv[2]), int(sys.argv[3]))"
    monkeypatch.setattr(parser_process, "_PROGRAM", program(short))
    with pytest.raises(TooBig, match="SIG"):
        read_roster(a_slow_workbook(), 5000)


def test_a_parser_that_does_not_stop_talking_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parser_process, "MAX_ANSWER_BYTES", 10)
    before = children()
    with pytest.raises(RuntimeError, match="talking"):
        read_roster(a_workbook(), 5000)
    assert children() == before


def test_a_parser_that_does_not_listen_is_heard_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parser_process, "_PROGRAM", "print('no')")
    assert parse_in_another_process(bytes(2**20), 5000, lambda: None) == b"no\n"


def asked(monkeypatch: pytest.MonkeyPatch, expression: str) -> object:
    """What a parser's process answers to a question about itself."""
    code = f"import json, resource; parser._bound_this_process(int(sys.argv[2])); print(json.dumps({expression}))"
    monkeypatch.setattr(parser_process, "_PROGRAM", program(code))
    return json.loads(parse_in_another_process(b"", 5000, lambda: None))


@pytest.mark.parametrize(
    ("limit", "value"),
    [
        (resource.RLIMIT_AS, parser.MEMORY_BYTES),
        (resource.RLIMIT_CPU, parser.CPU_SECONDS),
        (resource.RLIMIT_CORE, 0),
    ],
)
def test_the_parser_limits_itself(limit: int, value: int, monkeypatch: pytest.MonkeyPatch) -> None:
    assert asked(monkeypatch, f"resource.getrlimit({limit})") == [value, value]


def test_the_parser_imports_nothing_but_the_standard_library_and_our_own(monkeypatch: pytest.MonkeyPatch) -> None:
    names = asked(monkeypatch, "[name.partition('.')[0] for name in sys.modules]")
    assert isinstance(names, list)
    assert set(names) - sys.stdlib_module_names == {"__main__", "tasks", "models"}


def test_a_parser_whose_parent_is_another_ends_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parser_process.os, "getpid", lambda: 1)
    with pytest.raises(RuntimeError, match="ended with 1"):
        read_roster(a_workbook(), 5000)


def test_the_parser_dies_with_a_killed_parent(tmp_path: Path) -> None:
    (tmp_path / "slow.xlsx").write_bytes(a_slow_workbook())
    code = (
        "import sys, pathlib; from tasks.workbook.reader import read_roster; "
        "from tests.tasks.workbook.processes import children; "
        "read_roster(pathlib.Path(sys.argv[1]).read_bytes(), 5000, lambda: print(*children(), flush=True))"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "slow.xlsx")]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        parent.kill()
    wait_until(lambda: not Path(f"/proc/{child}/cmdline").exists() or not Path(f"/proc/{child}/cmdline").read_bytes())


def test_a_daemonic_pool_process_may_read_rosters() -> None:
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=_read_and_tell, args=(there, a_workbook()), daemon=True)
    process.start()
    assert here.poll(30)
    assert here.recv() == 1
    process.join(10)


def _read_and_tell(pipe: Connection, content: bytes) -> None:
    pipe.send(len(read_roster(content, 5000).rows))


def wait_until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.02)
