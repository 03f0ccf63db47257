"""The top bar: each role finds its own pages, and the one that it is on is marked."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from models.rules.permissions import Role
from tests.conftest import use_environment
from tests.web.conftest import Browser
from web.access import asked_by
from web.navigation import ENTRIES, entries_of

BARS = {
    Role.HANDLER: "参保批次 导入记录 缴费凭证 参保编码申请 经办人填报 帮助",
    Role.SUPERIOR_UNION: "参保批次 单位进度 管理 帮助",
    Role.TECH_SUPPORT: "管理 帮助",
    Role.SERVICE_DESK: "参保批次 参保编码申请 管理 帮助",
    Role.REVIEWER: "工作台 参保批次 缴费凭证 参保编码申请 特殊事项 人员查询 管理 帮助",
    Role.ADMIN: "工作台 参保批次 缴费凭证 参保编码申请 特殊事项 人员查询 管理 帮助",
}


@pytest.mark.parametrize("role", Role)
def test_each_role_finds_its_own_pages(sqlite: None, role: Role, monkeypatch: pytest.MonkeyPatch) -> None:
    use_environment(monkeypatch, CANBAO_ENV="production")
    assert " ".join(entry.text for entry in entries_of(role)) == BARS[role]


def test_a_demonstration_has_its_clock_and_outbox_too(app: Flask) -> None:
    assert [entry.text for entry in entries_of(Role.ADMIN)][-2:] == ["演示时钟", "发件箱"]


BELONGS_TO_NO_ENTRY = {
    "account": "one's own password is found beside one's name",
    "deadline": "a part of other pages",
    "notices": "found beside one's name, with how many are unread",
}


def test_every_page_for_those_who_are_logged_in_belongs_to_one_entry(app: Flask) -> None:
    families = {
        rule.endpoint.partition(".")[0]
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or ()) and "." in rule.endpoint and asked_by(app, rule.endpoint)
    } - {"api"}
    entries = {family: {entry.text for entry in ENTRIES if family in entry.families} for family in families}
    wrong = {family: found for family, found in entries.items() if len(found) != 1}
    assert wrong == {family: set() for family in BELONGS_TO_NO_ENTRY}


@pytest.mark.parametrize(
    ("address", "marked"),
    [
        ("/batches", ["参保批次"]),
        ("/batches/{batch_no}/roster", ["参保批次"]),
        ("/imports", ["导入记录"]),
        ("/vouchers", ["缴费凭证"]),
        ("/help", ["帮助"]),
    ],
)
def test_the_page_that_is_shown_is_marked(li: Browser, batch_no: str, address: str, marked: list[str]) -> None:
    bar = li.get(address.format(batch_no=batch_no)).get_data(as_text=True).partition("</nav>")[0]
    assert re.findall(r'aria-current="page">([^<]+)<', bar) == marked
