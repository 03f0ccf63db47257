"""A roster uploaded in a real browser, and what the page of its import counts."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page

from tests.browser.conftest import Site
from tests.records import BatchOf


def upload(page: Page, site: Site, batch: BatchOf, content: bytes, path: Path) -> None:
    """Choose the file and press 上传并导入."""
    path.write_bytes(content)
    page.goto(f"{site.url}/batches/{batch.batch_no}/roster")
    page.locator('input[type="file"]').set_input_files(path)
    page.get_by_role("button", name="上传并导入").click()
    page.wait_for_url(lambda url: "/imports/" in url)


def tallies(page: Page) -> list[int]:
    """The seven counts as the page shows them, in the order of the outcomes."""
    figures = page.locator(".tally dd").evaluate_all("all => all.map(dd => dd.firstChild.textContent)")
    return [int(figure.replace(",", "")) for figure in figures]
