"""管理: what is not used every day, and the way back from it."""

from __future__ import annotations

import re

from tests.web.conftest import Browser


def test_every_page_of_the_desk_leads_back_to_it(admin: Browser) -> None:
    desk = admin.get("/desk").get_data(as_text=True)
    pages = re.findall(r'href="(/[^"]+)"', desk.partition("<main")[2].partition("</main>")[0])
    assert len(pages) >= 10
    without = [page for page in pages if not _leads_back(admin.get(page).get_data(as_text=True))]
    assert without == []


def _leads_back(page: str) -> bool:
    where = re.search(r'<nav aria-label="当前位置">.*?</nav>', page, re.S)
    return where is not None and 'href="/desk"' in where[0]
