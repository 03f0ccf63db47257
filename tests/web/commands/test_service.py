"""The processes of one machine: the Procfile against the queues there are, and the ports."""

from __future__ import annotations

import re
import socket
import urllib.request
from pathlib import Path

import pytest

from models.actions.slow_log_in import PICTURE_AFTER_NETWORK, attempt_of, count_failure
from models.records.database import writing
from tasks import queues
from tests.faults.processes import Web
from web.commands.ports import PortTakenError, free_port, web_port
from web.commands.service import ROOT, WORKERS, read_procfile


def queues_taken() -> dict[str, set[str]]:
    lines = {child.name: child.argv[-1] for child in read_procfile(ROOT / "Procfile")}
    return {name: set(re.findall(r"-Q (\S+)", line)[0].split(",")) for name, line in lines.items() if " -Q " in line}


def test_every_queue_has_a_worker() -> None:
    assert set().union(*queues_taken().values()) == set(queues.QUEUES)


def test_one_worker_never_takes_large_files() -> None:
    assert [queues.ROSTER_LARGE in queues_taken()[name] for name in WORKERS] == [False, True]


def test_messages_have_a_worker_that_does_nothing_else() -> None:
    taking = [taken for taken in queues_taken().values() if queues.MESSAGES in taken]
    assert taking == [{queues.MESSAGES}]


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


def who_sees_the_picture(folder: Path, trusted_proxy: str, *visitors: str) -> list[str]:
    """Of these visitors those whom the web asks for a picture, when a proxy on this machine says who they are."""
    web = Web(f"web{trusted_proxy}", folder, CANBAO_TRUSTED_PROXY=trusted_proxy)
    try:
        web.wait_until_ready()
        return [visitor for visitor in visitors if b"data:image/png" in log_in_page(web.port, visitor)]
    finally:
        web.kill()


def log_in_page(port: int, visitor: str) -> bytes:
    forwarded = {"X-Forwarded-For": f"203.0.113.1, {visitor}"}
    request = urllib.request.Request(f"http://127.0.0.1:{port}/log-in", headers=forwarded)
    with urllib.request.urlopen(request, timeout=10) as answer:
        page: bytes = answer.read()
        return page


@pytest.mark.usefixtures("sqlite")
def test_visitors_are_told_apart_behind_the_trusted_proxy_and_nobody_else_is_believed(tmp_path: Path) -> None:
    for number in range(PICTURE_AFTER_NETWORK):
        with writing() as session:
            count_failure(session, attempt_of(f"clerk{number}@unit.example", "198.51.100.9"))
    assert who_sees_the_picture(tmp_path, "127.0.0.1", "198.51.100.77", "192.0.2.7") == ["198.51.100.77"]
    assert who_sees_the_picture(tmp_path, "192.0.2.200", "198.51.100.77") == []
    assert who_sees_the_picture(tmp_path, "", "198.51.100.77") == []
