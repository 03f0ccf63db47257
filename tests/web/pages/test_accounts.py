"""账户 as pages: finding them, a password that is shown once, and what administrators do besides (AC02)."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from models.actions.keep_accounts import add_account
from models.actions.keep_tokens import viewer_of_token
from models.records.account import Account
from models.records.database import reading, writing
from models.rules.permissions import Role
from tests.web.conftest import MORNING, Browser, Person, Town, account_id, imported, text_of
from tests.workbooks import some_people


def somebody(app: Flask, role: Role, email: str = "") -> Browser:
    """Somebody of this role, logged in."""
    with writing() as records:
        address = email or f"{role}@help.example"
        _, password = add_account(records, address, role, now=MORNING, name=role.text)
    return Browser(app.test_client()).log_in(Person(address, password))


@pytest.fixture
def union(app: Flask, town: Town) -> Browser:
    """李小满's 上级工会."""
    browser, below = somebody(app, Role.SUPERIOR_UNION), account_id(town.li)
    with writing() as records:
        superior = records.query(Account).filter_by(role="superior_union").one()
        records.get_one(Account, below).superior_union_id = superior.id
    return browser


@pytest.fixture
def support(app: Flask, town: Town) -> Browser:
    return somebody(app, Role.TECH_SUPPORT)


def to(person: Person, act: str = "") -> str:
    """The page of somebody's account, or where one of its forms goes."""
    return f"/accounts/{account_id(person)}" + (f"/{act}" if act else "")


def secret(page: TestResponse) -> str:
    """What is shown once."""
    found = re.search(r'<code id="secret">([^<]+)</code>', page.get_data(as_text=True))
    assert found, text_of(page)
    return found[1]


def test_a_superior_union_resets_a_password_and_the_first_log_in_must_change_it(
    app: Flask, union: Browser, li: Browser, town: Town
) -> None:
    page = union.post(to(town.li, "reset"), to(town.li))
    assert "只显示这一次" in text_of(page)
    assert "此前的登录和访问令牌都已失效" in text_of(page)
    assert page.headers["Cache-Control"] == "no-store"
    assert li.get("/batches").status_code == 302
    again = Browser(app.test_client()).log_in(Person(town.li.email, secret(page)))
    assert again.get("/batches").location == "/account/password"
    assert "密码已重置，请先修改密码。 AUTH-007" in text_of(again.get("/account/password"))


def test_the_password_is_shown_on_no_other_page(union: Browser, town: Town) -> None:
    password = secret(union.post(to(town.li, "reset"), to(town.li)))
    for page in (union.get(to(town.li)), union.get("/accounts")):
        assert password not in page.get_data(as_text=True)
    assert "待修改密码" in text_of(union.get("/accounts"))


def test_another_unions_account_is_like_none(union: Browser, town: Town) -> None:
    for path in (to(town.zhou), to(town.admin), "/accounts/9999"):
        assert (union.get(path).status_code, union.post(f"{path}/reset", "/accounts").status_code) == (404, 404)


def test_a_superior_union_sees_the_totals_of_accounts_below_and_nobody_elses(
    union: Browser, li: Browser, town: Town
) -> None:
    imported(li, li.open_batch(town.li.code), some_people(3))
    listed = text_of(union.get("/accounts"))
    assert f"{town.li.email} 上海豆豆精密机械有限公司 1 / 0 3 0.00" in listed
    assert town.zhou.email not in listed
    page = text_of(union.get(to(town.li)))
    assert "2020 保障年度参保合计 批次 1 参保成功 0 清册人数 3 人 应缴保费 0.00 元" in page
    assert "经办人填报" not in page
    assert "访问令牌表格" not in page
    assert "停用账户" not in page


def test_tech_support_begins_at_the_accounts_and_finds_one_by_its_whole_address(support: Browser, town: Town) -> None:
    assert support.get("/").location == "/accounts"
    assert "请先输入账号" in text_of(support.get("/accounts"))
    found = support.get(f"/accounts?email={town.zhou.email}")
    assert f"{town.zhou.email} 上海豆苗仪表有限公司 启用 查看" in text_of(found)
    assert f'value="{town.zhou.email}"' in found.get_data(as_text=True)
    page = support.get(f"{to(town.zhou)}?email={town.zhou.email}")
    form = re.search(r'action="(/accounts/\d+/reset[^"]*)"', page.get_data(as_text=True))
    assert form, text_of(page)
    assert secret(support.post(form[1]))


@pytest.mark.parametrize("typed", ["", "?email=", "?email=zhou", "?email={li}"])
def test_tech_support_does_not_walk_past_accounts_by_their_numbers(support: Browser, town: Town, typed: str) -> None:
    said = typed.format(li=town.li.email)
    assert support.get(f"{to(town.zhou)}{said}").status_code == 404
    assert support.post(f"{to(town.zhou, 'reset')}{said}", "/accounts").status_code == 404


def test_tech_support_does_not_find_a_unit_that_has_a_union(union: Browser, support: Browser, town: Town) -> None:
    assert "没有符合条件的账户" in text_of(support.get(f"/accounts?email={town.li.email}"))
    assert support.get(f"{to(town.li)}?email={town.li.email}").status_code == 404


def test_both_find_the_page_under_the_desk(union: Browser, support: Browser) -> None:
    for browser in (union, support):
        assert "账户 查找账户，重置密码" in text_of(browser.get("/desk"))


