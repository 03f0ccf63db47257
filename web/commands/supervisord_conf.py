"""What supervisord is told: two groups of children, of which the doorbell starts first and stops last."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from web.commands import tied_to_parent

SERVICE_STOP_SECONDS = 30
DOORBELL_STOP_SECONDS = 2
_SETTLED_SECONDS = 5
"""A child that dies younger than this is started again with back-off (1 s, 2 s …), an older one at once."""


@dataclass(frozen=True, slots=True)
class Child:
    """One process to keep alive. `argv` never holds a secret: anybody on the machine can read command lines."""

    name: str
    argv: tuple[str, ...]
    stop_signal: str = "TERM"


def tied(death_signal: str, *argv: str) -> list[str]:
    """The command line of a program that gets this signal when its parent dies."""
    return [sys.executable, "-I", "-S", tied_to_parent.__file__, death_signal, *argv]


def supervisord_conf(
    *, socket: Path, run: Path, logs: Path, doorbell: Sequence[Child], service: Sequence[Child], deaths: int
) -> str:
    """The configuration; `run` takes the pid file, after `deaths` quick ends in a row a child is given up."""
    parts = [
        _section("unix_http_server", file=socket, chmod="0600"),
        _section(
            "supervisord",
            nodaemon="true",
            silent="true",
            pidfile=run / "supervisord.pid",
            logfile=logs / "supervisord.log",
            logfile_maxbytes="5MB",
            logfile_backups=2,
            childlogdir=logs,
        ),
        "[rpcinterface:supervisor]\nsupervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface\n",
    ]
    for priority, (group, children, seconds) in enumerate(
        (("doorbell", doorbell, DOORBELL_STOP_SECONDS), ("service", service, SERVICE_STOP_SECONDS)), start=1
    ):
        if children:
            parts.append(
                _section(f"group:{group}", programs=",".join(child.name for child in children), priority=priority)
            )
        parts.extend(_program(child, logs, deaths, seconds, autostart=group == "doorbell") for child in children)
    return "\n".join(parts)


def _program(child: Child, logs: Path, deaths: int, stop_seconds: int, *, autostart: bool) -> str:
    """One child, leader of its group: asked to stop alone (a worker ends its pool itself), killed with its group."""
    return _section(
        f"program:{child.name}",
        command=shlex.join(tied("KILL", *child.argv)),
        autostart=str(autostart).lower(),
        autorestart="true",
        startsecs=_SETTLED_SECONDS,
        startretries=deaths - 1,
        stopsignal=child.stop_signal,
        stopwaitsecs=stop_seconds,
        stopasgroup="false",
        killasgroup="true",
        redirect_stderr="true",
        stdout_logfile=logs / f"{child.name}.log",
        stdout_logfile_maxbytes="5MB",
        stdout_logfile_backups=3,
    )


def _section(name: str, **values: object) -> str:
    """A section of the file; a per cent sign would begin a placeholder of supervisord's."""
    return f"[{name}]\n" + "".join(f"{key} = {str(value).replace('%', '%%')}\n" for key, value in values.items())
