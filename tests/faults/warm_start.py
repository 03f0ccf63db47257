"""Programs that start warm: an interpreter that has imported the libraries already forks for each.

A worker or a web spends three seconds of processor time, nearly all of it on importing the same libraries, and the
tests start hundreds. What is forked here then runs its own main program as `python -m` would, in a session, environment
and log of its own. Of Canbao only `models` is imported before, which reads no setting by that. The tests of the
commands start everything cold.
"""

from __future__ import annotations

import atexit
import gc
import importlib
import json
import os
import pkgutil
import runpy
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NoReturn

LIBRARIES = (
    "celery.bin.celery", "celery.bin.worker", "celery.apps.worker", "celery.worker.consumer",
    "celery.concurrency.prefork", "kombu.transport.redis", "flower.command", "sqlalchemy.orm",
    "sqlalchemy.dialects.sqlite", "psycopg", "sqlalchemy.dialects.postgresql.psycopg", "pydantic_settings",
    "structlog.dev", "openpyxl", "cryptography.hazmat.primitives.ciphers.aead", "argon2", "alembic.command",
    "flask", "flask_login", "flask_wtf", "waitress.runner", "PIL.Image", "itsdangerous", "multiprocessing.connection",
)  # fmt: skip


class Forked:
    """A program that was started warm, as `subprocess.Popen` knows one."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self._asking = threading.Lock()

    def poll(self) -> int | None:
        """Its exit status, negative for a signal; None while it runs."""
        with self._asking:  # it is buried once
            if self.returncode is None:
                self.returncode = _nursery().ask(poll=self.pid)
            return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Its exit status, as soon as it has ended; subprocess.TimeoutExpired after so many seconds."""
        until = None if timeout is None else time.monotonic() + timeout
        while (status := self.poll()) is None:
            if until is not None and time.monotonic() > until:
                raise subprocess.TimeoutExpired(str(self.pid), timeout or 0)
            time.sleep(0.01)
        return status

    def terminate(self) -> None:
        """SIGTERM."""
        if self.poll() is None:
            os.kill(self.pid, signal.SIGTERM)


def start_warm(arguments: Sequence[str], environment: Mapping[str, str], folder: Path, log: Path) -> Forked:
    """Run `arguments` (python -m MODULE …) with this environment alone, in `folder`, its output at the end of `log`."""
    assert list(arguments[1:2]) == ["-m"], arguments
    return Forked(
        _nursery().ask(start=list(arguments[2:]), environment=dict(environment), folder=str(folder), log=str(log))
    )


class _Nursery:
    def __init__(self) -> None:
        self._mine, theirs = socket.socketpair()
        self._answers = self._mine.makefile("r")
        self._one_at_a_time = threading.Lock()
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, __file__, str(theirs.fileno())], pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL
            )

    def ask(self, **asked: Any) -> Any:
        with self._one_at_a_time:
            self._mine.sendall(json.dumps(asked).encode() + b"\n")
            return json.loads(self._answers.readline())

    def end(self) -> None:
        self._answers.close()
        self._mine.close()
        self._process.wait()


@cache
def _nursery() -> _Nursery:
    nursery = _Nursery()
    atexit.register(nursery.end)
    return nursery


def _serve(channel: socket.socket) -> None:
    for library in LIBRARIES:
        importlib.import_module(library)
    _import_models()
    with channel, channel.makefile("r") as questions:
        for question in questions:
            asked = json.loads(question)
            if "poll" in asked:
                answer = _status(asked["poll"])
            elif answer := os.fork():
                pass
            else:
                os.close(channel.detach())
                _become(**asked)
            channel.sendall(json.dumps(answer).encode() + b"\n")


def _import_models() -> None:
    sys.path[0] = str(Path(__file__).resolve().parents[2])
    models = importlib.import_module("models")
    for module in pkgutil.walk_packages(models.__path__, "models."):
        if ".migrations" not in module.name:
            importlib.import_module(module.name)
    importlib.import_module("sqlalchemy.orm").configure_mappers()
    settings = importlib.import_module("config.settings").settings
    assert not settings.cache_info().currsize, "a module of `models` reads settings when it is imported"
    gc.freeze()


def _status(pid: int) -> int | None:
    ended, status = os.waitpid(pid, os.WNOHANG)
    return os.waitstatus_to_exitcode(status) if ended else None


def _become(start: list[str], environment: dict[str, str], folder: str, log: str) -> NoReturn:
    """Be the program, and end as it does."""
    os.setsid()
    signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored where the tests themselves run in the background
    os.chdir(folder)
    output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    for stream in (1, 2):
        os.dup2(output, stream)
    os.close(output)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv[:] = start
    sys.path[0] = folder
    runpy.run_module(start[0], run_name="__main__", alter_sys=True)
    sys.exit()


if __name__ == "__main__":
    _serve(socket.socket(fileno=int(sys.argv[1])))
