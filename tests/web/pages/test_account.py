import re
from datetime import UTC, datetime

import pytest
from flask import Flask

from models.actions.keep_accounts import disable_account, find_account
from models.records.database import writing
from tests.conftest import use_environment
from tests.web.conftest import Browser, Town, text_of
from tests.web.standing import Applications


def test_a_page_asks_for_the_log_in_and_comes_back(stranger: Browser, town: Town) -> None:
    asked = stranger.get("/batches?page=2")
    assert asked.status_code == 302
    form = stranger.get(asked.location)
    assert 'name="next" value="/batches?page=2"' in form.get_data(as_text=True)
    answer = stranger.post("/log-in", email=town.li.email, password=town.li.password, next="/batches?page=2")
    assert (answer.status_code, answer.location) == (303, "/batches?page=2")


def test_an_unknown_account_and_a_wrong_password_are_answered_alike(stranger: Browser, town: Town) -> None:
    wrong = stranger.post("/log-in", "/log-in", email=town.li.email, password="wrong")
    unknown = stranger.post("/log-in", email="nobody@doudou.example", password="wrong")
    assert wrong.status_code == unknown.status_code == 401
    assert "账号或密码错误，请重新输入。 AUTH-001" in text_of(wrong)
    assert text_of(wrong) == text_of(unknown)


def test_the_log_in_page_leads_nowhere_else(stranger: Browser, town: Town) -> None:
    for elsewhere in (
        "https://elsewhere.example/",
        "//elsewhere.example",
        "/\\elsewhere.example",
        "javascript:1",
    ):
        stranger.get("/log-in")
        answer = stranger.post("/log-in", email=town.li.email, password=town.li.password, next=elsewhere)
        assert answer.location == "/batches", elsewhere
        stranger.post("/log-out", "/batches")


def test_the_page_says_who_is_logged_in_and_as_what_but_not_the_same_twice(
    li: Browser, admin: Browser, town: Town
) -> None:
    assert "李小满 · 经办人" in text_of(li.get("/batches"))
    with writing() as records:
        find_account(records, town.admin.email).name = "市职保会管理员"
    assert text_of(admin.get("/batches")).count("市职保会管理员") == 1


def test_after_the_log_out_a_kept_cookie_is_worthless(app: Flask, li: Browser) -> None:
    kept = li.client.get_cookie("canbao")
    assert kept is not None
    li.post("/log-out", "/batches")
    thief = Browser(app.test_client())
    thief.client.set_cookie("canbao", kept.value)
    assert thief.get("/batches").status_code == 302


def test_a_log_out_that_fails_leaves_the_browser_logged_in(li: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("web.pages.account.REQUEST_WAIT_SECONDS", 0.05)
    li.get("/batches")
    with writing():
        assert li.post("/log-out").status_code == 503
    assert li.get("/batches").status_code == 200


def test_who_is_disabled_is_logged_out_at_once(li: Browser, town: Town) -> None:
    assert li.get("/batches").status_code == 200
    with writing() as records:
        account = find_account(records, town.li.email)
        assert account is not None
        disable_account(records, account, datetime.now(UTC))
    assert li.get("/batches").status_code == 302


def test_a_log_in_that_ran_out_says_so_and_leads_back_to_the_page(li: Browser, town: Town, batch_no: str) -> None:
    li.get(f"/batches/{batch_no}/roster")
    li.client.delete_cookie("canbao")
    page = f"http://localhost/batches/{batch_no}/roster"
    answer = li.client.post(f"/batches/{batch_no}/people/remove", data={"pick": "1"}, headers={"Referer": page})
    assert answer.status_code == 401
    assert "登录已超时，请重新登录。 AUTH-005" in text_of(answer)
    assert f"/log-in?next=/batches/{batch_no}/roster" in answer.get_data(as_text=True)


def test_the_cookie_is_out_of_reach_for_scripts_and_other_sites(stranger: Browser) -> None:
    cookie = stranger.get("/log-in").headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_in_production_cookies_go_over_https_only_and_browsers_are_told_to(
    stranger: Browser, town: Town, applications: Applications, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = stranger.get("/log-in")
    assert "Strict-Transport-Security" not in plain.headers
    assert "Secure" not in plain.headers["Set-Cookie"]
    use_environment(monkeypatch, CANBAO_ENV="production")
    client = applications.now().test_client()
    form = client.get("/log-in", base_url="https://localhost")
    sent = {"csrf_token": re.findall(r'name="csrf_token" value="([^"]+)"', form.get_data(as_text=True))[0]}
    sent |= {"email": town.li.email, "password": town.li.password}
    answer = client.post("/log-in", data=sent, base_url="https://localhost", headers={"Referer": "https://localhost/"})
    assert answer.status_code == 303
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"
    cookies = answer.headers.getlist("Set-Cookie")
    assert len(cookies) == 2
    assert all("; Secure;" in cookie for cookie in cookies)
