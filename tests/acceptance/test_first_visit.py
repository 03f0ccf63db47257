"""The first visit: log-in, a forgotten password, 经办人填报 (AC01 to AC03)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from models.actions.keep_accounts import add_account
from models.records.account import HandlerProfile
from models.records.database import writing
from models.rules.lifecycle import BatchState
from models.rules.permissions import Role
from tests.profiles import PROFILE
from tests.stages import put_into
from tests.web.api.checks import PLEDGE
from tests.web.api.conftest import Program, code_of
from tests.web.conftest import MORNING, Browser, Person, Town, account_id, imported, text_of
from tests.web.forms import add_person_by_form
from tests.web.pages.test_handler import fetch_code, new
from tests.web.pages.test_password import change
from tests.web.premiums import batch_of
from tests.workbooks import WANG_DOU, WANG_DOUDOU, a_workbook

__all__ = ["new"]

BROWSERS = ("Chrome", "Edge", "Firefox", "Safari")
HDL_001 = "请先完成【经办人填报】并通过手机验证，再进行后续操作。 HDL-001"
UNKNOWN_BROWSERS = {
    "an old one": "Mozilla/4.0 (compatible; MSIE 8.0; Windows NT 6.1)",
    "one without scripts": "Lynx/2.8",
}
KINDS = ("central", "instant")
CHEN = {"name": "陈一", "id_type": "passport", "id_no": "E12345678", "birth": "1990-01-01", "sex": "male",
        "has_si": False}  # fmt: skip
DRAFT, SUBMITTED, UNPAID = BatchState.ROSTER_DRAFT, BatchState.ROSTER_SUBMITTED, BatchState.AWAITING_PAYMENT
CALLS: Mapping[str, tuple[BatchState, str, str, object]] = {
    "add": (DRAFT, "POST", "/people", CHEN),
    "edit": (DRAFT, "PATCH", "/people/{dou}", {"mobile": "14200000009"}),
    "set in service": (DRAFT, "POST", "/people/{dou}/in-service", None),
    "remove": (DRAFT, "POST", "/people/remove", {"all": True}),
    "promise": (DRAFT, "PUT", "/people/{dou}/promise", {"promised": True}),
    "copy the suggested": (DRAFT, "POST", "/suggested-roster", None),
    "validate": (DRAFT, "POST", "/validate", None),
    "submit": (DRAFT, "POST", "/submit", PLEDGE),
    "delete": (DRAFT, "DELETE", "", None),
    "price": (SUBMITTED, "POST", "/premium", {"projects": ["C0"]}),
    "confirm": (SUBMITTED, "POST", "/confirm", {"preview": "any"}),
    "withdraw": (UNPAID, "POST", "/withdraw", {"to": "roster", "reason": "漏了人"}),
}
"""What a handler does to a batch: its state, method, the end of the address, what is sent."""
FORMS: Mapping[str, Callable[[Browser, str], TestResponse]] = {
    "upload": lambda browser, batch_no: browser.upload(batch_no, a_workbook()),
    "add": add_person_by_form,
    "validate": lambda browser, batch_no: browser.post(f"/batches/{batch_no}/validation", "/handler"),
    "copy the suggested": lambda browser, batch_no: browser.post(f"/batches/{batch_no}/suggested-roster", "/handler"),
    "delete": lambda browser, batch_no: browser.post(f"/batches/{batch_no}/delete", "/handler", version="2"),
}


@pytest.mark.parametrize("agent", UNKNOWN_BROWSERS.values(), ids=UNKNOWN_BROWSERS)
def test_ac01_an_unsupported_browser_is_told_the_supported_ones_and_the_way_to_the_handbook(
    stranger: Browser, agent: str
) -> None:
    page = stranger.get("/log-in", **{"User-Agent": agent})
    body = page.get_data(as_text=True)
    assert all(browser in text_of(page) for browser in BROWSERS)
    assert '<a class="link-primary" href="/help">帮助</a>' in body
    assert "<noscript" not in body, "the text is for browsers with scripts too"
    assert 'name="password"' in body
    assert stranger.get("/help").status_code == 200


def test_ac02_a_forgotten_password_names_both_ways_to_a_new_one(stranger: Browser) -> None:
    assert 'href="/log-in/forgotten">忘记密码</a>' in stranger.get("/log-in").get_data(as_text=True)
    page = text_of(stranger.get("/log-in/forgotten"))
    assert "忘记密码：有工会的单位请联系上级工会重置密码；无工会的单位请拨打技术咨询电话65377995重置密码。" in page
    assert "AUTH-004" in page


def staff(app: Flask, role: Role) -> tuple[Browser, int]:
    """Somebody of this role, logged in; the account's id."""
    with writing() as records:
        account, password = add_account(records, f"{role}@union.example", role, now=MORNING, name=role.text)
        number = account.id
    return Browser(app.test_client()).log_in(Person(f"{role}@union.example", password)), number


def reset(browser: Browser, person: Person) -> Person:
    """Press 重置密码; the account as it logs in afterwards."""
    address, said = f"/accounts/{account_id(person)}", f"?email={person.email}"
    answer = browser.post(f"{address}/reset{said}", f"{address}{said}")
    shown = re.search(r'id="secret">([^<]+)<', answer.get_data(as_text=True))
    assert shown, text_of(answer)
    return Person(person.email, shown[1], person.code)


def cannot_reset(browser: Browser, person: Person, status: int) -> None:
    """Neither the account nor the button is there for this visitor."""
    address, said = f"/accounts/{account_id(person)}", f"?email={person.email}"
    assert browser.get(f"{address}{said}").status_code == status
    assert browser.post(f"{address}/reset{said}", "/account/password").status_code == status


