"""修改密码, and a password that somebody else has reset (AUTH-004, AUTH-007, AUTH-009)."""

from __future__ import annotations

import pytest
from flask import Flask

from models.actions.keep_accounts import find_account, reset_password
from models.actions.keep_tokens import add_token
from models.actions.slow_log_in import TRIES_OF_A_PAIR, attempt_of, count_failure
from models.records.business_clock import business_now
from models.records.database import reading, writing
from models.records.login_attempt import LoginFailure
from tests.quick_passwords import quick_passwords
from tests.web.conftest import Browser, Person, Town, account_id, text_of
from tests.web.meanwhile import PASSWORD_LOOKED_UP, meanwhile

__all__ = ["quick_passwords"]
NEW = "correct battery staple"


def reset(person: Person) -> Person:
    """Somebody else resets the password; who logs in by the temporary one."""
    with writing() as records:
        account = find_account(records, person.email)
        assert account is not None
        return Person(person.email, reset_password(records, account, business_now(records)), person.code)


@pytest.fixture
def temporary(app: Flask, town: Town) -> tuple[Browser, Person]:
    """李小满, logged in by a temporary password."""
    person = reset(town.li)
    return Browser(app.test_client()).log_in(person), person


def change(browser: Browser, present: str, new: str = NEW) -> str:
    answer = browser.post("/account/password", "/account/password", present=present, new=new)
    return text_of(answer) if answer.status_code != 303 else answer.location


def test_a_forgotten_password_is_answered_from_the_log_in(stranger: Browser) -> None:
    assert "/log-in/forgotten" in stranger.get("/log-in").get_data(as_text=True)
    page = text_of(stranger.get("/log-in/forgotten"))
    assert "忘记密码：有工会的单位请联系上级工会重置密码" in page
    assert "请拨打技术咨询电话65377995重置密码。 AUTH-004" in page


def test_every_page_leads_to_the_new_password_first(temporary: tuple[Browser, Person]) -> None:
    browser, _ = temporary
    for page in ("/", "/batches", "/batches/open/central", "/imports/1", "/batches/SZSH202004200001/roster"):
        answer = browser.get(page)
        assert (answer.status_code, answer.location) == (303, "/account/password"), page
    assert "密码已重置，请先修改密码。 AUTH-007" in text_of(browser.get("/account/password"))


def test_a_form_leads_there_too_and_does_nothing(temporary: tuple[Browser, Person], town: Town) -> None:
    browser, _ = temporary
    answer = browser.post("/batches/open/central", "/account/password", code=town.li.code, confirmed="1")
    assert answer.location == "/account/password"


def test_a_dialog_leads_there_by_the_header_that_htmx_follows(temporary: tuple[Browser, Person]) -> None:
    assert (
        temporary[0].get("/batches/open/central", **{"HX-Request": "true"}).headers["HX-Redirect"]
        == "/account/password"
    )


def test_after_the_change_everything_is_open(temporary: tuple[Browser, Person]) -> None:
    browser, person = temporary
    assert change(browser, person.password) == "/batches"
    assert "密码已修改，其他设备上的登录已退出。" in text_of(browser.get("/batches"))


def test_who_must_change_it_may_log_out_instead(temporary: tuple[Browser, Person]) -> None:
    browser, _ = temporary
    assert browser.post("/log-out", "/account/password").location == "/log-in"


def test_the_new_password_lets_in_and_the_old_one_does_not(app: Flask, li: Browser, town: Town) -> None:
    change(li, town.li.password)
    Browser(app.test_client()).log_in(Person(town.li.email, NEW))
    other = Browser(app.test_client())
    assert other.post("/log-in", "/log-in", email=town.li.email, password=town.li.password).status_code == 401


def test_other_log_ins_end_and_this_one_stays(app: Flask, li: Browser, town: Town) -> None:
    elsewhere = Browser(app.test_client()).log_in(town.li)
    change(li, town.li.password)
    assert li.get("/batches").status_code == 200
    assert elsewhere.get("/batches").status_code == 302


