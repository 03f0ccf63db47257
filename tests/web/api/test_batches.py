"""Batches: opened, listed, read, and what may be done to them now."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import update

from models.records.account import HandlerProfile
from models.records.database import writing
from tests.statements import statements
from tests.web.api.conftest import ROOT, Program, code_of
from tests.web.clock import LAST_CENTRAL_MINUTE, at
from tests.web.conftest import Town
from tests.workbooks import a_workbook, some_people
from web.api.batches import CALLS


def test_a_batch_is_opened_and_found_where_the_answer_says(li: Program, town: Town) -> None:
    opened = li.post("/batches", {"enrolment_code": town.li.code.lower(), "type": "central"})
    assert opened.status_code == 201
    assert opened.headers["Location"] == f"{ROOT}/batches/{opened.json['batch_no']}"
    assert opened.headers["ETag"] == '"1"'
    assert li.get(opened.headers["Location"]).json == opened.json


def test_a_batch_has_exactly_the_promised_fields(li: Program, batch_no: str) -> None:
    batch = li.get(f"/batches/{batch_no}").json
    assert list(batch) == [
        "batch_no", "enrolment_code", "unit_name", "type", "channel", "plan_year", "state", "state_text", "actions",
        "people", "version", "coverage_start", "coverage_end", "half_price", "projects", "total_fen",
        "payment_due_on", "payment_cutoff_on", "expired_reason",
    ]  # fmt: skip
    assert (batch["state"], batch["state_text"], batch["channel"]) == ("roster_draft", "清册待校验", "normal")
    assert batch["coverage_start"] is None


def test_actions_are_those_with_a_call_while_the_window_is_open(li: Program, batch_no: str) -> None:
    def actions() -> list[str]:
        return list(li.get(f"/batches/{batch_no}").json["actions"])

    li.imported(batch_no, some_people(1))
    at(LAST_CENTRAL_MINUTE)
    assert actions() == [
        "copy_suggested", "import_people", "correct_rows", "undo_import", "add_person", "edit_person",
        "set_in_service", "remove_people", "validate_roster", "promise", "submit_roster", "delete_batch",
    ]  # fmt: skip
    at(LAST_CENTRAL_MINUTE.replace(hour=17, minute=0))
    assert actions() == ["delete_batch"]


def test_while_the_roster_is_written_only_what_takes_its_turn_is_offered(li: Program, batch_no: str) -> None:
    li.imported(batch_no, some_people(1))
    li.upload(batch_no, a_workbook(some_people(2)))
    assert li.get(f"/batches/{batch_no}").json["actions"] == ["import_people", "undo_import"]


def test_an_empty_roster_is_not_to_be_submitted(li: Program, batch_no: str) -> None:
    assert "submit_roster" not in li.get(f"/batches/{batch_no}").json["actions"]


def test_what_is_offered_has_a_call(app: Flask) -> None:
    assert {f"api.{call}" for call in CALLS.values()} <= set(app.view_functions)


def test_staff_read_a_batch_and_may_do_nothing_to_it(reviewer: Program, batch_no: str) -> None:
    batch = reviewer.get(f"/batches/{batch_no}").json
    assert batch["unit_name"] == "上海豆豆精密机械有限公司"
    assert batch["actions"] == []


def test_a_second_central_batch_is_a_conflict(li: Program, batch_no: str, town: Town) -> None:
    answer = li.post("/batches", {"enrolment_code": town.li.code, "type": "central"})
    assert code_of(answer) == (409, "BAT-001")
    assert batch_no in answer.json["detail"]


@pytest.mark.parametrize(
    ("sent", "refused"),
    [
        ({"enrolment_code": "0088D3", "type": "central"}, (422, "COD-002")),
        ({"enrolment_code": "ZZZZZZ", "type": "central"}, (422, "COD-001")),
        ({"enrolment_code": "0088D2", "type": "instant"}, (409, "WIN-003")),
        ({"enrolment_code": "0088D2", "type": "yearly"}, (422, "SYS-003")),
        ({"enrolment_code": "", "type": "central"}, (422, "SYS-002")),
        ({"type": "central"}, (422, "SYS-002")),
        ({"enrolment_code": "0088D2", "type": "central", "plan_year": "1999"}, (422, "SYS-003")),
        ([], (422, "SYS-003")),
    ],
)
def test_what_cannot_be_opened_says_why(li: Program, sent: object, refused: tuple[int, str]) -> None:
    assert code_of(li.post("/batches", sent)) == refused


def test_without_a_profile_the_state_is_refused_before_the_content(li: Program) -> None:
    with writing() as records:
        records.execute(update(HandlerProfile).values(phone_verified_at=None))
    assert code_of(li.post("/batches", [])) == (409, "HDL-001")


def test_fields_that_are_wrong_are_all_named(li: Program) -> None:
    problem = li.post("/batches", {"type": "yearly"}).json
    assert problem["errors"] == [
        {"field": "enrolment_code", "code": "SYS-002", "message": "请填写“参保编码”。"},
        {"field": "type", "code": "SYS-003", "message": "“参保类型”格式不正确。"},
    ]


def test_staff_open_no_batch(reviewer: Program) -> None:
    assert code_of(reviewer.post("/batches", {})) == (403, "AUTH-006")


def test_everyone_lists_what_is_within_reach(li: Program, zhou: Program, reviewer: Program, batch_no: str) -> None:
    def numbers(program: Program) -> list[str]:
        return [batch["batch_no"] for batch in program.get("/batches").json["items"]]

    assert numbers(li) == numbers(reviewer) == [batch_no]
    assert numbers(zhou) == []


def test_the_list_is_narrowed_by_its_filters(reviewer: Program, batch_no: str, zhou: Program, town: Town) -> None:
    zhou.open_batch(town.zhou.code)

    def found(query: str) -> int:
        return len(reviewer.get(f"/batches?{query}").json["items"])

    assert found("") == 2
    assert found(f"enrolment_code={town.li.code}") == 1
    assert found("type=instant") == 0
    assert found("state=roster_draft&plan_year=2020") == 2
    assert found("state=enrolled") == 0
    assert found("state=&type=&cursor=") == 2


def test_pages_follow_each_other_by_their_cursor(li: Program) -> None:
    at(LAST_CENTRAL_MINUTE.replace(month=7))
    opened = [li.open_batch("0088D2", "instant") for _ in range(5)]
    first = li.get("/batches?limit=2").json
    second = li.get(f"/batches?limit=2&cursor={first['next']}").json
    third = li.get(f"/batches?limit=2&cursor={second['next']}").json
    pages = [[batch["batch_no"] for batch in page["items"]] for page in (first, second, third)]
    assert pages == [opened[:2:-1], opened[2:0:-1], opened[:1]]
    assert third["next"] is None


@pytest.mark.parametrize(
    "query", ["cursor=nonsense", "cursor=AAAAAAAAAAA=", "cursor=é", "limit=0", "limit=1001", "limit=x"]
)
def test_a_bad_cursor_or_limit_is_wrong_content(li: Program, query: str) -> None:
    assert code_of(li.get(f"/batches?{query}")) == (422, "SYS-003")


def test_a_list_asks_as_often_for_five_batches_as_for_one(li: Program, batch_no: str) -> None:
    with statements() as for_one:
        li.get("/batches")
    at(LAST_CENTRAL_MINUTE.replace(month=7))
    for _ in range(4):
        li.open_batch("0088D2", "instant")
    with statements() as for_five:
        li.get("/batches")
    assert len(for_five) == len(for_one)


def people_of(program: Program, batch_no: str) -> int:
    return int(program.get(f"/batches/{batch_no}").json["people"])


def test_a_batch_counts_its_people(li: Program, batch_no: str) -> None:
    assert people_of(li, batch_no) == 0
    li.imported(batch_no, some_people(3))
    assert people_of(li, batch_no) == 3
    assert li.get("/batches").json["items"][0]["people"] == 3
