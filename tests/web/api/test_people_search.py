"""人员查询 by program."""

from __future__ import annotations

from typing import Any

import pytest

from models.actions.search_people import find_people_after
from models.records.database import writing
from tests.people import audited
from tests.web.api.conftest import Program, code_of
from tests.workbooks import WANG_DOU, WANG_DOUDOU, some_people

NUMBER = WANG_DOUDOU[2]


@pytest.fixture
def filled(li: Program, batch_no: str) -> str:
    """李小满's batch with 王豆豆, 王豆 and 3 others."""
    li.imported(batch_no, [WANG_DOUDOU, WANG_DOU, *some_people(3)])
    return batch_no


def test_a_number_is_answered_with_the_batch_and_whom_to_call(reviewer: Program, filled: str) -> None:
    answer = reviewer.post("/people/search", {"id_no": NUMBER})
    assert answer.status_code == 200
    (found,) = answer.json["items"]
    assert answer.json["next"] is None
    assert (found["name"], found["id_no"], found["batch_no"]) == ("王豆豆", "1101*****9091", filled)
    assert (found["state_text"], found["claimed"], found["handler"]) == ("清册待校验", False, "李小满")
    assert NUMBER not in answer.get_data(as_text=True)
    assert [entry.details["id_no"] for entry in audited("search_people")] == ["1101*****9091"]


def test_a_name_goes_on_by_its_cursor(admin: Program, filled: str) -> None:
    asked = {"name": "王豆", "match": "part", "plan_year": "2020"}
    first = admin.post("/people/search?limit=1", asked).json
    rest = admin.post(f"/people/search?limit=1&cursor={first['next']}", asked).json
    assert [one["name"] for one in (*first["items"], *rest["items"])] == ["王豆", "王豆豆"]
    assert rest["next"] is None
    assert [entry.details["people"] for entry in audited("search_people")] == [1, 1]


def test_others_may_write_while_people_are_looked_for(
    reviewer: Program, filled: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def find(*asked: Any) -> Any:
        with writing(0.2):
            return find_people_after(*asked)

    monkeypatch.setattr("web.api.people_search.find_people_after", find)
    assert reviewer.post("/people/search", {"name": "王豆"}).status_code == 200


@pytest.mark.parametrize(
    ("asked", "field", "code"),
    [
        ({}, "id_no", "SYS-002"),
        ({"id_no": "110101199003079092"}, "id_no", "IDN-005"),
        ({"name": "王1"}, "name", "ROW-014"),
        ({"name": "王", "match": "part"}, "name", "SYS-003"),
        ({"name": "王豆", "match": "like"}, "match", "SYS-003"),
    ],
)
def test_what_nobody_can_be_found_by_is_refused_at_its_field(
    reviewer: Program, filled: str, asked: dict[str, str], field: str, code: str
) -> None:
    answer = reviewer.post("/people/search", asked)
    assert code_of(answer) == (422, code)
    assert [(error["field"], error["code"]) for error in answer.json["errors"]] == [(field, code)]
    assert "第" not in answer.json["detail"]


def test_handlers_do_not_search(li: Program, filled: str) -> None:
    assert code_of(li.post("/people/search", {"id_no": NUMBER})) == (403, "AUTH-006")
