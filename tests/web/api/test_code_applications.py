"""参保编码申请 by programs."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from flask import Flask

from models.actions.keep_accounts import add_account
from models.actions.keep_tokens import add_token
from models.records.database import writing
from models.rules.permissions import Role
from tests.applications import TYPED, applied, code_sent
from tests.vouchers import a_photo
from tests.web.api.conftest import Program, code_of, viewer_of
from tests.web.conftest import MORNING, Town

ROOT = "/code-applications"
MULTIPART = "multipart/form-data"


@pytest.fixture
def code(town: Town) -> str:
    """A code to the contact's phone, fetched by 李小满."""
    return code_sent(viewer_of(town.li), MORNING)


@pytest.fixture
def desk(app: Flask, town: Town) -> Program:
    """区服务处, by its token."""
    with writing() as records:
        account, _ = add_account(records, "desk@union.example", Role.SERVICE_DESK, now=MORNING)
        return Program(app.test_client(), add_token(records, account, MORNING)[1])


def form(code: str = "", **changes: Any) -> dict[str, Any]:
    return {**TYPED, "sms_code": code, "file": [(io.BytesIO(a_photo()), "营业执照.jpg")], **changes}


def made_by(town: Town) -> str:
    return f"{ROOT}/{applied(viewer_of(town.li), MORNING)}"


def test_a_unit_applies_and_uses_its_code_at_once(li: Program, reviewer: Program, code: str) -> None:
    made = li.call("POST", ROOT, data=form(code))
    assert made.status_code == 201, made.json
    assert (made.json["status"], made.json["status_text"], made.json["enrolment_code"]) == ("pending", "申请中", None)
    assert made.json["files"] == [
        {"n": 1, "name": "营业执照.jpg", "media_type": "image/jpeg", "size": made.json["files"][0]["size"]}
    ]
    assert li.get(made.headers["Location"]).json == made.json
    waiting = reviewer.get(f"{ROOT}?status=pending").json["items"]
    assert [one["id"] for one in waiting] == [made.json["id"]]
    approved = reviewer.post(f"{ROOT}/{made.json['id']}/approve")
    assert re.fullmatch("[0-9]{4}[0-9A-HJ-NP-Z]{2}", approved.json["enrolment_code"])
    assert li.open_batch(approved.json["enrolment_code"])


def test_a_code_for_an_application_can_be_asked_for(li: Program) -> None:
    sent = li.post("/handler/sms-codes", {"phone": TYPED["phone"], "purpose": "code_application"})
    assert sent.json["phone"] == "142****0011"


def test_a_desk_asks_for_the_code_of_its_visitor_and_for_no_other(desk: Program) -> None:
    assert desk.post("/handler/sms-codes", {"phone": TYPED["phone"]}).status_code == 200
    profile = desk.post("/handler/sms-codes", {"phone": TYPED["phone"], "purpose": "handler_profile"})
    assert code_of(profile) == (403, "AUTH-006")


def test_files_that_are_too_large_are_named_as_such(li: Program, code: str) -> None:
    files = [(io.BytesIO(a_photo() + bytes(10 * 2**20)), f"{number}.jpg") for number in range(11)]
    assert code_of(li.call("POST", ROOT, data=form(code, file=files))) == (413, "APP-004")


def test_what_was_rejected_is_changed_field_by_field(li: Program, reviewer: Program, town: Town) -> None:
    address = made_by(town)
    rejected = reviewer.post(f"{address}/reject", {"reason": "没有盖公章"})
    assert (rejected.json["status"], rejected.json["reason"]) == ("rejected", "没有盖公章")
    changed = li.call("PUT", address, data={"headcount": "201"}, content_type=MULTIPART)
    assert changed.status_code == 200, changed.json
    assert (changed.json["status"], changed.json["headcount"], changed.json["reason"]) == ("pending", 201, None)
    assert [file["n"] for file in changed.json["files"]] == [1]


def test_new_files_take_the_place_of_the_others_unless_those_are_kept(
    li: Program, reviewer: Program, town: Town
) -> None:
    address = made_by(town)
    for sent, there in (({}, [2]), ({"keep_files": "2"}, [2, 3])):
        reviewer.post(f"{address}/reject", {"reason": "因"})
        files = [(io.BytesIO(a_photo()), "执照.png")]
        assert [file["n"] for file in li.call("PUT", address, data={**sent, "file": files}).json["files"]] == there


def test_only_what_was_rejected_is_changed_whatever_is_sent(li: Program, town: Town) -> None:
    assert code_of(li.call("PUT", made_by(town), data={"headcount": "x"})) == (409, "APP-011")


def test_every_wrong_field_is_named(li: Program, code: str) -> None:
    answer = li.call("POST", ROOT, data=form(code, postcode="123", nature="国营", headcount=""))
    assert code_of(answer) == (422, "SYS-003")
    assert {error["field"]: error["code"] for error in answer.json["errors"]} == {
        "nature": "SYS-003",
        "postcode": "APP-006",
        "headcount": "SYS-002",
    }


def test_without_a_file_or_the_right_code_nothing_is_applied_for(li: Program, code: str) -> None:
    assert code_of(li.call("POST", ROOT, data=form(code, file=[]), content_type=MULTIPART)) == (422, "APP-002")
    assert code_of(li.call("POST", ROOT, data=form())) == (422, "SYS-002")
    assert li.get(ROOT).json["items"] == []


def test_a_file_of_another_type_is_refused(li: Program, code: str) -> None:
    files = [(io.BytesIO(b"PK"), "a.zip")]
    assert code_of(li.call("POST", ROOT, data=form(code, file=files))) == (422, "APP-003")


def test_a_decision_is_made_once(reviewer: Program, town: Town) -> None:
    address = made_by(town)
    assert code_of(reviewer.post(f"{address}/reject", {})) == (422, "APP-012")
    assert reviewer.post(f"{address}/approve", {"enrolment_code": "0072j3"}).json["enrolment_code"] == "0072J3"
    assert code_of(reviewer.post(f"{address}/reject", {})) == (409, "BAT-002")


def test_a_code_in_use_is_not_given(reviewer: Program, town: Town) -> None:
    address = made_by(town)
    answer = reviewer.post(f"{address}/approve", {"enrolment_code": town.zhou.code})
    assert code_of(answer) == (422, "APP-013")


def test_anothers_application_is_like_none(zhou: Program, town: Town) -> None:
    address = made_by(town)
    for path in (address, f"{address}/files/1", f"{ROOT}/99999", f"{ROOT}/x"):
        assert code_of(zhou.get(path)) == (404, "BAT-005")
    assert zhou.get(ROOT).json["items"] == []


def test_a_handler_decides_nothing(li: Program, town: Town) -> None:
    assert code_of(li.post(f"{made_by(town)}/approve")) == (403, "AUTH-006")


def test_pages_of_the_list_follow_each_other(li: Program, town: Town) -> None:
    for number in range(3):
        applied(viewer_of(town.li), MORNING, unit_name=f"上海{number}号有限公司", uscc="")
    first = li.get(f"{ROOT}?limit=2").json
    assert [one["unit_name"] for one in first["items"]] == ["上海2号有限公司", "上海1号有限公司"]
    rest = li.get(f"{ROOT}?limit=2&cursor={first['next']}").json
    assert ([one["unit_name"] for one in rest["items"]], rest["next"]) == (["上海0号有限公司"], None)
