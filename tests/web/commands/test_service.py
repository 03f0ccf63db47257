"""The processes of one machine: the Procfile against the queues there are, and the ports."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from models.actions.slow_log_in import PICTURE_AFTER_NETWORK, attempt_of, count_failure
from models.records.database import writing
from tasks import queues
from web.commands.ports import PortTakenError, free_port, web_port
from web.commands.service import ROOT, WORKERS, is_up, read_procfile


def queues_taken() -> dict[str, set[str]]:
    lines = {child.name: child.argv[-1] for child in read_procfile(ROOT / "Procfile")}
    return {name: set(re.findall(r"-Q (\S+)", lines[name])[0].split(",")) for name in WORKERS}


def test_every_queue_has_a_worker() -> None:
    assert set().union(*queues_taken().values()) == set(queues.QUEUES)


def test_one_worker_never_takes_large_files() -> None:
    assert sum(queues.ROSTER_LARGE in taken for taken in queues_taken().values()) == 1


def test_a_procfile_is_read_without_its_comments(tmp_path: Path) -> None:
    (tmp_path / "Procfile").write_text("# web: no\n\nweb: exec serve --port=${PORT:-1}\nbeat-2: tick\n")
    children = read_procfile(tmp_path / "Procfile")
    assert [(child.name, child.argv[-1], child.stop_signal) for child in children] == [
        ("web", "exec serve --port=${PORT:-1}", "INT"),
        ("beat-2", "tick", "TERM"),
    ]


def test_a_port_that_was_asked_for_and_is_taken_is_refused() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        with pytest.raises(PortTakenError, match="CANBAO_PORT"):
            web_port(other.getsockname()[1])


def test_without_a_wish_the_web_gets_a_port_that_is_free() -> None:
    with socket.socket() as usual:
        usual.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            usual.bind(("127.0.0.1", 8000))
            usual.listen()
        except OSError:
            pass  # somebody else has it: as good
        assert web_port(None) != 8000
    assert free_port() != free_port()


def sees_the_picture(visitor: str, **settings: str) -> bool:
    """Whether the web of the Procfile asks for a picture, when a proxy on this machine says who the visitor is."""
    port = free_port()
    (web,) = [child for child in read_procfile(ROOT / "Procfile") if child.name == "web"]
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    given = {"CANBAO_PORT": str(port), "PATH": path, "PYTHONPATH": str(ROOT)} | settings
    process = subprocess.Popen(web.argv, env=os.environ | given, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        page, deadline = f"http://127.0.0.1:{port}/log-in", time.monotonic() + 60
        while not is_up(page):
            assert process.poll() is None
            assert time.monotonic() < deadline
        request = urllib.request.Request(page, headers={"X-Forwarded-For": f"203.0.113.1, {visitor}"})
        with urllib.request.urlopen(request, timeout=10) as answer:
            return b"data:image/png" in answer.read()
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(timeout=30)


@pytest.mark.usefixtures("sqlite")
def test_visitors_are_told_apart_behind_the_trusted_proxy_and_nobody_else_is_believed() -> None:
    for number in range(PICTURE_AFTER_NETWORK):
        with writing() as session:
            count_failure(session, attempt_of(f"clerk{number}@unit.example", "198.51.100.9"))
    assert sees_the_picture("198.51.100.77", CANBAO_TRUSTED_PROXY="127.0.0.1")
    assert not sees_the_picture("192.0.2.7", CANBAO_TRUSTED_PROXY="127.0.0.1")
    assert not sees_the_picture("198.51.100.77", CANBAO_TRUSTED_PROXY="192.0.2.200")
    assert not sees_the_picture("198.51.100.77", CANBAO_TRUSTED_PROXY="")
