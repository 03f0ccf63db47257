"""Log-in after wrong passwords: a picture or a code by e-mail, then a pause, and never a lock-out by strangers."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask import Flask, session
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from models.actions.picture_code import digits_of
from models.actions.slow_log_in import PICTURE_AFTER_ACCOUNT, PICTURE_AFTER_NETWORK, TRIES_OF_A_PAIR, attempt_of
from models.records.database import reading, writing
from models.records.login_attempt import EmailCodeRequest, LoginFailure, UsedPictureCode
from models.records.notice import OutgoingMessage
from tests.conftest import use_environment
from tests.quick_passwords import quick_passwords
from tests.web.conftest import Browser, Person, Town, text_of

__all__ = ["quick_passwords"]
ELSEWHERE = "198.51.100.9"


def failures(person: Person, times: int, ip: str = "127.0.0.1") -> None:
    """So many wrong passwords for an account have just come from this address."""
    from models.actions.slow_log_in import count_failure

    for _ in range(times):
        with writing() as records:
            count_failure(records, attempt_of(person.email, ip))


def try_to(browser: Browser, person: Person, **fields: str) -> TestResponse:
    """Send the log-in form with the right password and these fields beside it."""
    return browser.post("/log-in", email=person.email, password=person.password, **fields)


def digits(browser: Browser) -> str:
    """What somebody reads in the picture that the browser keeps."""
    with browser.client.session_transaction() as kept:
        return digits_of(kept["picture"])


def has_picture(answer: TestResponse) -> bool:
    return "data:image/png;base64," in answer.get_data(as_text=True)


def latest_code() -> str:
    with reading() as records:
        message = records.query(OutgoingMessage).order_by(OutgoingMessage.id.desc()).first()
    assert message is not None
    found = re.search(r"\d{6}", message.body)
    assert found
    return found[0]


@pytest.fixture
def guessed(stranger: Browser, town: Town) -> Browser:
    """A browser that looks at the log-in after three wrong passwords for 李小满."""
    failures(town.li, PICTURE_AFTER_ACCOUNT)
    stranger.get("/log-in")
    return stranger


def test_the_first_log_in_asks_for_address_and_password_alone(stranger: Browser, town: Town) -> None:
    page = stranger.get("/log-in")
    assert not has_picture(page)
    assert 'name="email_code"' not in page.get_data(as_text=True)
    assert try_to(stranger, town.li).status_code == 303


def test_the_third_wrong_password_brings_the_picture(stranger: Browser, town: Town) -> None:
    stranger.get("/log-in")
    answers = [stranger.post("/log-in", email=town.li.email, password="wrong") for _ in range(PICTURE_AFTER_ACCOUNT)]
    assert [has_picture(answer) for answer in answers] == [False, False, True]
    assert all("AUTH-001" in text_of(answer) for answer in answers)


def test_the_right_password_without_the_picture_is_not_enough(guessed: Browser, town: Town) -> None:
    answer = try_to(guessed, town.li)
    assert answer.status_code == 422
    assert "请填写“图形验证码”。 SYS-002" in text_of(answer)
    assert has_picture(answer)


def test_the_digits_of_the_picture_let_the_right_password_in(guessed: Browser, town: Town) -> None:
    try_to(guessed, town.li)
    assert try_to(guessed, town.li, picture=digits(guessed)).status_code == 303


def test_wrong_digits_are_said_to_be_wrong_and_bring_another_picture(guessed: Browser, town: Town) -> None:
    try_to(guessed, town.li)
    first = digits(guessed)
    answer = try_to(guessed, town.li, picture=f"{(int(first) + 1) % 10_000:04d}")
    assert (answer.status_code, "图形验证码错误，请重新输入。 AUTH-002" in text_of(answer)) == (401, True)
    with guessed.client.session_transaction() as kept:
        assert kept["picture"]
    assert has_picture(answer)


def test_a_picture_that_was_answered_is_not_answered_again(app: Flask, guessed: Browser, town: Town) -> None:
    try_to(guessed, town.li)
    cookie, typed = guessed.client.get_cookie("canbao"), digits(guessed)
    assert cookie is not None
    assert try_to(guessed, town.li, picture=typed).status_code == 303
    again = Browser(app.test_client(), pages=list(guessed.pages))
    failures(town.li, PICTURE_AFTER_ACCOUNT)
    again.client.set_cookie("canbao", cookie.value)
    assert "AUTH-002" in text_of(try_to(again, town.li, picture=typed))


def test_looking_at_pictures_writes_nothing(guessed: Browser, town: Town) -> None:
    failures(town.li, 0)
    try_to(guessed, town.li)
    guessed.post("/log-in", email=town.li.email, another="1")
    with reading() as records:
        assert records.query(UsedPictureCode).count() == 0


def test_another_picture_keeps_the_address_and_counts_no_failure(guessed: Browser, town: Town) -> None:
    try_to(guessed, town.li)
    shown = {digits(guessed)}
    for _ in range(3):  # two pictures in a row may happen to have the same digits
        answer = guessed.post("/log-in", email=town.li.email, another="1")
        shown.add(digits(guessed))
    assert f'value="{town.li.email}"' in answer.get_data(as_text=True)
    assert "AUTH-" not in text_of(answer)
    assert len(shown) > 1
    with reading() as records:
        assert records.query(LoginFailure).count() == PICTURE_AFTER_ACCOUNT


def test_an_unknown_account_asks_for_the_picture_alike(stranger: Browser, town: Town) -> None:
    pages = []
    for email in (town.li.email, "nobody@doudou.example"):
        stranger.get("/log-in")
        pages += [stranger.post("/log-in", email=email, password="wrong") for _ in range(PICTURE_AFTER_ACCOUNT)]
    half = len(pages) // 2
    assert [text_of(page) for page in pages[:half]] == [text_of(page) for page in pages[half:]]
    assert [has_picture(page) for page in pages[:half]] == [has_picture(page) for page in pages[half:]]


def test_a_network_that_guesses_sees_the_picture_at_once(app: Flask, town: Town) -> None:
    for number in range(PICTURE_AFTER_NETWORK):
        failures(Person(f"nobody{number}@doudou.example", ""), 1, ELSEWHERE)
    there, here = app.test_client(), app.test_client()
    assert has_picture(there.get("/log-in", environ_base={"REMOTE_ADDR": "198.51.100.77"}))
    assert not has_picture(here.get("/log-in"))


def test_too_many_wrong_passwords_are_told_to_wait_even_with_the_right_one(stranger: Browser, town: Town) -> None:
    failures(town.li, TRIES_OF_A_PAIR)
    stranger.get("/log-in")
    answer = try_to(stranger, town.li)
    assert answer.status_code == 429
    assert "登录尝试过于频繁，请15分钟后重试。 AUTH-003" in text_of(answer)
    assert answer.headers["Retry-After"] == "900"


def test_the_wait_of_an_unknown_account_looks_the_same(stranger: Browser, town: Town) -> None:
    nobody = Person("nobody@doudou.example", "wrong")
    for person in (town.li, nobody):
        failures(person, TRIES_OF_A_PAIR)
    stranger.get("/log-in")
    known, unknown = try_to(stranger, town.li), try_to(stranger, nobody)
    assert text_of(known) == text_of(unknown)


def test_a_strangers_guesses_elsewhere_never_keep_the_owner_out(stranger: Browser, town: Town) -> None:
    failures(town.li, TRIES_OF_A_PAIR, ELSEWHERE)
    stranger.get("/log-in")
    try_to(stranger, town.li)
    assert try_to(stranger, town.li, picture=digits(stranger)).status_code == 303


def test_the_owners_own_browser_is_not_slowed_by_guesses_from_its_own_network(li: Browser, town: Town) -> None:
    li.post("/log-out", "/batches")
    failures(town.li, TRIES_OF_A_PAIR)
    li.get("/log-in")
    try_to(li, town.li)
    assert try_to(li, town.li, picture=digits(li)).status_code == 303


def test_the_cookie_of_a_known_browser_helps_one_account_only(li: Browser, town: Town) -> None:
    li.post("/log-out", "/batches")
    failures(town.zhou, TRIES_OF_A_PAIR)
    li.get("/log-in")
    assert try_to(li, town.zhou).status_code == 429


def test_the_cookie_of_a_known_browser_is_kept_from_scripts_and_other_pages(stranger: Browser, town: Town) -> None:
    stranger.get("/log-in")
    kept = [line for line in try_to(stranger, town.li).headers.getlist("Set-Cookie") if "canbao_known" in line]
    assert all(part in kept[0] for part in ("HttpOnly", "SameSite=Lax", "Path=/log-in"))
    assert town.li.email not in kept[0]


def test_a_forged_cookie_of_a_known_browser_is_worth_nothing(stranger: Browser, town: Town) -> None:
    failures(town.li, TRIES_OF_A_PAIR)
    stranger.client.set_cookie("canbao_known", "eyJicm93c2VyIjoieCJ9.x", path="/log-in")
    stranger.get("/log-in")
    assert try_to(stranger, town.li).status_code == 429


def test_a_right_password_wipes_out_the_wrong_ones_before_it(stranger: Browser, town: Town) -> None:
    failures(town.li, PICTURE_AFTER_ACCOUNT - 1)
    stranger.get("/log-in")
    try_to(stranger, town.li)
    with reading() as records:
        assert records.query(LoginFailure).count() == 0


def test_a_code_by_email_serves_instead_of_the_picture(guessed: Browser, town: Town) -> None:
    try_to(guessed, town.li)
    form = guessed.post("/log-in/code", email=town.li.email)
    assert 'name="email_code"' in form.get_data(as_text=True)
    assert not has_picture(form)
    assert try_to(guessed, town.li, email_code=latest_code()).status_code == 303


def test_a_wrong_code_by_email_is_refused_in_words_of_its_own(guessed: Browser, town: Town) -> None:
    guessed.post("/log-in/code", email=town.li.email)
    answer = try_to(guessed, town.li, email_code=f"{(int(latest_code()) + 1) % 1_000_000:06d}")
    assert (answer.status_code, "邮件验证码错误或已失效" in text_of(answer)) == (401, True)
    assert "AUTH-002" in text_of(answer)
    assert 'name="email_code"' in answer.get_data(as_text=True)


def test_no_code_by_email_is_asked_for(guessed: Browser, town: Town) -> None:
    guessed.post("/log-in/code", email=town.li.email)
    assert "请填写“邮件验证码”。 SYS-002" in text_of(try_to(guessed, town.li, email_code=" "))


def test_a_second_code_within_a_minute_is_told_to_wait(guessed: Browser, town: Town) -> None:
    guessed.post("/log-in/code", email=town.li.email)
    answer = guessed.post("/log-in/code", email=town.li.email)
    assert answer.status_code == 429
    assert re.search(r"获取验证码过于频繁，请(60|59)秒后再试。 SMS-002", text_of(answer))
    assert int(answer.headers["Retry-After"]) in {59, 60}
    with writing() as records:
        records.query(EmailCodeRequest).one().at -= timedelta(minutes=1)
    assert guessed.post("/log-in/code", email=town.li.email).status_code == 200


def test_who_throws_the_cookies_away_waits_all_the_same(app: Flask, guessed: Browser, town: Town) -> None:
    guessed.post("/log-in/code", email=town.li.email)
    again = Browser(app.test_client())
    assert again.post("/log-in/code", "/log-in", email=town.li.email).status_code == 429


def test_asking_for_a_code_says_nothing_of_who_has_an_account(app: Flask, guessed: Browser, town: Town) -> None:
    known = guessed.post("/log-in/code", email=town.li.email)
    other = Browser(app.test_client())
    unknown = other.post("/log-in/code", "/log-in", email="nobody@doudou.example")
    assert text_of(known) == text_of(unknown)
    assert "如该账号存在，验证码已发送到其邮箱" in text_of(known)
    with reading() as records:
        assert records.query(OutgoingMessage).count() == 1


def test_a_code_without_an_address_is_not_sent(stranger: Browser, town: Town) -> None:
    assert "SYS-002" in text_of(stranger.post("/log-in/code", "/log-in", email=" "))


def test_where_no_message_can_be_read_there_is_the_picture_alone(
    guessed: Browser, town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_environment(monkeypatch, CANBAO_ENV="production")
    page = try_to(guessed, town.li)
    assert has_picture(page)
    assert "改用邮件验证码" not in text_of(page)
    guessed.post("/log-in/code", email=town.li.email)
    with reading() as records:
        assert records.query(OutgoingMessage).count() == 0


def test_the_sealed_picture_is_all_that_the_cookie_holds(client: FlaskClient, town: Town) -> None:
    failures(town.li, PICTURE_AFTER_NETWORK)
    with client:
        client.get("/log-in")
        assert digits_of(session["picture"]) not in {session["picture"], ""}
        assert set(session) == {"picture", "csrf_token"}
