"""A real Chromium on a real web server with real workers; nothing of them is left afterwards."""

from __future__ import annotations

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
from tests.faults.processes import Web, Worker

PASSWORD = "only-for-tests-2020"
on_one_database = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
"""For what the database has no part in: keys, dialogs, ticks."""


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
    workers: list[Worker] = []

    def start_worker(name: str = "one", stop_at: str = "", queues: str = "") -> Worker:
        workers.append(Worker(name, tmp_path, queues=queues, CANBAO_STOP_AT=stop_at))
        return workers[-1]

    web = Web("web", tmp_path)
    try:
        web.wait_until_ready()
        yield Site(f"http://127.0.0.1:{web.port}", start_worker)
    finally:
        web.kill()
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
