"""The demonstration as a whole: `canbao demo`, with all its real processes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import psycopg
import pytest

from config.keys import Keyring
from tests.conftest import Valkey
from tests.postgresql import Cluster
from web.commands.ports import free_port
from web.commands.service import ROOT
from web.commands.visitor import Visitor

pytestmark = [pytest.mark.faults, pytest.mark.timeout(600)]


class Demo:
    """One `canbao demo`; everything it starts carries its mark in the environment."""

    def __init__(self, folder: Path, *arguments: str, environment: Mapping[str, str]) -> None:
        self.folder = folder
        self.mark = f"CANBAO_TEST_MARK={folder}".encode()
        plain = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL")}
        settings = {"CANBAO_VAR": str(folder / "var"), "CANBAO_PORT": str(free_port()), "PYTHONPATH": str(ROOT)}
        self.output = folder / "output"
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-P", "-m", "web.commands", "demo", *arguments],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env={**plain, **settings, "CANBAO_TEST_MARK": str(folder), **environment},
            )

    def said(self) -> str:
        """What it has printed so far."""
        return self.output.read_text()

    def until(self, condition: Callable[[], object], seconds: float = 150) -> None:
        """Wait, as long as the command lives."""
        deadline = time.monotonic() + seconds
        while not condition():
            assert self.process.poll() is None, self.said()
            assert time.monotonic() < deadline, self.said()
            time.sleep(0.1)

    def serving(self) -> dict[str, object]:
        """Wait until the sample is in; what stands in demo.json."""
        self.until(lambda: "Ctrl-C stops everything" in self.said())
        view: dict[str, object] = json.loads((self.folder / "var" / "demo.json").read_text())
        return view

    def end(self, number: int = signal.SIGTERM) -> int:
        """Send a signal and wait for the end; the exit status."""
        self.process.send_signal(number)
        return self.process.wait(timeout=40)

    def living(self, command_line: str = "") -> dict[int, str]:
        """Pid -> command line of every process of this demonstration but the command itself."""
        found = {}
        for folder in Path("/proc").iterdir():
            try:
                if folder.name.isdigit() and self.mark in (folder / "environ").read_bytes().split(b"\0"):
                    found[int(folder.name)] = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            except (FileNotFoundError, ProcessLookupError, PermissionError):
                continue
        return {pid: line for pid, line in found.items() if command_line in line and pid != self.process.pid}


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Callable[..., Demo]]:
    started: list[Demo] = []

    def start(*arguments: str, **environment: str) -> Demo:
        own_keys = {"CANBAO_KEYS": Keyring.new().to_json()} if environment else {}
        started.append(Demo(tmp_path, *arguments, environment={**own_keys, **environment}))
        return started[-1]

    yield start
    for each in started:
        if each.process.poll() is None:
            each.process.kill()
            each.process.wait()
        for pid in each.living():
            os.kill(pid, signal.SIGKILL)


def status_of(url: str, user: str = "", password: str = "") -> int:
    request = urllib.request.Request(url)
    if user:
        request.add_header("Authorization", "Basic " + b64encode(f"{user}:{password}".encode()).decode())
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as refused:
        return refused.code
    except OSError:
        return 0


def caller_of(web: str, token: str) -> str:
    """Whom the JSON interface takes the bearer of this token for."""
    request = urllib.request.Request(f"{web}/api/v1/me", headers={"Authorization": f"Bearer {token}"})
    with urllib.request.urlopen(request, timeout=10) as answer:
        return str(json.load(answer)["email"])


def test_a_run_with_exit_ends_with_everybody_as_planned_and_leaves_nothing(demo: Callable[..., Demo]) -> None:
    run = demo("--exit")
    assert run.process.wait(timeout=120) == 0, run.said()
    assert "not as planned" not in run.said()
    assert run.living() == {}
    assert not (run.folder / "var").exists()


@pytest.mark.postgresql
def test_on_a_given_database_and_broker_a_run_with_exit_leaves_neither_a_schema_nor_a_password(
    demo: Callable[..., Demo], cluster: Cluster, valkey: Valkey
) -> None:
    name = cluster.new_database("template1")
    run = demo("--exit", DATABASE_URL=cluster.url(name), REDIS_URL=valkey.url)
    assert run.process.wait(timeout=120) == 0, run.said()
    with psycopg.connect(cluster.url(name)) as connection:
        assert connection.execute("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'canbao%'").fetchall() == []
    cluster.drop(name)
    password = valkey.url.removeprefix("redis://:").partition("@")[0]
    assert password not in run.said()


@pytest.mark.postgresql
def test_a_database_with_foreign_tables_is_left_alone(demo: Callable[..., Demo], cluster: Cluster) -> None:
    name = cluster.new_database("template1")
    with psycopg.connect(cluster.url(name)) as connection:
        connection.execute("CREATE TABLE ledger (id int)")
    run = demo(DATABASE_URL=cluster.url(name))
    assert run.process.wait(timeout=60) == 2
    assert "another program's tables" in run.said()
    with psycopg.connect(cluster.url(name)) as connection:
        tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
    cluster.drop(name)
    assert tables == [("ledger",)]


def test_what_demo_json_says_is_true_and_a_second_start_goes_on_with_it(demo: Callable[..., Demo]) -> None:
    first = demo()
    view = first.serving()
    assert (first.folder / "var" / "demo.json").stat().st_mode & 0o777 == 0o600
    accounts = view["accounts"]
    assert isinstance(accounts, list)
    for account in accounts:
        visitor = Visitor(str(view["web"]))
        page = visitor.open("/log-in")
        home = visitor.submit(page, page.form_with("email"), {key: account[key] for key in ("email", "password")})
        assert not home.url.endswith("/log-in")
        assert caller_of(str(view["web"]), account["token"]) == account["email"]
    flower = view["flower"]
    assert isinstance(flower, dict)
    first.until(lambda: status_of(f"{flower['url']}/workers", flower["user"], flower["password"]) == 200)
    assert status_of(f"{flower['url']}/workers") == 401
    assert first.end() == 0
    assert first.living() == {}
    assert not (first.folder / "var" / "demo.json").exists()

    # As a demonstration that began before there were tokens: the missing one is made, the others stay.
    kept = first.folder / "var" / "demonstration.json"
    data = json.loads(kept.read_text())
    del data["accounts"][0]["token"]
    kept.write_text(json.dumps(data))
    second = demo()
    again = second.serving()
    assert isinstance(again["accounts"], list)
    assert again["accounts"][1:] == accounts[1:]
    assert again["accounts"][0] == {**accounts[0], "token": again["accounts"][0]["token"]}
    assert caller_of(str(again["web"]), again["accounts"][0]["token"]) == accounts[0]["email"]
    assert "Going on with the data of the last start" in second.said()
    assert second.end(signal.SIGINT) == 0


def test_a_killed_web_and_a_killed_worker_are_back_by_themselves(demo: Callable[..., Demo]) -> None:
    run = demo()
    web = str(run.serving()["web"])
    killed = {min(run.living("celery -A tasks.app worker -n large")), *run.living("waitress")}
    for pid in killed:
        os.kill(pid, signal.SIGKILL)
    run.until(lambda: not killed & set(run.living()))
    run.until(lambda: status_of(f"{web}/log-in") == 200)
    run.until(lambda: len(run.living("celery -A tasks.app worker -n large")) >= 2)
    assert run.end() == 0
    assert run.living() == {}


def test_kill_9_of_the_command_leaves_nothing(demo: Callable[..., Demo]) -> None:
    run = demo()
    run.serving()
    run.process.kill()
    run.process.wait()
    deadline = time.monotonic() + 35
    while run.living():
        assert time.monotonic() < deadline, run.living()
        time.sleep(0.1)
