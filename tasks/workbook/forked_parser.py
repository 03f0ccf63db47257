"""A worker's side of the nursery: parsers that start at once, because they are forked from one that has loaded all."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import IO

_PROGRAM = (
    "import sys; sys.path.append(sys.argv[1]); from tasks.workbook.parser_nursery import serve; serve(int(sys.argv[2]))"
)
_ROOT = str(Path(__file__).parents[2])


class NurseryEndedError(Exception):
    """The process that forks the parsers has ended, and with it the parser: that says nothing of the file."""


class Nursery:
    """The process that forks parsers, started when first needed and again after it was ended. One parser at a time."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._orders: socket.socket | None = None

    def fork(self, max_people: int) -> "ForkedParser":
        """A parser that waits for its file. NurseryEndedError: it ended meanwhile."""
        orders = self._open()
        (their_in, stdin), (stdout, their_out), (stderr, their_err) = os.pipe(), os.pipe(), os.pipe()
        theirs = [their_in, their_out, their_err]
        try:
            socket.send_fds(orders, [b"%d" % max_people], theirs)
        except ConnectionError as ended:
            for pipe in (stdin, stdout, stderr):
                os.close(pipe)
            raise NurseryEndedError from ended
        finally:
            for pipe in theirs:
                os.close(pipe)
        return ForkedParser(self, os.fdopen(stdin, "wb", 0), os.fdopen(stdout, "rb", 0), os.fdopen(stderr, "rb", 0))

    def hear_status(self, timeout: float) -> int:
        """How the parser ended. TimeoutError: it has not; NurseryEndedError: the nursery has."""
        if self._orders is None:
            raise TypeError("no parser was ordered")
        self._orders.settimeout(timeout)
        try:
            told = self._orders.recv(16)
        except ConnectionError as ended:
            raise NurseryEndedError from ended
        if not told:
            raise NurseryEndedError
        return int(told)

    def end(self) -> None:
        """End it, and with it the parser that it may have forked."""
        if self._process is not None and self._orders is not None:
            with self._process, self._orders:
                if self._process.poll() is None:  # not waited for yet, so the number of its group is still its own
                    os.killpg(self._process.pid, signal.SIGKILL)
        self._process = self._orders = None

    def _open(self) -> socket.socket:
        if self._orders is not None and self._process is not None and self._process.poll() is None:
            return self._orders
        self.end()
        self._orders, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603 -- this interpreter, this package, a number
                [sys.executable, "-I", "-S", "-c", _PROGRAM, _ROOT, str(os.getpid())],
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                start_new_session=True,  # signals to the worker's group are for the worker
            )
        return self._orders


class ForkedParser:
    """A parser that the nursery has forked, to be used like a Popen."""

    def __init__(self, nursery: Nursery, stdin: IO[bytes], stdout: IO[bytes], stderr: IO[bytes]) -> None:
        self.stdin, self.stdout, self.stderr = stdin, stdout, stderr
        self._nursery = nursery
        self._ended = False

    def __enter__(self) -> "ForkedParser":
        return self

    def __exit__(self, *_error: object) -> None:
        for pipe in (self.stdin, self.stdout, self.stderr):
            pipe.close()

    def wait(self, timeout: float) -> int:
        """How it ended, as Popen tells it. TimeoutError: it has not."""
        status = self._nursery.hear_status(timeout)
        self._ended = True
        return status

    def kill(self) -> None:
        """End it, if it has not ended. It is no child of ours, but it does not outlive the nursery."""
        if not self._ended:
            self._nursery.end()
