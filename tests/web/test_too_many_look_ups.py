"""An account that had a day's answers of the annual register is told to wait: 429, with nothing lost (DOMAIN 9.3)."""

from __future__ import annotations

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from models.actions.slow_look_ups import TIMES
from models.records.audit import record_audit
from models.records.business_clock import business_now
from models.records.database import writing
from tests.web.api.conftest import Program, code_of, token_for
from tests.web.conftest import Browser, Town, account_id, imported, text_of
from tests.web.forms import LI_LEI, add_person_by_form, field
from tests.workbooks import WANG_DOUDOU, a_workbook

CHEN = {"name": "陈一", "id_type": "passport", "id_no": "E12345678", "birth": "1990-01-01", "sex": "male",
        "mobile": None, "has_si": False}  # fmt: skip


@pytest.fixture
def batch_no(li: Browser, town: Town) -> str:
    """李小满's batch with one wrong row of an import, when her account has had all answers of the day."""
    number = li.open_batch(town.li.code)
    imported(li, number, [(*WANG_DOUDOU[:2], "1", *WANG_DOUDOU[3:])])
    account = account_id(town.li)
    with writing() as records:
        for _ in range(TIMES):
            record_audit(
                records,
                at=business_now(records),
                account_id=account,
                action="add_person",
                register_answers=1,
            )
    return number


@pytest.fixture
def program(app: Flask, town: Town) -> Program:
    """A program of 李小满's."""
    return Program(app.test_client(), token_for(town.li))


def is_told_to_wait(answer: TestResponse) -> bool:
    """429, with nearly a day to wait."""
    return answer.status_code == 429 and 86_000 < int(answer.headers["Retry-After"]) <= 86_400


def test_the_form_for_a_person_comes_back_as_it_was_typed(li: Browser, batch_no: str) -> None:
    answer = add_person_by_form(li, batch_no)
    assert is_told_to_wait(answer)
    assert "系统繁忙，请稍后重试。 SYS-001" in text_of(answer)
    assert field(answer, "id_no") == LI_LEI["id_no"]


def test_an_upload_is_told_at_its_card(li: Browser, batch_no: str) -> None:
    answer = li.upload(batch_no, a_workbook([WANG_DOUDOU]), check_only="1")
    assert is_told_to_wait(answer)
    assert "系统繁忙，请稍后重试。 SYS-001" in text_of(answer)


def test_a_check_that_is_to_be_imported_is_told_on_a_page(li: Browser, batch_no: str) -> None:
    assert is_told_to_wait(li.post("/imports/1/repeat"))


def test_programs_are_told_too(program: Program, batch_no: str) -> None:
    cells = {"name": "王豆豆", "id_type": "resident_id", "id_no": WANG_DOUDOU[2], "birth": None, "sex": None,
             "mobile": None, "has_si": True}  # fmt: skip
    for answer in (
        program.post(f"/batches/{batch_no}/people", CHEN),
        program.upload(batch_no, a_workbook([WANG_DOUDOU])),
        program.call("PUT", "/imports/1/rows/2", json=cells),
    ):
        assert code_of(answer) == (429, "SYS-001")
        assert is_told_to_wait(answer)


def test_the_description_says_which_calls_may_be_too_many(program: Program, batch_no: str) -> None:
    paths = program.get("/openapi.json").json["paths"]
    slowed = {
        operation["operationId"]
        for calls in paths.values()
        for operation in calls.values()
        if "429" in operation["responses"]
    }
    asks_the_register = {
        *("upload_roster", "add_one_person", "edit_one_person", "correct_row"),
        *("validate_batch", "submit_batch"),
    }
    assert slowed == asks_the_register | {"send_code_by_sms"}
    answers = paths["/batches/{no}/people"]["post"]["responses"]
    assert "Retry-After" in answers["429"]["headers"]
