"""Who may call at all, and what a program learns of its own account."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from models.actions.keep_tokens import revoke_token
from models.records.account import Account
from models.records.api_token import ApiToken
from models.records.database import writing
from tests.profiles import PROFILE
from tests.sms import latest_sms_code
from tests.web.api.conftest import Program, code_of, token_for
from tests.web.conftest import MORNING, Browser, Town


def test_a_program_learns_its_account_and_its_codes(li: Program) -> None:
    me = li.get("/me").json
    assert me["role"] == "handler"
    assert me["enrolment_codes"] == [{"enrolment_code": "0088D2", "unit_name": "上海豆豆精密机械有限公司"}]


def test_the_handler_profile_is_read_as_it_was_filled_in(li: Program) -> None:
    handler = li.get("/handler").json
    assert (handler["name"], handler["phone"]) == ("李小满", "021-55500142")
    assert handler["phone_verified_at"] == "2020-04-20T09:00:00+08:00"


def test_an_account_without_a_profile_has_none(admin: Program) -> None:
    assert code_of(admin.get("/handler")) == (404, "HDL-001")


def test_a_profile_is_nothing_for_a_reviewer(reviewer: Program) -> None:
    assert code_of(reviewer.get("/handler")) == (403, "AUTH-006")


@pytest.mark.parametrize("sent", ["", "Bearer", "Bearer cb_wrong", "Basic dXNlcjpwYXNz", "cb_wrong"])
def test_without_a_valid_token_nobody_is_let_in(anybody: Program, sent: str) -> None:
    answer = anybody.get("/me", headers={"Authorization": sent} if sent else {})
    assert code_of(answer) == (401, "AUTH-005")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer ")


def test_the_word_bearer_may_be_written_in_any_case(anybody: Program, town: Town) -> None:
    assert anybody.get("/me", headers={"Authorization": f"bEaReR {token_for(town.li)}"}).status_code == 200


def test_a_revoked_token_ends_at_once(li: Program) -> None:
    with writing() as records:
        revoke_token(records, records.scalars(select(ApiToken)).one(), MORNING)
    assert code_of(li.get("/me")) == (401, "AUTH-005")


def test_a_log_in_of_a_browser_counts_for_nothing(app: Flask, town: Town) -> None:
    browser = Browser(app.test_client()).log_in(town.li)
    assert code_of(Program(browser.client).get("/me")) == (401, "AUTH-005")


def test_no_answer_sets_a_cookie(li: Program) -> None:
    for path in ("/me", "/batches", "/nowhere", "/docs", "/openapi.json"):
        assert "Set-Cookie" not in li.get(path).headers, path


def test_whose_password_was_reset_must_change_it_first(li: Program, town: Town) -> None:
    with writing() as records:
        account = records.scalars(select(Account).where(Account.email == town.li.email)).one()
        account.must_change_password = True
    assert code_of(li.get("/me")) == (403, "AUTH-007")


def test_a_profile_is_filled_in_with_a_code_to_the_phone(li: Program) -> None:
    sent = li.post("/handler/sms-codes", {"phone": PROFILE["phone"]})
    assert sent.json == {"phone": "142****0001", "valid_seconds": 300, "resend_seconds": 60}
    answer = li.call("PUT", "/handler", json=PROFILE | {"headcount": 5200, "sms_code": latest_sms_code()})
    assert answer.status_code == 200, answer.json
    assert li.get("/handler").json == answer.json
    assert (answer.json["industry"], answer.json["headcount"]) == ("制造业", 5200)


def test_a_second_code_within_a_minute_waits(li: Program) -> None:
    li.post("/handler/sms-codes", {"phone": PROFILE["phone"]})
    again = li.post("/handler/sms-codes", {"phone": PROFILE["phone"]})
    assert code_of(again) == (429, "SMS-002")
    assert 0 < int(again.headers["Retry-After"]) <= 60


def test_every_wrong_field_of_a_profile_is_named(li: Program) -> None:
    answer = li.call("PUT", "/handler", json=PROFILE | {"uscc": "1", "industry": "炼金业", "name": ""})
    assert code_of(answer) == (422, "SYS-002")
    assert [(error["field"], error["code"]) for error in answer.json["errors"]] == [
        ("name", "SYS-002"),
        ("uscc", "APP-005"),
        ("industry", "SYS-003"),
    ]


def test_a_new_phone_without_a_code_changes_nothing(li: Program) -> None:
    before = li.get("/handler").json
    assert code_of(li.call("PUT", "/handler", json=PROFILE)) == (422, "SMS-008")
    assert li.get("/handler").json == before


def test_a_wrong_code_is_counted(li: Program) -> None:
    li.post("/handler/sms-codes", {"phone": PROFILE["phone"]})
    wrong = "000000" if latest_sms_code() != "000000" else "111111"
    details = [li.call("PUT", "/handler", json=PROFILE | {"sms_code": wrong}).json["code"] for _ in range(5)]
    assert details == ["SMS-004"] * 4 + ["SMS-006"]
