"""参保清册 by programs: pages of people, one person, and every change of a roster."""

from __future__ import annotations

import io

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from models.records.audit import AuditEntry
from models.records.database import reading
from tests.imports import submitted
from tests.records import BatchOf
from tests.statements import statements
from tests.web.api.conftest import ROOT, Program, code_of, viewer_of
from tests.web.conftest import MORNING, Town
from tests.workbooks import WANG_DOU, WANG_DOUDOU, some_people

CHEN = {
    "name": "陈一",
    "id_type": "passport",
    "id_no": "E12345678",
    "birth": "1990-01-01",
    "sex": "male",
    "mobile": None,
    "has_si": False,
}
"""Somebody to add by hand."""


def people(program: Program, batch_no: str, query: str = "") -> list[dict[str, object]]:
    """A page of the roster."""
    answer = program.get(f"/batches/{batch_no}/people{query}")
    assert answer.status_code == 200, answer.json
    return list(answer.json["items"])


@pytest.fixture
def filled(li: Program, batch_no: str) -> str:
    """李小满's batch with the handbook's two people."""
    li.imported(batch_no, [WANG_DOUDOU, WANG_DOU])
    return batch_no


def test_people_are_told_with_masked_numbers(li: Program, filled: str) -> None:
    doudou, dou = people(li, filled)
    assert (doudou["name"], doudou["id_type"], doudou["id_no"]) == ("王豆豆", "resident_id", "1101*****9091")
    assert (doudou["birth"], doudou["sex"], doudou["has_si"]) == ("1990-03-07", "male", True)
    assert (dou["id_no"], dou["employment_status"]) == ("H8***2X", "unknown")
    assert doudou["eligible"] is True
    assert doudou["eligible_text"] == "是"


def test_filters_narrow_the_roster(li: Program, filled: str) -> None:
    assert [one["name"] for one in people(li, filled, "?name=豆豆")] == ["王豆豆"]
    assert [one["name"] for one in people(li, filled, "?employment_status=unknown")] == ["王豆"]
    assert people(li, filled, "?over_age=true") == []
    assert len(people(li, filled, "?over_age=false")) == 2
    assert people(li, filled, "?si_unit_code=ABCDEF") == []


@pytest.mark.parametrize("query", ["over_age=perhaps", "employment_status=working", "name=%00", "limit=-1"])
def test_a_filter_that_means_nothing_is_refused(li: Program, filled: str, query: str) -> None:
    assert code_of(li.get(f"/batches/{filled}/people?{query}")) == (422, "SYS-003")


def test_somebody_over_age_is_not_eligible(li: Program, batch_no: str) -> None:
    li.imported(batch_no, [("王老", "护照", "E12345678", "1950-01-01", "男", "", "是")])
    (old,) = people(li, batch_no, "?over_age=true")
    assert (old["over_age"], old["eligible"], old["eligible_text"]) == (True, False, "否(超龄)")


def test_a_number_is_searched_in_the_body_whole_or_by_its_beginning(li: Program, filled: str) -> None:
    def found(number: str) -> list[str]:
        answer = li.post(f"/batches/{filled}/people/search", {"id_no": number})
        assert answer.status_code == 200, answer.json
        return [one["name"] for one in answer.json["items"]]

    assert found("110101199003079091") == ["王豆豆"]
    assert found("1101 0119 9003 0790 91") == ["王豆豆"]
    assert found("110101") == ["王豆豆"]
    assert found("1101") == []
    assert found("110101199003079092") == []


def test_a_roster_is_read_page_by_page_to_its_end(li: Program, batch_no: str) -> None:
    li.imported(batch_no, some_people(25))
    names, cursor = [], ""
    while cursor is not None:
        page = li.get(f"/batches/{batch_no}/people?limit=10&cursor={cursor}").json
        names += [one["name"] for one in page["items"]]
        cursor = page["next"]
    assert names == [row[0] for row in some_people(25)]


def test_a_page_asks_as_often_for_60_people_as_for_2(li: Program, batch_no: str) -> None:
    li.imported(batch_no, some_people(60))
    with statements() as for_two:
        li.get(f"/batches/{batch_no}/people?limit=2")
    with statements() as for_sixty:
        li.get(f"/batches/{batch_no}/people?limit=1000")
    assert len(for_sixty) == len(for_two)