def lets_in(app: Flask, person: Person) -> bool:
    browser = Browser(app.test_client())
    return browser.post("/log-in", "/log-in", email=person.email, password=person.password).status_code == 303


def test_ac02_a_superior_union_resets_accounts_below_it_and_no_other(app: Flask, admin: Browser, town: Town) -> None:
    union, number = staff(app, Role.SUPERIOR_UNION)
    below = f"/accounts/{account_id(town.li)}"
    admin.post(f"{below}/superior-union", below, union=str(number))
    listed = text_of(union.get("/accounts"))
    assert town.li.email in listed
    assert town.zhou.email not in listed
    renewed = reset(union, town.li)
    assert not lets_in(app, town.li)
    assert lets_in(app, renewed)
    for other in (town.zhou, town.reviewer, town.admin):
        cannot_reset(union, other, 404)
        assert lets_in(app, other)


def test_ac02_technical_support_resets_accounts_without_a_union_alone(app: Flask, admin: Browser, town: Town) -> None:
    support, _ = staff(app, Role.TECH_SUPPORT)
    _, number = staff(app, Role.SUPERIOR_UNION)
    below = f"/accounts/{account_id(town.li)}"
    admin.post(f"{below}/superior-union", below, union=str(number))
    assert town.zhou.email in text_of(support.get(f"/accounts?email={town.zhou.email}"))
    assert lets_in(app, reset(support, town.zhou))
    assert not lets_in(app, town.zhou)
    cannot_reset(support, town.li, 404)
    assert lets_in(app, town.li)


def test_ac02_nobody_else_but_an_administrator_resets_passwords(
    app: Flask, zhou: Browser, reviewer: Browser, admin: Browser, town: Town
) -> None:
    desk, _ = staff(app, Role.SERVICE_DESK)
    for browser in (zhou, reviewer, desk):
        cannot_reset(browser, town.li, 403)
    assert lets_in(app, reset(admin, town.li))


def test_ac02_after_a_reset_the_first_act_is_another_password(
    app: Flask, li: Browser, admin: Browser, town: Town
) -> None:
    renewed = reset(admin, town.li)
    assert li.get("/batches").location.startswith("/log-in"), "who was logged in is not any more"
    browser = Browser(app.test_client()).log_in(renewed)
    for page in ("/", "/batches", "/batches/open/central"):
        assert browser.get(page).location == "/account/password"
    assert "密码已重置，请先修改密码。 AUTH-007" in text_of(browser.get("/account/password"))
    assert change(browser, renewed.password) == "/batches"
    assert browser.get("/batches/open/central").status_code == 200


@pytest.mark.parametrize("kind", KINDS)
def test_ac03_without_a_profile_opening_a_batch_leads_to_the_form(new: Browser, town: Town, kind: str) -> None:
    address = f"/batches/open/{kind}"
    asked = new.get(address)
    assert (asked.status_code, asked.location) == (303, f"/handler?next={address}")
    assert HDL_001 in text_of(new.get(asked.location))
    sent = new.post(address, code=town.li.code, confirmed="1")
    assert (sent.status_code, sent.location.partition("?")[0]) == (303, "/handler")
    assert HDL_001 in text_of(new.get(sent.location))
    assert "还没有参保批次" in text_of(new.get("/batches"))


@pytest.mark.usefixtures("new")
def test_ac03_without_a_profile_a_program_opens_no_batch(li_calls: Program, town: Town) -> None:
    for kind in KINDS:
        answer = li_calls.post("/batches", {"enrolment_code": town.li.code, "type": kind})
        assert code_of(answer) == (409, "HDL-001"), kind


@pytest.fixture
def taken_over(li: Browser, town: Town, batch_no: str) -> str:
    """A batch of two people that has come, with its code, to an account without a profile."""
    imported(li, batch_no, [WANG_DOUDOU, WANG_DOU])
    account = account_id(town.li)
    with writing() as records:
        records.delete(records.get_one(HandlerProfile, account))
    return batch_no


def test_ac03_without_a_profile_whatever_is_done_to_a_batch_leads_to_the_form(li: Browser, taken_over: str) -> None:
    for done, act in FORMS.items():
        answer = act(li, taken_over)
        assert (answer.status_code, answer.location.partition("?")[0]) == (303, "/handler"), done
        assert HDL_001 in text_of(li.get(answer.location)), done


def test_ac03_without_a_profile_every_call_on_a_batch_is_refused(
    li_calls: Program, town: Town, taken_over: str
) -> None:
    dou = li_calls.get(f"/batches/{taken_over}/people").json["items"][1]["id"]
    for done, (state, method, end, sent) in CALLS.items():
        put_into(batch_of(town.li, taken_over), state)
        answer = li_calls.call(method, f"/batches/{taken_over}{end.format(dou=dou)}", json=sent)
        assert code_of(answer) == (409, "HDL-001"), done


def test_ac03_with_the_right_code_the_form_is_saved_and_the_way_is_open(new: Browser, town: Town) -> None:
    code = fetch_code(new)
    refused = new.post("/handler", **PROFILE, sms_code=f"{(int(code) + 1) % 10**6:06d}")
    assert (refused.status_code, "SMS-004" in text_of(refused)) == (422, True)
    assert new.get("/batches/open/central").status_code == 303
    saved = new.post("/handler", **PROFILE, sms_code=code, next="/batches/open/central")
    assert (saved.status_code, saved.location) == (303, "/batches/open/central")
    assert new.open_batch(town.li.code)


def test_ac03_a_complete_profile_is_not_asked_for_again(li: Browser, town: Town) -> None:
    for kind in KINDS:
        assert li.get(f"/batches/open/{kind}").status_code == 200
    assert "HDL-001" not in text_of(li.get(f"/batches/{li.open_batch(town.li.code)}/roster"))
