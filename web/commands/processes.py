"""The process manager: starts the children, brings back those that die, ends them all with the command that made it.

The work is supervisord's; this file watches it and makes sure of the end.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections import defaultdict, deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from http.client import HTTPException
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from xmlrpc.client import Fault, ServerProxy

from supervisor.xmlrpc import Faults, SupervisorTransport

from web.commands import tied_to_parent
from web.commands.orphans import adopt_orphans, bury, end_orphans
from web.commands.stop_signals import raise_a_lost_stop
from web.commands.supervisord_conf import Child, supervisord_conf, tied

DEATHS = 5
DEATH_WINDOW_SECONDS = 60
STOP_SECONDS = 35
"""Within this long after a signal nothing is left."""
_WATCH_SECONDS = 0.5
_SOCKET_PATH_BYTES = 90
"""The kernel allows 107, and supervisord first binds to the path with its pid appended."""


class ProcessesError(Exception):
    """The children can't go on; the message says why, with the last lines of the log that tells."""


class KeepsDyingError(ProcessesError):
    """One child died too often (INTERFACES 1: five times in a minute)."""


class NotReadyError(ProcessesError):
    """Something did not answer in time."""


class Processes:
    """The running children of one data folder, as a context: none is left at the end of the block."""

    def __init__(
        self,
        folder: Path,
        *,
        doorbell: Sequence[Child],
        service: Sequence[Child],
        environment: Mapping[str, str],
        directory: Path,
        report: Callable[[str], None],
        keep_open: Sequence[int] = (),
    ) -> None:
        """`folder` takes logs and sockets; supervisord too holds the descriptors of `keep_open` (the folder's lock)."""
        self.logs = folder / "log"
        self._run = folder / "run"
        self._doorbell = doorbell
        self._service = service
        self._environment = environment
        self._directory = directory
        self._report = report
        self._keep_open = keep_open
        self._short_folder: Path | None = None
        self._supervisord: subprocess.Popen[bytes] | None = None
        self._socket = self._run / "supervisord.sock"
        self._starts: dict[str, int] = {}
        self._deaths: defaultdict[str, deque[float]] = defaultdict(deque)

    def __enter__(self) -> Self:
        for folder in (self.logs, self._run):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        adopt_orphans()
        try:
            self._start_supervisord()
            self.wait_until(self._manager_answers, "the process manager", seconds=20)
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()

    def start(self, *names: str) -> None:
        """Start those children of the service that have not been; the doorbell's are started already."""
        for name in names:
            try:
                self._ask().startProcess(f"service:{name}", False)
            except Fault as fault:
                if fault.faultCode != Faults.ALREADY_STARTED:
                    raise

    def wait_until(self, ready: Callable[[], bool], what: str, seconds: float) -> None:
        """Ask `ready` until it says yes, while looking after the children. NotReadyError: `what` never was."""
        deadline = time.monotonic() + seconds
        while not ready():
            if time.monotonic() > deadline:
                last_lines = _tail(self.logs / f"{what}.log")
                raise NotReadyError(f"{what} did not answer within {seconds:g} s. Its log ends with:\n{last_lines}")
            time.sleep(0.1)
            self.check()

    def watch(self) -> None:
        """Look after the children until an exception (a signal's, or a child that keeps dying) ends it."""
        while True:
            time.sleep(_WATCH_SECONDS)
            self.check()

    def check(self) -> None:
        """Look after the children once: report who was started again. KeepsDyingError: one died too often."""
        raise_a_lost_stop()
        if self._supervisord is None or self._supervisord.poll() is not None:
            status = None if self._supervisord is None else self._supervisord.returncode
            raise ProcessesError(f"the process manager itself ended ({status})\n{_tail(self.logs / 'supervisord.err')}")
        bury(keep={self._supervisord.pid})
        for child in self._children():
            name, started = child["name"], child["start"]
            if child["statename"] == "FATAL":
                raise KeepsDyingError(self._why(name))
            if started and started != self._starts.setdefault(name, started):
                self._starts[name] = started
                self._count_death(name)

    def stop(self) -> None:
        """End every process within STOP_SECONDS: in order first, by force what is left."""
        if self._supervisord is not None:
            self._supervisord.terminate()
            try:
                self._supervisord.wait(STOP_SECONDS - 1)
            except subprocess.TimeoutExpired:
                self._supervisord.kill()
                self._supervisord.wait()
            end_orphans(keep=set())
        self._supervisord = None
        if self._short_folder is not None:
            shutil.rmtree(self._short_folder, ignore_errors=True)

    def _start_supervisord(self) -> None:
        if len(os.fsencode(self._socket)) > _SOCKET_PATH_BYTES:
            self._short_folder = Path(tempfile.mkdtemp(prefix="canbao-"))
            self._socket = self._short_folder / "supervisord.sock"
        self._socket.unlink(missing_ok=True)  # a killed manager leaves its own; a new one would wait for its owner
        conf = self._run / "supervisord.conf"
        conf.write_text(
            supervisord_conf(
                socket=self._socket,
                run=self._run,
                logs=self.logs,
                doorbell=self._doorbell,
                service=self._service,
                deaths=DEATHS,
            )
        )
        with (self.logs / "supervisord.err").open("wb") as complaints:
            self._supervisord = subprocess.Popen(  # noqa: S603 -- our own interpreter and file names
                tied("TERM", sys.executable, "-m", "supervisor.supervisord", "-n", "-c", str(conf)),
                stdin=subprocess.DEVNULL,
                stdout=complaints,
                stderr=complaints,
                cwd=self._directory,
                env={**self._environment, tied_to_parent.PARENT: str(os.getpid())},
                start_new_session=True,  # Ctrl-C and a closed terminal reach the command alone, which stops in order
                pass_fds=tuple(self._keep_open),
                umask=0o077,
            )

    def _ask(self) -> Any:
        """The manager's door, anew for each call: a connection that failed once stays unusable."""
        transport = SupervisorTransport(None, None, f"unix://{self._socket}")
        return ServerProxy("http://127.0.0.1", transport=transport).supervisor

    def _manager_answers(self) -> bool:
        return bool(self._children())

    def _children(self) -> list[dict[str, Any]]:
        """What the manager knows of each child; nothing while it starts or ends."""
        try:
            children: list[dict[str, Any]] = self._ask().getAllProcessInfo()
        except (OSError, HTTPException, Fault):
            return []
        return children

    def _count_death(self, name: str) -> None:
        deaths, now = self._deaths[name], time.monotonic()
        deaths.append(now)
        while deaths[0] < now - DEATH_WINDOW_SECONDS:
            deaths.popleft()
        if len(deaths) >= DEATHS:
            raise KeepsDyingError(self._why(name))
        self._report(f"{name} ended ({self._last_exit(name)}) and was started again; log: {self.logs / name}.log")

    def _why(self, name: str) -> str:
        return (
            f"{name} died {DEATHS} times within a minute ({self._last_exit(name)}). The last lines of its log:\n"
            f"{_tail(self.logs / f'{name}.log')}"
        )

    def _last_exit(self, name: str) -> str:
        """What supervisord last noted about the child's end, e.g. `terminated by SIGKILL` or `exit status 1`."""
        for line in reversed(_tail(self.logs / "supervisord.log", lines=200).splitlines()):
            _, found, rest = line.partition(f"exited: {name} (")
            if found:
                return rest.partition(";")[0]
        return "reason unknown"


def _tail(log: Path, lines: int = 15) -> str:
    with suppress(OSError), log.open("rb") as content:
        content.seek(max(0, log.stat().st_size - 64_000))
        return "\n".join(content.read().decode(errors="replace").splitlines()[-lines:])
    return ""