def test_one_person_is_added_found_and_added_again(li: Program, batch_no: str) -> None:
    added = li.post(f"/batches/{batch_no}/people", CHEN)
    assert added.status_code == 201, added.json
    assert (added.json["outcome"], added.json["employment_status"]) == ("added", "unknown")
    assert added.headers["Location"] == f"{ROOT}/batches/{batch_no}/people/{added.json['id']}"
    seen = li.get(added.headers["Location"]).json
    assert seen == {name: added.json[name] for name in seen}
    again = li.post(f"/batches/{batch_no}/people", {**CHEN, "mobile": "13800000000"})
    assert (again.status_code, again.json["outcome"], again.json["mobile"]) == (200, "updated", "13800000000")


def test_the_words_of_the_template_may_be_sent_too(li: Program, batch_no: str) -> None:
    sent = {**CHEN, "id_type": "护照", "sex": "男", "has_si": "是"}
    assert li.post(f"/batches/{batch_no}/people", sent).json["employment_status"] == "in_service"


def test_every_reason_why_a_person_is_not_taken_is_named_by_its_field(li: Program, batch_no: str) -> None:
    sent = {"name": "", "id_type": "resident_id", "id_no": "110101199003079092", "mobile": "12", "has_si": True}
    answer = li.post(f"/batches/{batch_no}/people", sent)
    assert code_of(answer) == (422, "ROW-001")
    assert [(error["field"], error["code"]) for error in answer.json["errors"]] == [
        ("name", "ROW-001"),
        ("id_no", "IDN-005"),
        ("mobile", "ROW-010"),
    ]
    assert answer.json["detail"] == "姓名不能为空。"
    assert "110101199003079092" not in answer.get_data(as_text=True)


def test_a_missing_field_is_named_and_what_was_sent_is_not_repeated(li: Program, batch_no: str) -> None:
    answer = li.post(f"/batches/{batch_no}/people", {"name": 110101199003079091, "id_no": ["110101199003079091"]})
    assert answer.status_code == 422
    assert {(error["field"], error["code"]) for error in answer.json["errors"]} == {
        ("name", "SYS-003"),
        ("id_type", "SYS-002"),
        ("id_no", "SYS-003"),
        ("has_si", "SYS-002"),
    }
    assert "110101199003079091" not in answer.get_data(as_text=True)


def test_a_passport_person_is_edited_a_resident_is_not(li: Program, filled: str) -> None:
    doudou, dou = people(li, filled)
    edited = li.call("PATCH", f"/batches/{filled}/people/{dou['id']}", json={"name": "王小豆"})
    assert (edited.status_code, edited.json["name"], edited.json["id_no"]) == (200, "王小豆", "H8***2X")
    refused = li.call("PATCH", f"/batches/{filled}/people/{doudou['id']}", json={"name": "王小豆"})
    assert code_of(refused) == (409, "RST-001")
    other_type = li.call("PATCH", f"/batches/{filled}/people/{dou['id']}", json={"id_type": "resident_id"})
    assert code_of(other_type) == (422, "RST-002")
    wrong = li.call("PATCH", f"/batches/{filled}/people/{dou['id']}", json={"birth": "1998-02-30", "mobile": "1"})
    assert [error["code"] for error in wrong.json["errors"]] == ["ROW-007", "ROW-010"]


def test_a_resident_is_not_edited_whatever_is_sent(li: Program, filled: str) -> None:
    doudou, _ = people(li, filled)
    answer = li.call("PATCH", f"/batches/{filled}/people/{doudou['id']}", data=b"{", content_type="application/json")
    assert code_of(answer) == (409, "RST-001")


def test_an_unclear_person_is_set_in_service_once(li: Program, filled: str) -> None:
    _, dou = people(li, filled)
    done = li.post(f"/batches/{filled}/people/{dou['id']}/in-service")
    assert (done.status_code, done.json["employment_status"], done.json["has_si"]) == (200, "in_service", True)
    assert code_of(li.post(f"/batches/{filled}/people/{dou['id']}/in-service")) == (409, "RST-004")


def test_several_are_set_in_service_at_once(li: Program, filled: str) -> None:
    ids = [one["id"] for one in people(li, filled)]
    answer = li.post(f"/batches/{filled}/people/in-service", {"ids": ids})
    assert answer.json == {"in_service": 1, "version": li.get(f"/batches/{filled}").json["version"]}
    assert code_of(li.post(f"/batches/{filled}/people/in-service", {"ids": []})) == (422, "SYS-002")


