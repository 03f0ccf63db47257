"""保障项目选择 in a real Chromium: what is ticked, priced, warned about and confirmed; and axe-core on each state."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from config.clock import SHANGHAI
from tests.browser.test_accessibility import log_in, opened, served, what_is_wrong
from tests.quick_passwords import quick_passwords
from tests.web.clock import at
from tests.web.conftest import Browser as Walker
from tests.web.conftest import Town, app, town
from tests.web.premiums import ready

__all__ = ["app", "quick_passwords", "town"]

pytestmark = pytest.mark.browser

LATE = datetime(2021, 3, 1, 9, 0, tzinfo=SHANGHAI)


@pytest.fixture
def page(app: Flask, town: Town, chromium: Browser) -> Iterator[Page]:
    """李小满's projects page of an instant batch whose cover is too short for A and B, of two people."""
    walker = Walker(app.test_client()).log_in(town.li)
    at(LATE)
    batch_no = ready(town.li, walker.open_batch(town.li.code, "instant"), 1, 1, now=LATE)
    with served(app) as url, opened(chromium) as page:
        log_in(page, url, town.li)
        page.goto(f"{url}/batches/{batch_no}/projects")
        yield page


def tick(page: Page, *codes: str) -> None:
    for code in codes:
        page.locator(f'input[value="{code}"]').check()


def generate(page: Page) -> None:
    with page.expect_navigation():
        page.get_by_role("button", name="生成保费信息").click()


def test_from_the_plan_to_what_is_to_be_paid_no_state_has_a_violation(page: Page) -> None:
    found = what_is_wrong(page, "plan")
    tick(page, "A0", "B0", "A1")
    generate(page)
    found |= what_is_wrong(page, "premium")
    for known in page.get_by_label("已知晓").all():
        known.check()
    page.get_by_role("button", name="提交确认保费…").click()
    expect(page.get_by_role("dialog")).to_contain_text("应缴保费250.00元")
    expect(page.get_by_role("link", name="再看看")).to_be_focused()
    found |= what_is_wrong(page, "confirmation")
    page.get_by_role("button", name="确认提交").click()
    expect(page.get_by_text("保费已确认。")).to_be_visible()
    found |= what_is_wrong(page, "confirmed")
    page.get_by_role("link", name="保费详情").click()
    expect(page.get_by_role("heading", level=2)).to_have_text("2 人，合计 250.00 元")
    found |= what_is_wrong(page, "detail")
    assert found == {}


def test_what_is_ticked_anew_is_priced_anew_before_it_is_confirmed(page: Page) -> None:
    tick(page, "C0")
    generate(page)
    confirm, outdated = page.get_by_role("button", name="提交确认保费…"), page.locator("#outdated")
    expect(confirm).to_be_enabled()
    tick(page, "C1")
    expect(confirm).to_be_disabled()
    expect(outdated).to_have_text("所选项目已变动，请重新生成保费信息")
    page.locator('input[name="enhanced-C"][value=""]').check()
    expect(confirm).to_be_enabled()
    expect(outdated).to_be_hidden()


def test_an_unread_warning_is_pointed_at_and_nothing_is_asked(page: Page) -> None:
    tick(page, "B0")
    generate(page)
    page.get_by_role("button", name="提交确认保费…").click()
    expect(page.get_by_label("已知晓")).to_be_focused()
    assert page.locator("dialog").count() == 0


def test_prices_can_be_generated_again_though_a_warning_is_unread(page: Page) -> None:
    tick(page, "B0")
    generate(page)
    tick(page, "C0")
    generate(page)
    expect(page.locator(".fee")).to_contain_text("C0")
