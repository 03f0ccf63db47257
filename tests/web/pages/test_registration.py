"""注册 as pages."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from models.actions.picture_code import digits_of
from models.records.account import Account
from models.records.database import reading
from models.records.notice import OutgoingMessage
from tests.conftest import use_environment
from tests.web.conftest import Browser, Town, text_of

EMAIL, PASSWORD = "new@unit.example", "correct battery staple"


def shown(browser: Browser) -> str:
    """What the picture of the form shows; the browser itself keeps it sealed."""
    browser.get("/register")
    with browser.client.session_transaction() as kept:
        return digits_of(kept["picture"])


def ask(browser: Browser, email: str = EMAIL, password: str = PASSWORD, picture: str | None = None) -> TestResponse:
    digits = shown(browser)
    return browser.post("/register", email=email, password=password, picture=digits if picture is None else picture)


def letter() -> str:
    with reading() as records:
        return records.scalars(select(OutgoingMessage.body).order_by(OutgoingMessage.id.desc())).first() or ""


def code() -> str:
    found = re.search(r"\d{6}", letter())
    assert found
    return found[0]


def accounts() -> int:
    with reading() as records:
        return records.scalar(select(func.count()).select_from(Account)) or 0


def test_from_the_log_in_page_to_the_first_form(stranger: Browser, town: Town) -> None:
    assert 'href="/register"' in stranger.get("/log-in").get_data(as_text=True)
    assert ask(stranger).location == "/register/confirm"
    assert f"邮件已发送到 {EMAIL}" in text_of(stranger.get("/register/confirm"))
    done = stranger.post("/register/confirm", code=code())
    assert (done.status_code, done.location) == (303, "/handler")
    page = text_of(stranger.get("/handler"))
    assert "注册成功" in page
    assert EMAIL in page


def test_known_and_unknown_addresses_are_answered_alike(stranger: Browser, town: Town, app: object) -> None:
    answers = []
    for email in (EMAIL, town.li.email):
        first = ask(stranger, email)
        page = text_of(stranger.get(first.location)).replace(email, "…")
        wrong = stranger.post("/register/confirm", code="abcdef")
        answers.append((first.status_code, first.location, page, wrong.status_code, text_of(wrong).replace(email, "…")))
    assert answers[0] == answers[1]
    assert "邮件验证码错误或已失效" in answers[0][4]
    assert "该邮箱已注册" in letter()


def test_before_the_confirmation_the_log_in_says_what_is_missing(stranger: Browser, town: Town) -> None:
    ask(stranger)
    answer = stranger.post("/log-in", "/log-in", email=EMAIL, password=PASSWORD)
    assert answer.status_code == 401
    assert "请先通过邮件确认邮箱。 AUTH-010" in text_of(answer)


@pytest.mark.parametrize(
    ("changed", "status", "said"),
    [
        ({"email": ""}, 422, "请填写“账号（电子邮箱）”。 SYS-002"),
        ({"email": "new@unit"}, 422, "邮箱格式不正确。 APP-007"),
        ({"password": "password1234"}, 422, "密码至少12位，且不能为常见密码。 AUTH-009"),
        ({"password": ""}, 422, "AUTH-009"),
        ({"picture": ""}, 422, "请填写“图形验证码”。 SYS-002"),
        ({"picture": "12x4"}, 401, "图形验证码错误，请重新输入。 AUTH-002"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_sent(
    stranger: Browser, town: Town, changed: dict[str, str], status: int, said: str
) -> None:
    answer = ask(stranger, **changed)
    assert answer.status_code == status
    assert said in text_of(answer)
    assert letter() == ""


def test_a_picture_serves_once(stranger: Browser, town: Town) -> None:
    digits = shown(stranger)
    with stranger.client.session_transaction() as kept:
        picture = kept["picture"]
    stranger.post("/register", email=EMAIL, password=PASSWORD, picture=digits)
    with stranger.client.session_transaction() as kept:
        kept["picture"] = picture
    again = stranger.post("/register", email="other@unit.example", password=PASSWORD, picture=digits)
    assert "AUTH-002" in text_of(again)


def test_another_picture_keeps_the_address(stranger: Browser, town: Town) -> None:
    first = shown(stranger)
    page = stranger.post("/register", email=EMAIL, another="1")
    assert f'value="{EMAIL}"' in page.get_data(as_text=True)
    assert "alert" not in page.get_data(as_text=True)
    assert stranger.post("/register", email=EMAIL, password=PASSWORD, picture=f"{first}0").status_code == 401


def test_asking_again_at_once_waits(stranger: Browser, town: Town) -> None:
    ask(stranger)
    again = ask(stranger)
    assert again.status_code == 429
    assert "SMS-002" in text_of(again)


def test_a_wrong_code_makes_no_account(stranger: Browser, town: Town) -> None:
    before = accounts()
    ask(stranger)
    wrong = "000000" if code() != "000000" else "111111"
    stranger.get("/register/confirm")
    assert stranger.post("/register/confirm", code=wrong).status_code == 401
    assert stranger.post("/register/confirm", code=" ").status_code == 422
    assert accounts() == before


def test_without_the_first_step_there_is_no_second(stranger: Browser, town: Town) -> None:
    assert stranger.get("/register/confirm").location == "/register"
    assert stranger.post("/register/confirm", "/register", code="123456").location == "/register"


def test_who_is_logged_in_has_an_account(li: Browser) -> None:
    assert li.get("/register").location == "/batches"


def test_where_no_letters_are_read_there_is_no_such_page(
    stranger: Browser, town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_environment(monkeypatch, CANBAO_ENV="production")
    assert stranger.get("/register").status_code == 404
    assert 'href="/register"' not in stranger.get("/log-in").get_data(as_text=True)
