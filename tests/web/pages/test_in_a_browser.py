"""The parts that need scripts: dialogs, the poll that ends, and a policy that nothing of ours breaks."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, ConsoleMessage, Page, expect
from werkzeug.serving import make_server

from models.records.database import reading, writing
from models.records.roster_import import RosterImport
from models.records.viewer import Viewer
from models.rules.permissions import Role
from tests.enrolled import enrol
from tests.web.checks import ids_by_name, over_age_rows
from tests.web.conftest import MORNING, Town, account_id, imported, work
from tests.web.conftest import Browser as Clerk
from tests.web.pages.test_deadline import NOT_ENROLLED, set_seconds_before_the_end
from tests.workbooks import WANG_DOU, WANG_DOUDOU, a_workbook, some_people

pytestmark = pytest.mark.browser


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    """The application on a free port of this machine."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()


@pytest.fixture
def page(address: str, town: Town, chromium: Browser) -> Iterator[Page]:
    """李小满's browser, logged in; at the end nothing on the console may speak of the policy or of a script's error."""
    said: list[str] = []

    def listen(message: ConsoleMessage) -> None:
        if message.type == "error" and "Failed to" not in message.text:  # load or fetch: the tests do that
            said.append(message.text)

    context = chromium.new_context(viewport={"width": 1366, "height": 768})
    opened = context.new_page()
    opened.on("console", listen)
    opened.on("pageerror", lambda error: said.append(str(error)))
    opened.goto(f"{address}/log-in")
    opened.fill("#email", town.li.email)
    opened.fill("#password", town.li.password)
    opened.get_by_role("button", name="登录", exact=True).click()
    opened.wait_for_url("**/batches")
    yield opened
    context.close()
    assert said == []


def open_batch(page: Page, town: Town) -> None:
    page.click("text=集中参保办理 >> visible=true")
    page.fill("dialog #code", "999999")
    page.click("dialog button[type=submit]")
    expect(page.locator("dialog .note-bad")).to_contain_text("COD-001")
    page.fill("dialog #code", town.li.code)
    page.click("dialog button[type=submit]")
    page.click("dialog >> text=单位名称正确，建立批次")
    page.wait_for_url("**/roster")


def upload(page: Page, rows: int) -> int:
    file = {"name": "清册.xlsx", "mimeType": "application/octet-stream", "buffer": a_workbook(some_people(rows))}
    page.set_input_files("#file", file)  # type: ignore[arg-type]  # a TypedDict of playwright's
    page.click("text=上传并导入")
    page.wait_for_url("**/imports/*")
    return int(page.url.rsplit("/", 1)[1])


def test_a_roster_goes_from_the_dialog_to_the_result_without_a_reload(page: Page, town: Town) -> None:
    open_batch(page, town)
    import_id = upload(page, 30)
    expect(page.locator("#job-live")).to_contain_text("马上开始")
    threading.Thread(target=work, args=[import_id]).start()
    expect(page.locator("#job-live")).to_contain_text("30 人已在清册中", timeout=30_000)
    expect(page.locator("#job-says")).to_contain_text("已完成")
    expect(page.locator("#job-cancel")).to_be_empty()
    assert page.get_attribute("#job-live", "hx-trigger") is None
    page.click("text=查看结果")
    expect(page.locator("main")).to_contain_text("30 人已在清册中，没有被退回的行")


def test_the_focus_in_a_confirmation_is_on_the_harmless_button(page: Page, town: Town) -> None:
    open_batch(page, town)
    import_id = upload(page, 3)
    page.click("text=取消导入")
    expect(page.locator("dialog >> text=继续导入")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("dialog")).to_be_hidden()
    with reading() as records:
        assert records.get_one(RosterImport, import_id).job.state == "queued"


def test_a_log_in_that_ran_out_ends_the_poll_and_leads_back(page: Page, town: Town) -> None:
    open_batch(page, town)
    import_id = upload(page, 3)
    page.context.clear_cookies()
    expect(page.locator("#session-over")).to_be_visible(timeout=10_000)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.wait_for_timeout(2500)  # longer than one interval of the poll
    assert asked == []
    page.click("text=重新登录后回到本页")
    expect(page.locator("[name=next]")).to_have_value(f"/imports/{import_id}")


