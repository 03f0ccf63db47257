"""The order of refusals, and that every one of them is a problem that repeats nothing."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import select

from models.records.batch import Batch
from models.records.database import reading
from models.rules.permissions import Role
from tests.web.api.conftest import ROOT, Program, code_of
from tests.web.conftest import Browser
from tests.web.databases import AWAY, ask_for_a_misspelt_column, traced_without_its_message
from tests.web.scene import a_draft_of
from tests.workbooks import WANG_DOUDOU, some_people
from web.api.document import roles_of
from web.api.interface import FAMILIES

NUMBER = "110101199003079091"
WRONG = (*WANG_DOUDOU[:2], "110101199003079092", *WANG_DOUDOU[3:])
VALUES = {
    "{batch_no}": "SZSH202004200001",
    "{person_id}": "1",
    "{import_id}": "1",
    "{job_id}": "1",
    "{row}": "2",
    "{voucher_id}": "1",
    "{n}": "1",
}


def calls(*marks: str) -> Iterator[tuple[str, str]]:
    """Every call whose address holds one of these and that handlers make at all, about 李小满's first objects."""
    for family in FAMILIES:
        for call in family.calls:
            if not marks or (Role.HANDLER in roles_of(call) and any(mark in call.path for mark in marks)):
                path = call.path.replace("{year}", "2020")
                for mark, value in VALUES.items():
                    path = path.replace(mark, value)
                yield call.method, path


@pytest.fixture
def filled(li: Program, batch_no: str) -> str:
    """A batch with people, an import and a row to mend: what `VALUES` name."""
    li.imported(batch_no, [WRONG, *some_people(2)])
    assert batch_no == VALUES["{batch_no}"]
    with reading() as records:
        batch_id = records.scalars(select(Batch.id)).one()
    assert str(a_draft_of(batch_id)) == VALUES["{voucher_id}"]
    return batch_no


BODIES = (
    {"json": {"name": NUMBER, "ids": [1], "all": True, "id_no": NUMBER}},
    {"data": b"\xff{", "content_type": "application/json"},
    {"data": NUMBER, "content_type": "text/plain"},
    {"data": {"file": NUMBER}, "content_type": "multipart/form-data"},
)


def test_without_a_token_every_call_is_401_whatever_is_sent(anybody: Program, filled: str) -> None:
    for method, path in calls():
        for sent in BODIES:
            assert code_of(anybody.call(method, path, **sent)) == (401, "AUTH-005"), (method, path)


def test_anothers_object_looks_like_an_unknown_one_whatever_is_sent(zhou: Program, filled: str) -> None:
    for method, path in calls("{batch_no}", "{import_id}", "{job_id}", "{voucher_id}"):
        unknown = path.replace(filled, "SZSH202004209999").replace("/1", "/999999")
        for sent in BODIES:
            foreign, missing = zhou.call(method, path, **sent), zhou.call(method, unknown, **sent)
            assert code_of(foreign) == (404, "BAT-005"), (method, path)
            assert foreign.data == missing.data, (method, path)


def test_somebody_of_another_roster_is_nobody(li: Program, zhou: Program, filled: str) -> None:
    other = zhou.open_batch("0088D3")
    for method, path in calls("{person_id}"):
        answer = zhou.call(method, path.replace(filled, other), data=b"{", content_type="application/json")
        assert code_of(answer) == (404, "BAT-005"), (method, path)


def test_an_address_that_no_database_can_hold_is_unknown(li: Program, filled: str) -> None:
    for odd in ("%00", "%F0%9F%98%80", "9" * 30, "-1", "0", "a'--"):
        for path in (f"/batches/{odd}", f"/batches/{filled}/people/{odd}", f"/imports/{odd}", f"/plan-years/{odd}"):
            assert code_of(li.get(path)) == (404, "BAT-005"), path


def test_no_problem_repeats_what_was_sent(li: Program, filled: str) -> None:
    for method, path in calls():
        for sent in BODIES:
            answer = li.call(method, path, **sent)
            if answer.status_code >= 400:
                assert NUMBER not in answer.get_data(as_text=True), (method, path)


def test_unknown_addresses_and_methods_are_problems_too(li: Program) -> None:
    assert code_of(li.get("/nowhere")) == (404, "BAT-005")
    assert code_of(li.client.get("/api/v2")) == (404, "BAT-005")
    assert code_of(li.get("//me")) == (404, "BAT-005")
    answer = li.call("DELETE", "/me")
    assert code_of(answer) == (405, "SYS-003")
    assert "GET" in answer.headers["Allow"]


def test_pages_still_answer_with_pages(app: Flask) -> None:
    assert Browser(app.test_client()).get("/nowhere").mimetype == "text/html"


@pytest.mark.parametrize("away", AWAY, ids=lambda away: type(away).__name__)
def test_a_database_that_is_away_is_503_with_the_time_to_wait(
    li: Program, monkeypatch: pytest.MonkeyPatch, away: Exception
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise away

    monkeypatch.setattr("web.api.account.codes_of", fail)
    answer = li.get("/me")
    assert code_of(answer) == (503, "SYS-001")
    assert answer.headers["Retry-After"] == "5"


def test_a_statement_that_the_database_does_not_understand_is_a_bug_and_is_traced(
    li: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("web.api.account.codes_of", ask_for_a_misspelt_column)
    with traced_without_its_message():
        answer = li.get("/me")
    assert (code_of(answer), "Retry-After" in answer.headers) == ((500, "SYS-001"), False)


def test_a_bug_is_a_problem_without_a_trace(li: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("web.api.account.codes_of", lambda *_: 1 / 0)
    answer = li.get("/me")
    assert code_of(answer) == (500, "SYS-001")
    assert "ZeroDivision" not in answer.get_data(as_text=True)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"null",
        b"[]",
        b'"text"',
        b'{"id_no": "\\ud800"}',
        b'{"id_no": "\\u0000"}',
        b"[" * 50_000,
        b'{"id_no": 1e999}',
    ],
)
def test_json_of_the_wrong_shape_is_wrong_content(li: Program, batch_no: str, body: bytes) -> None:
    answer = li.call("POST", f"/batches/{batch_no}/people/search", data=body, content_type="application/json")
    assert answer.status_code == 422
    assert answer.json["errors"]


def test_a_body_that_is_no_json_is_no_json(li: Program, batch_no: str) -> None:
    answer = li.call("POST", f"/batches/{batch_no}/people/search", data=b"{}", content_type="text/plain")
    assert code_of(answer) == (415, "SYS-003")


def test_a_body_beyond_all_bounds_is_too_large(li: Program, batch_no: str) -> None:
    huge = b'{"id_no": "' + b"1" * (11 * 1024 * 1024) + b'"}'
    answer = li.call("POST", f"/batches/{batch_no}/people/search", data=huge, content_type="application/json")
    assert code_of(answer) == (413, "IMP-008")


def test_the_type_of_a_problem_is_an_address_that_explains_it(li: Program) -> None:
    problem = li.get("/batches/SZSH202004209999").json
    page, _, place = problem["type"].partition("#")
    assert page == f"{ROOT}/docs"
    assert f'id="{place}"' in li.get(page).get_data(as_text=True)
