"""What holds for every page: its headers, its tokens, and that nobody sees what is another's."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from werkzeug.routing import Rule

from tests.web.conftest import Browser, Town, imported, text_of
from tests.workbooks import WANG_DOUDOU, some_people

INLINE = re.compile(r"\sstyle=|\son[a-z]+=|<style|<script(?![^>]*\ssrc=)|javascript:", re.I)


@pytest.fixture
def import_id(li: Browser, batch_no: str) -> int:
    """A finished import of 李小满's with good and wrong rows."""
    wrong = (*WANG_DOUDOU[:2], "110101199003079092", *WANG_DOUDOU[3:])
    return imported(li, batch_no, [wrong, *some_people(3)])


def addresses(app: Flask, method: str, batch_no: str, import_id: int) -> Iterator[tuple[Rule, str]]:
    """Every page that answers this method, with an address of 李小满's."""
    values: dict[str, object] = {"batch_no": batch_no, "import_id": import_id, "kind": "central"}
    with app.test_request_context():
        for rule in app.url_map.iter_rules():
            if method in (rule.methods or ()) and rule.endpoint != "static":
                used = {name: values[name] for name in rule.arguments}
                yield rule, app.url_for(rule.endpoint, **used)


def test_every_page_forbids_scripts_and_styles_from_elsewhere_and_has_none_inside(
    app: Flask, li: Browser, admin: Browser, batch_no: str, import_id: int
) -> None:
    for rule, address in addresses(app, "GET", batch_no, import_id):
        for browser in (li, admin, Browser(app.test_client())):
            answer = browser.get(address)
            policy = answer.headers["Content-Security-Policy"]
            assert "default-src 'self'" in policy, address
            assert "unsafe" not in policy, address
            assert "frame-ancestors 'none'" in policy, address
            assert answer.headers["X-Content-Type-Options"] == "nosniff", address
            assert answer.headers["Cache-Control"] == "no-store", address
            assert answer.headers["Referrer-Policy"] == "same-origin", address
            if answer.mimetype == "text/html":
                assert not INLINE.search(answer.get_data(as_text=True)), (rule, address)


def test_every_form_is_refused_without_its_token(app: Flask, li: Browser, batch_no: str, import_id: int) -> None:
    checked = 0
    for _rule, address in addresses(app, "POST", batch_no, import_id):
        answer = li.client.post(address, data={"pick": "1", "confirmed": "1"})
        assert answer.status_code == 400, address
        assert "没有执行任何操作" in text_of(answer), address
        checked += 1
    assert checked > 8


def test_every_page_of_anothers_batch_does_not_exist(app: Flask, zhou: Browser, batch_no: str, import_id: int) -> None:
    zhou.get("/batches")
    token = zhou.token()
    for method in ("GET", "POST"):
        for rule, address in addresses(app, method, batch_no, import_id):
            if {"batch_no", "import_id"} & rule.arguments:
                data = {"csrf_token": token, "confirmed": "1", "pick": "1", "id_no": "110101199003079091"}
                answer = zhou.client.open(address, method=method, data=data if method == "POST" else None)
                assert answer.status_code == 404, (method, address)
                assert "BAT-005" in text_of(answer), (method, address)


def test_an_unknown_batch_looks_like_anothers(li: Browser, zhou: Browser, batch_no: str) -> None:
    foreign = zhou.get(f"/batches/{batch_no}/roster")
    unknown = zhou.get("/batches/SZSH202004209999/roster")
    assert foreign.status_code == unknown.status_code == 404
    assert text_of(foreign) == text_of(unknown)


def test_no_page_shows_a_whole_number(app: Flask, li: Browser, batch_no: str, import_id: int) -> None:
    for _rule, address in addresses(app, "GET", batch_no, import_id):
        for tab in ("", "?tab=rows", "?tab=occupied"):
            answer = li.get(address + tab)
            if answer.mimetype == "text/html":
                body = answer.get_data(as_text=True)
                assert not re.search(r"(?<!\d)\d{17}[\dX](?!\d)", body), address
    assert "1101*****9092" in text_of(li.get(f"/imports/{import_id}?tab=rows"))


def test_who_is_not_logged_in_sees_the_log_in_and_the_template_alone(
    app: Flask, stranger: Browser, batch_no: str, import_id: int
) -> None:
    seen = {
        address
        for _rule, address in addresses(app, "GET", batch_no, import_id)
        if stranger.get(address).status_code == 200
    }
    assert seen == {"/log-in", "/template.xlsx"}


def test_static_files_are_kept_by_version(stranger: Browser) -> None:
    address = re.search(r'href="(/static/css/kit\.css\?v=\w+)"', stranger.get("/log-in").get_data(as_text=True))
    assert address
    assert "immutable" in stranger.get(address[1]).headers["Cache-Control"]


def test_an_address_that_leads_nowhere_is_a_page(li: Browser) -> None:
    answer = li.get("/nowhere")
    assert answer.status_code == 404
    assert "没有这个页面。" in text_of(answer)


def test_a_bug_is_answered_by_a_sentence_and_no_trace(
    app: Flask, li: Browser, batch_no: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    app.testing = False
    monkeypatch.setattr("web.pages.batches.list_batches", lambda *_: 1 / 0)
    answer = li.get("/batches")
    assert answer.status_code == 500
    assert "系统繁忙，请稍后重试。" in text_of(answer)
    assert "ZeroDivision" not in answer.get_data(as_text=True)


def test_staff_read_every_batch_and_change_none(reviewer: Browser, town: Town, batch_no: str, import_id: int) -> None:
    page = reviewer.get(f"/batches/{batch_no}/roster")
    assert "3 人" in text_of(page)
    assert "移除" not in text_of(page)
    assert "上传并导入" not in text_of(page)
    assert reviewer.get(f"/imports/{import_id}").status_code == 200
    assert reviewer.post(f"/batches/{batch_no}/people/remove", pick="1", confirmed="1").status_code == 403
    assert reviewer.post(f"/imports/{import_id}/repeat").status_code == 403
    assert reviewer.get("/batches/open/central").status_code == 403
