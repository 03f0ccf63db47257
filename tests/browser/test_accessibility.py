"""axe-core on every page, as clerks and staff see it on a large and on a small screen: no violation."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from flask import Flask
from playwright.sync_api import Browser, Page, ViewportSize
from werkzeug.serving import make_server

from models.actions.keep_accounts import add_unit, find_account
from models.records.database import writing
from models.records.roster_import import RosterImport
from models.rules.permissions import Role
from tasks.roster_import.undo import undo_import
from tests.quick_passwords import quick_passwords
from tests.web.checks import a_failed_check, submitted
from tests.web.conftest import MORNING, Person, app, import_of, imported, scene, town, work
from tests.web.conftest import Browser as Walker
from tests.web.scene import OWN, Scene, address, rules
from tests.workbooks import a_workbook, some_people

__all__ = ["app", "quick_passwords", "scene", "town"]

pytestmark = pytest.mark.browser

PARTS = 3
"""All the pages of one role would be the last test of a run."""
SCREENS: tuple[ViewportSize, ...] = ({"width": 1366, "height": 768}, {"width": 390, "height": 844})
API, DOCS = "/api/", "/api/v1/docs"
"""The description of the interface is by far the longest page, and the same for everybody: it is judged by itself."""
NOT_PAGES = {
    "health.healthz", "health.readyz", "health.metrics", "imports.show_progress", "imports.show_report_button",
    "deadline.show_deadline", "deadline.show_deadline_of_batch", "undo.show_progress", "checks.show_progress",
    "roster.export_people", "projects.export_premium", "imports.download_report", "roster.download_template",
    "codes.show_file", "renames.show_file", "vouchers.show_file", "person_corrections.show_evidence",
    "suggested.show_progress", "reference.show_progress", "dashboard.show_live", "unfinished_units.export",
    "staff_door.ask", "clock.show_runs",
}  # fmt: skip
"""Addresses that answer with a file, figures, or a part of a page that is seen as part of it."""
ALSO = (
    "/imports/{import_id}?tab=rows", "/imports/{import_id}?tab=occupied", "/imports/{import_id}?seen=1",
    "/batches?status=enrolled", "/batches/{batch_no}/roster?name=无此人", "/batches/{empty}/roster",
    "/batches/{empty}/validation", "/batches/{failing}/validation", "/batches/{failing}/validation?tab=ratio",
    "/batches/{failing}/validation?tab=ratio&si=31018801", "/batches/{failing}/validation?tab=retired",
    "/batches/{failing}/validation?tab=notices", "/batches/{failing}/submission", "/batches/{sent}/validation",
    "/batches/{sent}", "/batches/{sent}/withdraw",
    "/batches/none/roster", "/imports/{waiting}", "/imports/{failed}", "/imports/{undone}", "/no-such-page",
)  # fmt: skip
"""Pages in other states than the scene's."""
ONCE = r'nonce="[^"]*"|value="[^"]{60,}"|request [0-9a-f]{32}'
"""What differs each time that the same page is shown: the tokens of its forms."""
BROKEN = """async () => {
    const {violations} = await axe.run({resultTypes: ["violations"]});
    return violations.flatMap(({id, nodes}) => nodes.slice(0, 3).map(node => `${id}: ${node.html.slice(0, 160)}`));
}"""
"""The rules of axe-core that are broken, with where."""


