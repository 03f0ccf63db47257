"""人员查询 as a page."""

from __future__ import annotations

import re
from typing import Any

import pytest
from werkzeug.test import TestResponse

import web.pages.search
from models.records.audit import AuditEntry
from models.records.database import reading, writing
from tests.web.conftest import Browser, imported, text_of
from tests.workbooks import WANG_DOU, WANG_DOUDOU, some_people

NUMBER = WANG_DOUDOU[2]


@pytest.fixture
def filled(li: Browser, batch_no: str) -> str:
    """李小满's batch with 王豆豆, 王豆 and 22 others of one name."""
    namesakes = [("陈同名", *row[1:]) for row in some_people(22)]
    imported(li, batch_no, [WANG_DOUDOU, WANG_DOU, *namesakes])
    return batch_no


def search(browser: Browser, **fields: str) -> TestResponse:
    """Fill in the form and follow where it leads."""
    answer = browser.post("/people/search", "/people", **fields)
    return browser.get(answer.location) if answer.status_code == 303 else answer


def searches() -> int:
    with reading() as records:
        return records.query(AuditEntry).filter_by(action="search_people").count()


def test_staff_find_it_in_their_navigation_and_nobody_else(reviewer: Browser, li: Browser) -> None:
    assert "人员查询" in text_of(reviewer.get("/batches"))
    assert "人员查询" not in text_of(li.get("/batches"))
    assert "请输入证件号码或姓名" in text_of(reviewer.get("/people"))


def test_a_number_is_found_and_stands_in_no_address(reviewer: Browser, filled: str) -> None:
    page = search(reviewer, id_no=NUMBER)
    words = text_of(page)
    for said in ("王豆豆", "1101*****9091", filled, "上海豆豆精密机械有限公司", "清册待校验", "未占用"):
        assert said in words, said
    assert "李小满 021-55500142" in words
    assert NUMBER not in page.request.url
    assert NUMBER not in "".join(re.findall(r'(?:href|action)="([^"]*)"', page.get_data(as_text=True)))
    assert searches() == 1


def test_names_are_paged_and_keep_their_form(reviewer: Browser, filled: str) -> None:
    first = search(reviewer, name="同名", match="part", plan_year="2020")
    assert "第 1–20 人，共 22 人" in text_of(first)
    for kept in ('value="同名"', 'value="part" selected', "<option selected>2020</option>"):
        assert kept in first.get_data(as_text=True), kept
    following = re.search(r'class="page-link" href="([^"]+page=2)"', first.get_data(as_text=True))
    assert following
    assert "第 21–22 人，共 22 人" in text_of(reviewer.get(following[1].replace("&amp;", "&")))
    beyond = reviewer.get(following[1].replace("&amp;", "&").replace("page=2", "page=9"))
    assert (beyond.status_code, beyond.location[-7:]) == (302, "&page=2")


def test_what_is_no_number_is_said_beside_the_form_and_not_searched(reviewer: Browser, filled: str) -> None:
    page = search(reviewer, id_no="110101199003079092")
    assert page.status_code == 422
    assert "身份证号码校验位不正确，请核对。 IDN-005" in text_of(page)
    assert 'value="110101199003079092"' in page.get_data(as_text=True)
    assert "SYS-002" in text_of(search(reviewer))
    assert "姓名含有不允许的字符或过长。 ROW-014" in text_of(search(reviewer, name="王3"))
    assert searches() == 0


@pytest.mark.parametrize("place", ["find_people", "render"])
def test_others_may_write_while_people_are_looked_for_and_shown(
    reviewer: Browser, filled: str, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    really = getattr(web.pages.search, place)

    def act(*asked: Any, **values: Any) -> Any:
        with writing(0.2):
            return really(*asked, **values)

    address = reviewer.post("/people/search", "/people", name="王豆").location
    monkeypatch.setattr(web.pages.search, place, act)
    page = reviewer.get(address)
    assert (page.status_code, "上海豆豆精密机械有限公司" in text_of(page)) == (200, True)
    assert searches() == 1


def test_nobody_found_is_said_with_a_way_on(reviewer: Browser, filled: str) -> None:
    assert "没有符合条件的人员" in text_of(search(reviewer, name="陈没有"))


@pytest.mark.parametrize("token", ["", "AAAA", "nonsense"])
def test_a_search_that_is_too_old_asks_again(reviewer: Browser, filled: str, token: str) -> None:
    answer = reviewer.get(f"/people?f={token}")
    assert (answer.status_code, answer.location) == (303, "/people")
    assert "查询条件已过期" in text_of(reviewer.get("/people"))


def test_anothers_search_does_not_open(reviewer: Browser, admin: Browser, filled: str) -> None:
    address = reviewer.post("/people/search", "/people", id_no=NUMBER).location
    assert admin.get(address).status_code == 303
    assert searches() == 0
