"""A real Chromium on a real web server with real workers; nothing of them is left afterwards."""

from __future__ import annotations

import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from models.actions.log_in import hash_password
from models.records.account import Account
from models.records.database import writing
from models.records.viewer import Viewer
from tests.conftest import Valkey, use_environment
from tests.faults.processes import ROOT, Worker, wait_for
from web.commands.ports import free_port

PASSWORD = "only-for-tests-2020"


@dataclass(frozen=True, slots=True)
class Site:
    """A running web server and what starts workers for it."""

    url: str
    start_worker: Callable[..., Worker]


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """A page of a fresh visitor at the size that clerks have."""
    context = chromium.new_context(viewport={"width": 1366, "height": 768}, accept_downloads=True)
    context.set_default_timeout(30_000)
    yield context.new_page()
    context.close()


@pytest.fixture
def site(database: str, valkey: Valkey, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """The web on this test's database and Valkey."""
    use_environment(monkeypatch, CANBAO_LEASE_SECONDS="600", CANBAO_SWEEP_SECONDS="2")
    url, log = f"http://127.0.0.1:{(port := free_port())}", tmp_path / "web.log"
    workers: list[Worker] = []

    def start_worker(name: str = "one", stop_at: str = "", queues: str = "") -> Worker:
        workers.append(Worker(name, tmp_path, queues=queues, CANBAO_STOP_AT=stop_at))
        return workers[-1]

    with log.open("wb") as written:
        web = subprocess.Popen(
            [sys.executable, "-m", "waitress", f"--listen=127.0.0.1:{port}", "--call", "web.app:create_app"],
            cwd=ROOT,
            stdout=written,
            stderr=written,
        )
    try:
        wait_for(lambda: _answers(f"{url}/log-in"), f"the web answers\n{log.read_text()}", 30)
        yield Site(url, start_worker)
    finally:
        web.kill()
        web.wait()
        for worker in workers:
            worker.kill()


def with_password(viewer: Viewer) -> str:
    """Let the account log in by PASSWORD; returns its address."""
    with writing() as session:
        session.get_one(Account, viewer.account_id).password_hash = hash_password(PASSWORD)
    return viewer.email


def log_in(page: Page, site: Site, email: str) -> None:
    """As a person does it."""
    page.goto(f"{site.url}/log-in")
    page.get_by_label("账号").fill(email)
    page.get_by_label("密码", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    page.wait_for_url("**/batches")


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, TimeoutError, ConnectionError):
        return False