@contextmanager
def served(app: Flask) -> Iterator[str]:
    """The application on a port of its own, in a thread."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()


@pytest.mark.timeout(900)
@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize("role", [Role.HANDLER, Role.ADMIN])
def test_the_pages_of_clerks_and_administrators_have_no_violation(
    app: Flask, scene: Scene, chromium: Browser, role: Role, part: int
) -> None:
    assert violations(app, chromium, scene.people[role], pages_of(app, scene)[part::PARTS]) == {}


@pytest.mark.timeout(900)
def test_the_description_of_the_interface_has_no_violation(app: Flask, scene: Scene, chromium: Browser) -> None:
    assert violations(app, chromium, scene.people[Role.HANDLER], [DOCS]) == {}


@pytest.mark.timeout(900)
def test_a_clerks_pages_in_other_states_have_no_violation(app: Flask, scene: Scene, chromium: Browser) -> None:
    assert violations(app, chromium, scene.people[Role.HANDLER], other_states(app, scene)) == {}


def test_the_log_in_has_no_violation_also_with_a_picture_code(app: Flask, scene: Scene, chromium: Browser) -> None:
    with served(app) as url, opened(chromium) as page:
        found = look_at(page, f"{url}/log-in") | look_at(page, f"{url}/log-in/forgotten")
        for _ in range(4):
            log_in(page, url, Person(scene.people[Role.HANDLER].email, "wrong-password"))
        assert page.locator("img").count(), "a picture code is asked for"
        found |= what_is_wrong(page, "picture code")
    assert found == {}


def test_dialogs_over_the_roster_have_no_violation(app: Flask, scene: Scene, chromium: Browser) -> None:
    found = {}
    with served(app) as url, opened(chromium) as page:
        log_in(page, url, scene.people[Role.HANDLER])
        for button in ("移除全部…", "新增人员…", "查看 王豆", "编辑 王豆", "移除 王豆", "清册提交…"):
            page.goto(f"{url}/batches/{scene.things[OWN]['batch_no']}/roster")
            page.locator(f':text-is("{button}"), [aria-label="{button}"]').first.click()
            page.locator("dialog[open]").wait_for()
            found |= what_is_wrong(page, button)
    assert found == {}


def pages_of(app: Flask, scene: Scene) -> list[str]:
    """Every address that shows a page, about the clerk's own objects."""
    return [
        address(app, rule, scene.values(sorted(rule.arguments), OWN))
        for method, rule in rules(app)
        if method == "GET" and rule.endpoint not in NOT_PAGES and not rule.rule.startswith(API)
    ]


def other_states(app: Flask, scene: Scene) -> list[str]:
    """The same pages empty, waiting, failed, checked, submitted, undone, not found."""
    clerk = Walker(app.test_client()).log_in(scene.people[Role.HANDLER])
    batch_no = str(scene.things[OWN]["batch_no"])
    undone = imported(clerk, batch_no, some_people(2, 50))
    clerk.post(f"/imports/{undone}/undo", f"/imports/{undone}/undo")
    with writing() as records:
        undo_import(records.get_one(RosterImport, undone).undo_job_id)
    failed = import_of(clerk.upload(batch_no, b"PK\x03\x04 no workbook"))
    work(failed)
    waiting = import_of(clerk.upload(batch_no, a_workbook(some_people(2, 60))))
    with writing() as records:
        account = find_account(records, scene.people[Role.HANDLER].email)
        for branch, code in (("嘉定", "0088D8"), ("松江", "0088D9"), ("青浦", "0088DA")):
            add_unit(records, f"上海豆豆精密机械有限公司{branch}分公司", code, account, MORNING)
    empty, failing, sent = clerk.open_batch("0088D8"), a_failed_check(clerk, "0088D9"), clerk.open_batch("0088DA")
    clerk.post(f"/batches/{empty}/validation", f"/batches/{empty}/roster")
    imported(clerk, sent, some_people(2, 70))
    submitted(clerk, sent)
    also = {"empty": empty, "waiting": waiting, "failed": failed, "undone": undone, "failing": failing, "sent": sent}
    return [path.format(**scene.things[OWN], **also) for path in ALSO]


def violations(app: Flask, chromium: Browser, person: Person, paths: list[str]) -> dict[str, list[str]]:
    """Path -> rules of axe-core that are broken there, with where."""
    found: dict[str, list[str]] = {}
    with served(app) as url, opened(chromium) as page:
        log_in(page, url, person)
        judged: set[str] = set()
        for path in paths:
            page.goto(url + path)
            assert "/log-in" not in page.url or path.startswith("/log-in"), path
            shown = re.sub(ONCE, "", page.content())
            if shown not in judged:  # to many addresses the answer is the same refusal
                judged.add(shown)
                found |= what_is_wrong(page, path)
    return found


@contextmanager
def opened(chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context()
    context.set_default_timeout(30_000)
    yield context.new_page()
    context.close()


def log_in(page: Page, url: str, person: Person) -> None:
    page.goto(f"{url}/log-in")
    page.locator('input[name="email"]').fill(person.email)
    page.locator('input[name="password"]').fill(person.password)
    with page.expect_navigation():
        page.locator('input[name="password"]').press("Enter")


def look_at(page: Page, url: str) -> dict[str, list[str]]:
    page.goto(url)
    return what_is_wrong(page, url.partition("//")[2].partition("/")[2])


def what_is_wrong(page: Page, what: str) -> dict[str, list[str]]:
    """Of the page as it stands, on each screen. Empty where nothing is; also one that scrolls sideways is wrong."""
    found = {}
    page.evaluate(AXE_SCRIPT)
    for screen in SCREENS:
        page.set_viewport_size(screen)
        broken = page.evaluate(BROKEN)
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            broken.append("scrolls sideways")
        if broken:
            found[f"{what} at {screen['width']}"] = broken
    return found
