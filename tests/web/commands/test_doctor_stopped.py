"""`canbao doctor` with the service stopped, and what it says of the pages."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from models.records.database import writing
from models.records.heartbeat import BEAT, note_heartbeat
from tests.conftest import Valkey, use_environment
from tests.web.commands.told import tell
from web.commands.addresses import Addresses
from web.commands.ports import free_port


def look() -> dict[str, tuple[bool, str]]:
    return {line["name"]: (line["ok"], line["found"]) for line in tell("doctor", "--json").data["checks"]}


@pytest.fixture
def stopped(database: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The embedded broker, which does not run; beat ticked while it did. The data folder."""
    use_environment(monkeypatch, REDIS_URL="")
    with writing() as session:
        note_heartbeat(session, BEAT)
    return tmp_path


@pytest.fixture
def web_page() -> Iterator[str]:
    """The address of something that answers `/healthz` and nothing else."""

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200 if self.path == "/healthz" else 404)
            self.end_headers()

        def log_message(self, *said: object) -> None:
            """Nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Page) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_with_the_service_stopped_it_says_that_nothing_runs_and_how_to_start_it(stopped: Path) -> None:
    said = tell("doctor").said
    assert "nothing runs here: no `./run` and no `./run up`: start it: `./run` for the demonstration" in said
    assert "REDIS_URL" not in said


def test_with_the_service_stopped_beat_and_workers_do_not_run(stopped: Path) -> None:
    found = look()
    assert found["workers"] == (False, "not running")
    assert (found["beat"][0], found["beat"][1].startswith("not running; ticked ")) == (False, True)


def test_a_killed_service_that_left_its_broker_s_address_runs_as_little(stopped: Path) -> None:
    (stopped / "run").mkdir()
    (stopped / "run" / "redis-url").write_text(f"redis://:pppp@127.0.0.1:{free_port()}/0")
    assert look()["broker"] == (False, "nothing runs here: no `./run` and no `./run up`")


def test_with_an_embedded_broker_that_runs_beat_is_known_by_its_ticks(
    stopped: Path, valkey: Valkey, monkeypatch: pytest.MonkeyPatch
) -> None:
    (stopped / "run").mkdir()
    (stopped / "run" / "redis-url").write_text(valkey.url)
    use_environment(monkeypatch, REDIS_URL="")
    found = look()
    assert (found["broker"][0], found["beat"][0]) == (True, True)


def test_pages_are_looked_at_where_the_running_command_has_noted_them(stopped: Path, web_page: str) -> None:
    (stopped / "run").mkdir()
    Addresses(web_page, f"http://127.0.0.1:{free_port()}").note(stopped / "run")
    found = look()
    assert (found["web"], found["flower"][0]) == ((True, f"answers at {web_page}"), False)


def test_without_a_running_command_the_pages_are_looked_for_on_their_ports(
    database: str, web_page: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_environment(
        monkeypatch, REDIS_URL=f"redis://127.0.0.1:{free_port()}/0", CANBAO_PORT=web_page.rpartition(":")[2]
    )
    found = look()
    assert (found["web"], "flower" in found) == ((True, f"answers at {web_page}"), False)