def test_a_poor_password_is_refused_with_what_is_wanted(li: Browser, town: Town) -> None:
    assert "密码至少12位，且不能为常见密码。 AUTH-009" in change(li, town.li.password, "password1234")
    assert li.get("/batches").status_code == 200


def test_the_wrong_present_password_changes_nothing(app: Flask, li: Browser, town: Town) -> None:
    assert "原密码错误，请重新输入。 AUTH-001" in change(li, "wrong")
    Browser(app.test_client()).log_in(town.li)


def test_the_present_password_is_not_guessed_here_either(li: Browser, town: Town) -> None:
    for _ in range(TRIES_OF_A_PAIR):
        change(li, "wrong")
    assert "AUTH-003" in change(li, town.li.password)


def test_a_wrong_present_password_is_no_missing_log_in(li: Browser) -> None:
    answer = li.post("/account/password", "/account/password", present="wrong", new=NEW)
    assert (answer.status_code, "原密码错误" in text_of(answer)) == (401, True)


def test_the_right_present_password_wipes_out_the_wrong_ones_before_it(li: Browser, town: Town) -> None:
    change(li, "wrong")
    change(li, town.li.password)
    with reading() as records:
        assert records.query(LoginFailure).count() == 0


def test_the_right_guess_among_many_sent_at_once_is_told_to_wait_like_the_wrong_ones(li: Browser, town: Town) -> None:
    attempt = attempt_of(town.li.email, "127.0.0.1", f"of account {account_id(town.li)}")

    def the_others_were_wrong() -> None:
        for _ in range(TRIES_OF_A_PAIR):
            with writing() as records:
                count_failure(records, attempt)

    li.get("/account/password")
    with meanwhile(PASSWORD_LOOKED_UP, the_others_were_wrong):
        answer = li.post("/account/password", present=town.li.password, new=NEW)
    assert (answer.status_code, "AUTH-003" in text_of(answer)) == (429, True)
    assert answer.headers["Retry-After"] == "900"


def test_a_reset_while_the_present_password_is_verified_wins(app: Flask, li: Browser, town: Town) -> None:
    temporary: list[Person] = []
    li.get("/account/password")
    with meanwhile(PASSWORD_LOOKED_UP, lambda: temporary.append(reset(town.li))):
        answer = li.post("/account/password", present=town.li.password, new=NEW)
    assert "AUTH-001" in text_of(answer)
    Browser(app.test_client()).log_in(temporary[0])


def test_a_reset_while_the_password_of_a_log_in_is_verified_wins(stranger: Browser, town: Town) -> None:
    stranger.get("/log-in")
    with meanwhile(PASSWORD_LOOKED_UP, lambda: reset(town.li)):
        answer = stranger.post("/log-in", email=town.li.email, password=town.li.password)
    assert (answer.status_code, "AUTH-001" in text_of(answer)) == (401, True)
    assert stranger.get("/batches").status_code == 302


def test_who_has_programs_is_told_that_their_tokens_go_on(li: Browser, town: Town) -> None:
    with writing() as records:
        account = find_account(records, town.li.email)
        assert account is not None
        add_token(records, account, business_now(records))
    change(li, town.li.password)
    assert "密码已修改，其他设备上的登录已退出。程序使用的访问令牌继续有效。" in text_of(li.get("/batches"))


def test_whoever_reads_no_batches_begins_at_the_own_account(app: Flask, town: Town) -> None:
    from models.actions.keep_accounts import add_account
    from models.rules.permissions import Role
    from tests.web.conftest import MORNING

    with writing() as records:
        account, password = add_account(records, "tech@union.example", Role.TECH_SUPPORT, now=MORNING)
    browser = Browser(app.test_client()).log_in(Person(account.email, password))
    assert browser.pages[-1] is not None
    page = browser.get(browser.get("/").location)
    assert page.status_code == 200
    assert "参保批次" not in text_of(page)
