"""What holds for every page: its headers, its tokens, and that nobody sees what is another's."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from werkzeug.routing import Rule

from tests.quick_passwords import quick_passwords
from tests.web.conftest import Browser, Town, text_of
from tests.web.scene import OWN, PRINTS_THE_HANDBOOKS_PEOPLE, SHARED, Scene, address, rules
from web.attachment import NOTHING_RUNS

__all__ = ["quick_passwords"]

INLINE = re.compile(r"\sstyle=|\son[a-z]+=|<style|<script(?![^>]*\ssrc=)|javascript:", re.I)


@pytest.fixture
def batch_no(scene: Scene) -> str:
    """李小满's batch."""
    return str(scene.things[OWN]["batch_no"])


@pytest.fixture
def import_id(scene: Scene) -> int:
    """Its import."""
    return int(scene.things[OWN]["import_id"])


def pages(app: Flask, scene: Scene) -> Iterator[tuple[Rule, str]]:
    """Every page that is looked at, with an address of 李小满's; the interface and the watchers' addresses aside."""
    for method, rule in rules(app):
        if method == "GET" and not rule.rule.startswith("/api/") and rule.endpoint.partition(".")[0] != "health":
            yield rule, address(app, rule, scene.values(rule.arguments, OWN))


def test_every_page_forbids_scripts_and_styles_from_elsewhere_and_has_none_inside(
    app: Flask, scene: Scene, li: Browser, admin: Browser
) -> None:
    for rule, page in pages(app, scene):
        for browser in (li, admin, Browser(app.test_client())):
            answer = browser.get(page)
            policy = answer.headers["Content-Security-Policy"]
            assert "default-src 'self'" in policy or policy == NOTHING_RUNS, page  # the latter: an attachment
            assert "unsafe" not in policy, page
            assert "frame-ancestors 'none'" in policy, page
            assert answer.headers["X-Content-Type-Options"] == "nosniff", page
            assert answer.headers["Cache-Control"] == "no-store", page
            assert answer.headers["Referrer-Policy"] == "same-origin", page
            if answer.mimetype == "text/html":
                assert not INLINE.search(answer.get_data(as_text=True)), (rule, page)


def test_an_unknown_batch_looks_like_anothers(li: Browser, zhou: Browser, batch_no: str) -> None:
    foreign = zhou.get(f"/batches/{batch_no}/roster")
    unknown = zhou.get("/batches/SZSH202004209999/roster")
    assert foreign.status_code == unknown.status_code == 404
    assert text_of(foreign) == text_of(unknown)


WHOLE_NUMBERS = {"people.show_person", "people.ask_to_edit", "corrections.show_grid"}
"""Pages that are there to show them; each view is written down (tests/web/test_audited_views.py)."""


def test_no_other_page_shows_a_whole_number(app: Flask, scene: Scene, li: Browser, import_id: int) -> None:
    for rule, page in pages(app, scene):
        if rule.endpoint in WHOLE_NUMBERS | PRINTS_THE_HANDBOOKS_PEOPLE:
            continue
        for tab in ("", "?tab=rows", "?tab=occupied"):
            answer = li.get(page + tab)
            if answer.mimetype == "text/html":
                body = answer.get_data(as_text=True)
                assert not re.search(r"(?<!\d)\d{17}[\dX](?!\d)", body), page
    assert "1101*****9092" in text_of(li.get(f"/imports/{import_id}?tab=rows"))


def test_who_is_not_logged_in_sees_the_log_in_the_registration_the_help_and_the_dates_alone(
    app: Flask, scene: Scene, stranger: Browser
) -> None:
    seen = {page for _rule, page in pages(app, scene) if stranger.get(page).status_code == 200}
    codes = f"/help/codes/{SHARED['code']}"
    of_help = {"/help", "/help/codes", codes, "/template.xlsx"}
    assert seen == {"/log-in", "/log-in/forgotten", "/register", "/deadline/2020"} | of_help


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