def test_an_administrator_narrows_the_list_and_the_filters_keep_their_values(admin: Browser, town: Town) -> None:
    page = admin.get("/accounts?email=doudou&role=handler&unit=仪表")
    assert town.zhou.email in text_of(page)
    assert town.li.email not in text_of(page)
    html = page.get_data(as_text=True)
    assert 'value="doudou"' in html
    assert 'value="仪表"' in html
    assert '<option value="handler" selected>' in html
    assert "没有符合条件的账户" in text_of(admin.get("/accounts?unit=无此单位"))
    assert town.li.email in text_of(admin.get("/accounts?role=nonsense"))


def test_an_administrator_sees_who_works_for_a_unit_and_how_to_reach_them(admin: Browser, town: Town) -> None:
    page = text_of(admin.get(to(town.li)))
    assert "经办人姓名 李小满 经办人电话 021-55500142" in page
    assert "0088D2 上海豆豆精密机械有限公司" in page


def test_a_new_colleague_logs_in_with_the_password_that_was_shown(app: Flask, admin: Browser) -> None:
    page = admin.post(
        "/accounts/new", "/accounts/new", email="second@union.example", name="审核员二号", role="reviewer"
    )
    assert "都已失效" not in text_of(page)
    browser = Browser(app.test_client()).log_in(Person("second@union.example", secret(page)))
    assert browser.get("/batches").location == "/account/password"
    assert "审核员二号" in text_of(admin.get("/accounts"))


def test_a_refused_colleague_comes_back_as_typed(admin: Browser, town: Town) -> None:
    page = admin.post("/accounts/new", "/accounts/new", email=town.li.email, name="审核员二号", role="reviewer")
    assert page.status_code == 422
    assert "该邮箱已注册，请直接登录或重置密码。 AUTH-008" in text_of(page)
    html = page.get_data(as_text=True)
    assert 'value="审核员二号"' in html
    assert '<option value="reviewer" selected>' in html
    several = text_of(admin.post("/accounts/new", "/accounts/new"))
    assert "有 3 处需要修改，账户尚未建立。" in several


def test_a_disabled_account_is_out_until_it_is_enabled(admin: Browser, li: Browser, town: Town) -> None:
    admin.post(to(town.li, "disable"), to(town.li))
    assert "已停用，登录和访问令牌不再有效；批次和清册没有变化。" in text_of(admin.get(to(town.li)))
    assert li.get("/batches").status_code == 302
    assert li.post("/log-in", "/log-in", email=town.li.email, password=town.li.password).status_code == 401
    admin.post(to(town.li, "enable"), to(town.li))
    assert li.log_in(town.li)


def test_neither_oneself_nor_the_last_administrator_is_disabled(admin: Browser, town: Town) -> None:
    page = admin.post(to(town.admin, "disable"), "/accounts/new")
    assert page.status_code == 409
    assert "这是您自己的账户，不能停用。 BAT-002" in text_of(page)
    assert "停用账户" not in text_of(page)
    assert admin.get("/accounts").status_code == 200


def test_log_ins_are_ended(admin: Browser, li: Browser, town: Town) -> None:
    admin.post(to(town.li, "end-log-ins"), to(town.li))
    assert li.get("/batches").status_code == 302
    assert li.log_in(town.li)


def test_a_superior_union_is_chosen_among_those_in_use(admin: Browser, union: Browser, town: Town) -> None:
    with reading() as records:
        superior = records.query(Account).filter_by(role="superior_union").one()
    answer = admin.post(to(town.zhou, "superior-union"), to(town.zhou), union=str(superior.id))
    assert answer.status_code == 303
    assert f'<option value="{superior.id}" selected>' in admin.get(to(town.zhou)).get_data(as_text=True)
    assert town.zhou.email in text_of(union.get("/accounts"))
    page = admin.post(to(town.zhou, "superior-union"), to(town.zhou), union="999")
    assert page.status_code == 422
    assert "“上级工会”格式不正确。 SYS-003" in text_of(page)


def test_a_token_is_shown_once_and_can_be_revoked(admin: Browser, town: Town) -> None:
    token = secret(admin.post(to(town.li, "tokens"), to(town.li)))
    page = admin.get(to(town.li)).get_data(as_text=True)
    assert token not in page
    assert token[:8] in page
    number = re.search(r'name="token" value="(\d+)"', page)
    assert number
    with reading() as records:
        before = viewer_of_token(records, token)
    admin.post(to(town.li, "tokens/revoke"), to(town.li), token=number[1])
    with reading() as records:
        assert (before is not None, viewer_of_token(records, token)) == (True, None)
    assert 'name="token"' not in admin.get(to(town.li)).get_data(as_text=True)


@pytest.mark.parametrize("typed", ["", "x", "999"])
def test_a_token_that_there_is_not_is_not_revoked(admin: Browser, town: Town, typed: str) -> None:
    assert admin.post(to(town.li, "tokens/revoke"), to(town.li), token=typed).status_code == 422


def test_ones_own_password_is_changed_elsewhere(admin: Browser, town: Town) -> None:
    page = admin.get(to(town.admin))
    assert "修改密码" in text_of(page)
    assert admin.post(to(town.admin, "reset"), "/accounts/new").status_code == 409
