"""新增缴费信息 in a real Chromium: sums are counted while one types, and nothing that is pressed meanwhile is lost."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from tests.browser.slow_network import SlowNetwork
from tests.browser.test_accessibility import log_in, opened, served
from tests.quick_passwords import quick_passwords
from tests.vouchers import PAYER, a_photo
from tests.web.audited_vouchers import a_batch_of
from tests.web.conftest import Town, app, town

__all__ = ["app", "quick_passwords", "town"]

pytestmark = pytest.mark.browser

FORM = "**/vouchers/new**"


@pytest.fixture
def page(app: Flask, town: Town, chromium: Browser) -> Iterator[Page]:
    """李小满's 新增缴费信息 of a batch of 360 yuan, with everything above the amount filled in."""
    batch = a_batch_of(town.li)
    with served(app) as url, opened(chromium) as page:
        log_in(page, url, town.li)
        page.goto(f"{url}/vouchers/new?batch={batch.batch_no}")
        page.locator('[name="payer"]').fill(PAYER)
        page.locator('[name="method"]').select_option(label="网上银行转账")
        yield page


def type_the_amount(page: Page) -> None:
    """And leave the field: the sums are asked for."""
    with page.expect_request(lambda request: "recount" in (request.post_data or "")):
        page.locator("#f-amount").fill("360")
        page.locator("#f-amount").press("Tab")


def type_the_receipt(page: Page) -> None:
    page.get_by_label("第 1 张 专用收据抬头（必填）").fill(PAYER)
    page.get_by_label("第 1 张 专用收据金额（必填）").fill("360")


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    """What the bank printed."""
    path = tmp_path / "银行回单.jpg"
    path.write_bytes(a_photo())
    return path


def test_what_is_submitted_while_the_sums_are_awaited_is_not_lost(page: Page, photo: Path) -> None:
    network = SlowNetwork(page, FORM)
    type_the_amount(page)
    page.locator("#file").set_input_files(photo)
    type_the_receipt(page)
    page.get_by_role("button", name="提交审核").click()
    network.let_all_through()
    page.wait_for_url(re.compile(r"/vouchers/\d+$"))
    expect(page.locator(".state").first).to_have_text("审核中")


def test_the_sums_of_what_was_typed_last_are_told_also_when_earlier_ones_come_late(page: Page) -> None:
    network = SlowNetwork(page, FORM)
    type_the_amount(page)
    type_the_receipt(page)
    page.get_by_label("第 1 张 备注").click()
    network.let_all_through()
    expect(page.locator("#receipts-total")).to_contain_text("专用收据合计 360.00 元")
    expect(page.locator("#receipts-total")).to_contain_text("相等")
    expect(page.locator("#paid-says")).to_have_text("与应缴保费合计一致")


def test_a_pressed_button_waits_for_its_own_answer_not_for_that_of_the_sums(page: Page, photo: Path) -> None:
    page.locator("#file").set_input_files(photo)
    type_the_receipt(page)
    page.get_by_label("第 1 张 备注").click()
    expect(page.locator("#receipts-total")).to_contain_text("专用收据合计 360.00 元")
    network = SlowNetwork(page, FORM)
    type_the_amount(page)
    page.get_by_role("button", name="提交审核").click()
    network.let_one_through()
    expect(page.locator("#paid-says")).to_have_text("与应缴保费合计一致")
    expect(page.get_by_role("button", name="正在提交…")).to_be_disabled()
    network.let_all_through()
    page.wait_for_url(re.compile(r"/vouchers/\d+$"))
