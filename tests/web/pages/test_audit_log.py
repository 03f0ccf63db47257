"""审计日志 as a page."""

from __future__ import annotations

import re
from html import unescape

import pytest
from werkzeug.test import TestResponse

from models.queries.audit_log import SYSTEM
from tests.web.conftest import Browser, imported, text_of
from tests.workbooks import WANG_DOUDOU


@pytest.fixture
def written(li: Browser, batch_no: str) -> str:
    """李小满 has opened a batch and imported a roster."""
    imported(li, batch_no, [WANG_DOUDOU])
    return batch_no


def lines_of(page: TestResponse) -> list[str]:
    """The lines of the table as they are read."""
    rows = re.findall(r"<tr>.*?</tr>", page.get_data(as_text=True), re.S)
    return [re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", row))) for row in rows[1:]]


def test_administrators_find_it_at_their_desk(admin: Browser, reviewer: Browser, written: str) -> None:
    assert "/desk/audit" in admin.get("/desk").get_data(as_text=True)
    assert "/desk/audit" not in reviewer.get("/desk").get_data(as_text=True)
    assert reviewer.get("/desk/audit").status_code == 403


def test_it_says_who_did_what_in_words(admin: Browser, written: str) -> None:
    lines = lines_of(admin.get("/desk/audit"))
    (opened,) = [line for line in lines if "建立参保批次" in line]
    for said in ("2020-04-20", "0088d2@doudou.example", "经办人 · 127.0.0.1", written, "参保类型：集中参保"):
        assert said in opened, said
    assert "上传清册文件" in lines[1]


def test_its_filters_narrow_it_and_keep_their_values(admin: Browser, written: str) -> None:
    page = admin.get(f"/desk/audit?from=2020-04-20&to=2020-04-20&account=0088d2&action=open_batch&batch_no={written}")
    assert ["建立参保批次" in line for line in lines_of(page)] == [True]
    body = page.get_data(as_text=True)
    for value in ('value="2020-04-20"', 'value="0088d2"', 'value="open_batch" selected', f'value="{written}"'):
        assert value in body, value


@pytest.mark.parametrize("query", ["to=2020-04-19", "account=nobody", "batch_no=SZSH1"])
def test_nothing_found_is_said_with_a_way_on(admin: Browser, written: str, query: str) -> None:
    page = text_of(admin.get(f"/desk/audit?{query}"))
    assert "没有符合条件的记录" in page
    assert "清空条件" in page


@pytest.mark.parametrize("query", ["from=nonsense", "to=9999-12-31", "action=nonsense", "page=x", "from=0001-01-01"])
def test_nonsense_is_no_filter(admin: Browser, written: str, query: str) -> None:
    assert any("上传清册文件" in line for line in lines_of(admin.get(f"/desk/audit?{query}")))


def test_a_page_beyond_the_last_leads_to_the_last(admin: Browser, written: str) -> None:
    answer = admin.get("/desk/audit?page=99")
    assert (answer.status_code, answer.location) == (302, "/desk/audit?page=1")


def test_what_the_system_did_is_found_by_its_name(admin: Browser, written: str) -> None:
    lines = lines_of(admin.get(f"/desk/audit?account={SYSTEM}"))
    assert any("发布保障年度" in line for line in lines)
    assert all(SYSTEM in line for line in lines)
