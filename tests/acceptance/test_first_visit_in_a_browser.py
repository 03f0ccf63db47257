"""登录 in a real browser, with scripts and without (AC01). The form is plain HTML, so one browser stands for all."""

from __future__ import annotations

import time

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Site, on_one_database, page, site

__all__ = ["page", "site"]

pytestmark = [pytest.mark.browser, on_one_database]

BROWSERS = ("Chrome", "Edge", "Firefox", "Safari")


def seconds_from_click_to_form(page: Page, site: Site) -> float:
    """Press 登录 on the help, which everybody can read, and wait for the log-in box."""
    page.goto(f"{site.url}/help")
    began = time.monotonic()
    page.get_by_role("banner").get_by_role("link", name="登录", exact=True).click()
    page.get_by_label("密码", exact=True).wait_for()
    return time.monotonic() - began


def at_its_quickest(page: Page, site: Site) -> float:
    """Seconds of the quickest of a few times: what else this machine does meanwhile is no part of the log-in's time."""
    return min(seconds_from_click_to_form(page, site) for _ in range(5))


def test_ac01_log_in_opens_its_box_within_a_second(page: Page, site: Site) -> None:
    assert at_its_quickest(page, site) < 1
    expect(page.get_by_label("账号")).to_be_focused()
    expect(page.get_by_role("button", name="登录", exact=True)).to_be_enabled()


def test_ac01_with_scripts_off_it_opens_as_quickly_and_browsers_and_handbook_are_in_sight(
    chromium: Browser, site: Site
) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    assert at_its_quickest(page, site) < 1
    for browser in BROWSERS:
        expect(page.get_by_text(browser)).to_be_visible()
    page.get_by_role("main").get_by_role("link", name="帮助").click()
    expect(page.get_by_role("heading", name="帮助", exact=True)).to_be_visible()
    context.close()