def test_figures_stay_while_the_network_is_away(page: Page, town: Town) -> None:
    open_batch(page, town)
    upload(page, 3)
    page.route("**/progress*", lambda route: route.abort())
    expect(page.locator("#offline")).to_be_visible(timeout=10_000)
    expect(page.locator("#job-live")).to_contain_text("马上开始")
    page.unroute("**/progress*")
    page.click("text=立即重试")
    expect(page.locator("#offline")).to_be_hidden()


def test_an_open_page_learns_that_the_window_has_closed(page: Page, town: Town) -> None:
    open_batch(page, town)
    set_seconds_before_the_end(8)
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")  # the reader comes back to the page
    strip = page.locator("#deadline")
    expect(strip).to_contain_text("还剩不到 1 分钟")
    expect(page.get_by_role("button", name="上传并导入")).to_be_enabled()
    expect(strip).to_contain_text(NOT_ENROLLED, timeout=15_000)
    expect(strip).to_contain_text("WIN-002")
    expect(page.get_by_role("button", name="上传并导入")).to_be_disabled()


def test_a_strip_that_gets_no_answer_stays_as_it_was(page: Page, town: Town) -> None:
    page.route("**/deadline/*", lambda route: route.fulfill(status=503, body="<p>busy</p>", content_type="text/html"))
    with page.expect_response("**/deadline/*"):
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    page.wait_for_timeout(200)
    expect(page.locator("#deadline")).to_contain_text("集中参保 5 月 11 日（周一）17:00 截止")


def test_the_button_says_that_it_only_checks(page: Page, town: Town) -> None:
    open_batch(page, town)
    page.check("#check-only")
    expect(page.get_by_role("button", name="上传并校验")).to_be_visible()
    page.uncheck("#check-only")
    expect(page.get_by_role("button", name="上传并导入")).to_be_visible()


def test_a_refused_file_shows_its_remedy_without_a_click(page: Page, town: Town) -> None:
    open_batch(page, town)
    file = {"name": "照片.xlsx", "mimeType": "image/png", "buffer": b"\x89PNG\r\n"}
    page.set_input_files("#file", file)  # type: ignore[arg-type]  # a TypedDict of playwright's
    page.click("text=上传并导入")
    page.wait_for_url("**/imports/*")
    work(int(page.url.rsplit("/", 1)[1]))
    expect(page.locator("main")).to_contain_text("内容却不是 .xlsx 工作簿")
    expect(page.locator("main")).to_contain_text("IMP-001")
    expect(page.locator(".breadcrumb")).not_to_contain_text("正在导入")
    expect(page.get_by_role("link", name="重新选择文件")).to_be_visible()


def test_the_last_poll_of_an_import_ends_what_the_page_says_of_itself(page: Page, town: Town) -> None:
    open_batch(page, town)
    import_id = upload(page, 2)
    work(import_id)
    expect(page.locator(".breadcrumb")).to_contain_text("导入完成")
    expect(page).to_have_title("导入完成 · 参保")


def test_everything_that_may_be_done_about_a_person_is_in_view(
    page: Page, address: str, li: Clerk, batch_no: str
) -> None:
    imported(li, batch_no, [*over_age_rows(), ("Anna O'Neil", *WANG_DOU[1:])])  # 护照 and “-”: four things
    anna = ids_by_name()["Anna O'Neil"]
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto(f"{address}/batches/{batch_no}/roster")
    table, button = (page.locator(place).bounding_box() for place in (".table-box", f"[name=only][value='{anna}']"))
    assert table is not None
    assert button is not None
    assert button["x"] + button["width"] <= table["x"] + table["width"]


def test_a_certificate_is_as_wide_as_a_small_screen(
    page: Page, address: str, li: Clerk, town: Town, batch_no: str
) -> None:
    imported(li, batch_no, [WANG_DOUDOU, WANG_DOU])
    clerk = Viewer(account_id(town.li), Role.HANDLER)
    with writing() as records:
        enrol(records, clerk, batch_no, MORNING)
    page.set_viewport_size({"width": 390, "height": 800})
    page.goto(f"{address}/batches/{batch_no}/certificate")
    assert page.evaluate("document.documentElement.scrollWidth") == 390
