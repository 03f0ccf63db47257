"""Runs the parser's process for one file: bytes in, answer out, bounded in time and length, nothing left behind.

A plain subprocess, since the processes of a Celery pool may not start others by multiprocessing.
"""

import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO

from tasks.own_limits import OUT_OF_MEMORY
from tasks.workbook.forked_parser import ForkedParser, Nursery, NurseryEndedError
from tasks.workbook.rejections import TooBig

WALL_SECONDS = 30.0
"""A file that is too much for its parser has failed within a minute, its stages before and after included."""
TICK_SECONDS = 0.25
MAX_ANSWER_BYTES = 32 * 2**20
_LAST_WORDS_SECONDS = 5.0
_CHUNK_BYTES = 2**18

_PROGRAM = (
    "import sys; sys.path.append(sys.argv[1]); "
    "from tasks.workbook.parser import main; main(int(sys.argv[2]), int(sys.argv[3]))"
)
_ROOT = str(Path(__file__).parents[2])
_FROM_OUTSIDE = frozenset({signal.SIGTERM, signal.SIGINT, signal.SIGHUP})
_nursery: Nursery | None = None


def parse_in_another_process(content: bytes, max_people: int, tick: Callable[[], None]) -> bytes:
    """The parser's answer, JSON. `tick` is called four times a second meanwhile; what it raises ends the process.

    Raises TooBig if the file was too much for the parser's limits of memory and time, RuntimeError if the parser has a
    bug or was stopped by somebody else.
    """
    if _nursery is None:
        return _converse(_start(max_people), content, tick)
    try:
        return _converse(_nursery.fork(max_people), content, tick)
    except NurseryEndedError:
        try:  # the file may have had no part in it
            return _converse(_nursery.fork(max_people), content, tick)
        except NurseryEndedError as again:
            raise TooBig.inside("two nurseries ended under it") from again


def _converse(started: "subprocess.Popen[bytes] | ForkedParser", content: bytes, tick: Callable[[], None]) -> bytes:
    with started as process:
        try:
            conversation = _Conversation(process, content, tick)
            conversation.hold()
            status = process.wait(_LAST_WORDS_SECONDS)
        finally:
            process.kill()  # does nothing to a process that has ended and been waited for
    if status == 0:
        return bytes(conversation.answer)
    if status == OUT_OF_MEMORY:
        raise TooBig.inside("the parser met its memory limit")
    if status < 0 and -status not in _FROM_OUTSIDE:
        raise TooBig.inside(f"the parser died of {signal.Signals(-status).name}")
    raise RuntimeError(f"the roster parser ended with {status}: {conversation.complaint.decode('utf-8', 'replace')}")


def keep_a_nursery() -> None:
    """From now on, fork this process's parsers from one that has loaded what they need. For a worker's pool process."""
    global _nursery  # noqa: PLW0603 -- what kind of process this is, said once at its start
    _nursery = Nursery()


def _start(max_people: int) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(  # noqa: S603 -- this interpreter, this package, two numbers
        [sys.executable, "-I", "-S", "-c", _PROGRAM, _ROOT, str(os.getpid()), str(max_people)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        bufsize=0,
        start_new_session=True,  # signals to the worker's group are for the worker
    )


class _Conversation:
    """Gives the process its input and takes what it says, never blocking on one of the three pipes."""

    def __init__(
        self, process: "subprocess.Popen[bytes] | ForkedParser", content: bytes, tick: Callable[[], None]
    ) -> None:
        if process.stdin is None or process.stdout is None or process.stderr is None:
            raise TypeError("a process without its three pipes")
        self.answer = bytearray()
        self.complaint = bytearray()
        self._rest = memoryview(content)
        self._tick = tick
        self._waited_seconds = 0.0
        self._looked_at = self._ticked_at = time.monotonic()
        self._selector = selectors.DefaultSelector()
        for pipe, event, act in (
            (process.stdin, selectors.EVENT_WRITE, self._write),
            (process.stdout, selectors.EVENT_READ, self._read_answer),
            (process.stderr, selectors.EVENT_READ, self._read_complaint),
        ):
            os.set_blocking(pipe.fileno(), False)
            self._selector.register(pipe, event, act)

    def hold(self) -> None:
        """Until the process has closed its side. Raises TooBig after `WALL_SECONDS`, and whatever the tick raises."""
        with self._selector:
            while self._selector.get_map():
                for key, _ in self._selector.select(TICK_SECONDS):
                    act: Callable[[IO[bytes]], bool] = key.data
                    if act(key.fileobj):  # type: ignore[arg-type]  # registered as a pipe above
                        self._selector.unregister(key.fileobj)
                self._mind_the_time()

    def _mind_the_time(self) -> None:
        now = time.monotonic()
        # A worker that was frozen has not waited: its parser may have answered, or been frozen with it.
        self._waited_seconds += min(now - self._looked_at, 2 * TICK_SECONDS)
        self._looked_at = now
        if self._waited_seconds > WALL_SECONDS:
            raise TooBig.inside(f"the parser gave no answer within {WALL_SECONDS:.0f} s")
        if now - self._ticked_at >= TICK_SECONDS:
            self._ticked_at = now
            self._tick()

    def _write(self, stdin: IO[bytes]) -> bool:
        """Whether there is nothing more to write: all is told, or nobody listens."""
        try:
            self._rest = self._rest[os.write(stdin.fileno(), self._rest[:_CHUNK_BYTES]) :]
        except BrokenPipeError:
            self._rest = self._rest[:0]
        if not self._rest:
            stdin.close()
        return not self._rest

    def _read_answer(self, stdout: IO[bytes]) -> bool:
        piece = os.read(stdout.fileno(), _CHUNK_BYTES)
        self.answer += piece
        if len(self.answer) > MAX_ANSWER_BYTES:
            raise RuntimeError("the roster parser does not stop talking")
        return not piece

    def _read_complaint(self, stderr: IO[bytes]) -> bool:
        piece = os.read(stderr.fileno(), _CHUNK_BYTES)
        self.complaint += piece[: 2**14 - len(self.complaint)]
        return not piece
