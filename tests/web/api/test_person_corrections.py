"""更正 by program."""

from __future__ import annotations

import io
from typing import Any

import pytest
from werkzeug.test import TestResponse

from models.records.person import BatchPerson
from tests.builders import a_person, resident_id
from tests.imports import another_batch, submitted
from tests.people import a_passport, stored_people
from tests.records import BatchOf, people_on
from tests.vouchers import a_photo
from tests.web.api.conftest import Program, code_of, viewer_of
from tests.web.conftest import MORNING, Town

RIGHT = resident_id(sequence=77)


@pytest.fixture
def batch(town: Town) -> BatchOf:
    """李小满's submitted batch of 王豆豆 and, with a passport, 王豆."""
    made = another_batch(viewer_of(town.li), "0088E1", now=MORNING)
    people_on(made, [a_person(), a_passport()])
    return submitted(made)


def correct(program: Program, person: BatchPerson | int, headers: Any = None, **fields: object) -> TestResponse:
    sent = {"reason": "单位来函", "file": (io.BytesIO(a_photo()), "身份证.jpg")} | fields
    person_id = person if isinstance(person, int) else person.id
    return program.call(
        "POST",
        f"/people/{person_id}/correction",
        data={name: value for name, value in sent.items() if value is not None},
        content_type="multipart/form-data",
        headers=headers,
    )


def test_a_number_is_corrected_and_the_batch_has_a_new_version(reviewer: Program, batch: BatchOf) -> None:
    doudou, _ = stored_people(batch)
    answer = correct(reviewer, doudou, id_no=RIGHT)
    assert answer.status_code == 200, answer.json
    assert (answer.json["outcome"], answer.json["claimed"]) == ("updated", True)
    assert answer.json["id_no"] == f"3100*****{RIGHT[-4:]}"
    assert answer.headers["ETag"]
    assert stored_people(batch)[0].id_no == RIGHT
    assert code_of(correct(reviewer, doudou, {"If-Match": '"1"'}, name="王豆芽")) == (409, "BAT-004")
    assert correct(reviewer, doudou, {"If-Match": answer.headers["ETag"]}, name="王豆芽").status_code == 200


def test_words_of_the_template_and_of_the_interface_are_taken(reviewer: Program, batch: BatchOf) -> None:
    _, dou = stored_people(batch)
    answer = correct(reviewer, dou, sex="female", birth="1998-12-08", id_type="passport")
    assert (answer.json["sex"], answer.json["birth"]) == ("female", "1998-12-08")
    assert correct(reviewer, dou, sex="男").json["sex"] == "male"
    assert correct(reviewer, dou, sex="男").json["outcome"] == "unchanged"
    assert code_of(correct(reviewer, dou, id_type="resident_id")) == (422, "RST-002")


def test_everything_that_is_wrong_is_told_field_by_field(reviewer: Program, batch: BatchOf) -> None:
    answer = correct(reviewer, stored_people(batch)[0], name="", id_no="110101199003079092", reason="", file=None)
    assert code_of(answer) == (422, "ROW-001")
    assert {error["field"]: error["code"] for error in answer.json["errors"]} == {
        "name": "ROW-001",
        "id_no": "IDN-005",
        "reason": "SYS-002",
        "file": "SYS-002",
    }
    assert answer.json["detail"] == "姓名不能为空。"


def test_a_number_of_somebody_else_is_refused_and_nothing_changes(
    reviewer: Program, batch: BatchOf, town: Town
) -> None:
    other = another_batch(viewer_of(town.zhou), "0088E2", now=MORNING)
    people_on(other, [a_person(id_no=RIGHT)])
    submitted(other)
    answer = correct(reviewer, stored_people(batch)[0], id_no=RIGHT)
    assert code_of(answer) == (422, "REG-001")
    assert "周谷雨" in answer.json["detail"]
    assert stored_people(batch)[0].id_no == a_person().id_no


def test_a_file_that_is_no_picture_is_refused(reviewer: Program, batch: BatchOf) -> None:
    answer = correct(reviewer, stored_people(batch)[0], name="王豆芽", file=(io.BytesIO(b"PK\x03\x04"), "a.jpg"))
    assert code_of(answer) == (422, "APP-003")


def test_the_state_is_refused_before_the_content(reviewer: Program, town: Town, batch_no: str) -> None:
    draft = another_batch(viewer_of(town.li), "0088E3", now=MORNING)
    people_on(draft, [a_person()])
    assert code_of(correct(reviewer, stored_people(draft)[0], name="", file=None)) == (409, "BAT-002")


def test_whom_there_is_not_and_who_may_not(reviewer: Program, li: Program, batch: BatchOf) -> None:
    assert code_of(correct(reviewer, 99_999, name="王豆芽")) == (404, "BAT-005")
    assert code_of(correct(li, stored_people(batch)[0], name="王豆芽")) == (403, "AUTH-006")
    assert code_of(reviewer.post(f"/people/{stored_people(batch)[0].id}/correction", {})) == (415, "SYS-003")