def test_one_person_is_removed(li: Program, filled: str) -> None:
    _, dou = people(li, filled)
    answer = li.call("DELETE", f"/batches/{filled}/people/{dou['id']}")
    assert (answer.status_code, answer.data) == (204, b"")
    assert [one["name"] for one in people(li, filled)] == ["王豆豆"]
    assert code_of(li.call("DELETE", f"/batches/{filled}/people/{dou['id']}")) == (404, "BAT-005")


def test_ticked_people_are_removed_and_nobody_by_accident(li: Program, filled: str) -> None:
    remove = f"/batches/{filled}/people/remove"
    for nobody in ({}, {"ids": []}):
        assert code_of(li.post(remove, nobody)) == (422, "RST-006")
    for unclear in ({"all": False}, {"all": True, "ids": [1]}, {"ids": ["x"]}, {"ids": [2**63]}, {"ids": [0]}):
        assert code_of(li.post(remove, unclear)) == (422, "SYS-003"), unclear
    assert len(people(li, filled)) == 2
    _, dou = people(li, filled)
    assert li.post(remove, {"ids": [dou["id"], 999_999]}).json["removed"] == 1
    assert [one["name"] for one in people(li, filled)] == ["王豆豆"]


def test_everybody_is_removed_only_when_that_is_said(li: Program, filled: str) -> None:
    assert li.post(f"/batches/{filled}/people/remove", {"all": True}).json["removed"] == 2
    assert people(li, filled) == []


def test_a_change_of_a_version_that_is_gone_is_refused(li: Program, batch_no: str) -> None:
    seen = li.get(f"/batches/{batch_no}")
    added = li.post(f"/batches/{batch_no}/people", CHEN, headers={"If-Match": seen.headers["ETag"]})
    assert added.status_code == 201
    stale = {"If-Match": seen.headers["ETag"]}
    person = f"/batches/{batch_no}/people/{added.json['id']}"
    for answer in (
        li.post(f"/batches/{batch_no}/people", CHEN, headers=stale),
        li.call("PATCH", person, json={"name": "陈二"}, headers=stale),
        li.post(f"{person}/in-service", headers=stale),
        li.post(f"/batches/{batch_no}/people/in-service", {"ids": [1]}, headers=stale),
        li.post(f"/batches/{batch_no}/people/remove", {"all": True}, headers=stale),
        li.call("DELETE", person, headers=stale),
    ):
        assert code_of(answer) == (409, "BAT-004")
    for other in ('"99999999999999"', "nonsense", '"1", "2"', 'W/"1"'):
        assert code_of(li.call("DELETE", person, headers={"If-Match": other})) == (409, "BAT-004")
    assert li.call("DELETE", person, headers={"If-Match": added.headers["ETag"]}).status_code == 204
    assert li.post(f"/batches/{batch_no}/people", CHEN, headers={"If-Match": "*"}).status_code == 201


def test_a_unit_takes_its_roster_with_full_numbers_and_that_is_written_down(li: Program, filled: str) -> None:
    answer = li.get(f"/batches/{filled}/people.xlsx")
    assert answer.status_code == 200
    cells = [cell.value for row in load_workbook(io.BytesIO(answer.data)).active for cell in row]
    assert {"110101199003079091", "H801213602X"} <= set(cells)
    with reading() as records:
        assert records.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()[-1] == "export_people"


def test_staff_take_no_roster(reviewer: Program, filled: str) -> None:
    assert code_of(reviewer.get(f"/batches/{filled}/people.xlsx")) == (403, "AUTH-006")


def test_a_submitted_roster_is_read_and_not_changed(li: Program, filled: str, town: Town) -> None:
    submitted(BatchOf(viewer_of(town.li), filled, 0, MORNING))
    doudou, _ = people(li, filled)
    assert li.get(f"/batches/{filled}").json["state"] == "roster_submitted"
    for answer in (
        li.post(f"/batches/{filled}/people", "no person at all"),
        li.call("PATCH", f"/batches/{filled}/people/{doudou['id']}", data=b"\xff", content_type="text/plain"),
        li.post(f"/batches/{filled}/people/remove", {"ids": "wrong"}),
        li.call("DELETE", f"/batches/{filled}/people/{doudou['id']}"),
    ):
        assert code_of(answer) == (409, "RST-010")
