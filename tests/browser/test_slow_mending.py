"""在线修改 over a slow network: a clerk saves one row and goes on with the next before the answer is there."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, Locator, Page, expect

from tasks.sample_people import fictitious_person
from tests.browser.slow_network import SlowNetwork
from tests.browser.test_accessibility import log_in, opened, served
from tests.imports import an_import, typed
from tests.quick_passwords import quick_passwords
from tests.web.conftest import Browser as Walker
from tests.web.conftest import Town, app, town
from tests.web.premiums import batch_of

__all__ = ["app", "quick_passwords", "town"]

pytestmark = pytest.mark.browser

ROWS = [typed(fictitious_person(5, number)) for number in range(3)]
MOBILES = ["13800000001", "13800000002", "13800000003"]


@pytest.fixture
def page(app: Flask, town: Town, chromium: Browser) -> Iterator[Page]:
    """The grid of three people, in rows 2 to 4, whose mobile numbers are too short."""
    batch_no = Walker(app.test_client()).log_in(town.li).open_batch(town.li.code)
    done = an_import(batch_of(town.li, batch_no), [(*row[:5], "138000", row[6]) for row in ROWS])
    with served(app) as url, opened(chromium) as page:
        log_in(page, url, town.li)
        page.goto(f"{url}/imports/{done.upload.id}/corrections")
        yield page


def mobile(page: Page, row: int) -> Locator:
    return page.locator(f'[name="r{row}-mobile"]')


def save(page: Page, row: int) -> None:
    page.get_by_role("button", name=f"保存第{row}行").click()


def test_rows_that_are_saved_one_right_after_the_other_are_all_told(page: Page) -> None:
    network = SlowNetwork(page, "**/corrections*")
    for row, number in enumerate(MOBILES, start=2):
        mobile(page, row).fill(number)
        save(page, row)
    network.let_all_through()
    expect(page.get_by_text("没有需要修改的行了")).to_be_visible()
    expect(page.locator(".tally dd").first).to_have_text(re.compile("^3"))


def test_what_is_typed_while_a_save_is_under_way_stays_and_so_does_the_place(page: Page) -> None:
    network = SlowNetwork(page, "**/corrections*")
    mobile(page, 2).fill(MOBILES[0])
    save(page, 2)
    mobile(page, 3).fill(MOBILES[1])
    mobile(page, 4).press("End")
    mobile(page, 4).press_sequentially("99")
    network.let_all_through()
    expect(mobile(page, 2)).to_have_count(0)
    expect(mobile(page, 3)).to_have_value(MOBILES[1])
    expect(mobile(page, 4)).to_have_value("13800099")
    expect(mobile(page, 4)).to_be_focused()
    expect(page.locator("#changed-says")).to_have_text("已改 2 行，未保存")
