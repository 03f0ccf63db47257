"""保障单 and 上年度建议名单 by programs."""

from __future__ import annotations

from models.records.database import writing
from models.records.viewer import Viewer
from models.rules.permissions import Role
from tasks.suggested_roster import suggest
from tests.enrolled import enrol
from tests.web.api.conftest import Program, code_of
from tests.web.conftest import MORNING, Town, account_id
from tests.web.suggestions import remember_last_year

PERSON = {"name": "王豆豆", "id_type": "resident_id", "id_no": "110101199003079091", "has_si": True}


def enrolled(li: Program, town: Town, batch_no: str) -> None:
    assert li.post(f"/batches/{batch_no}/people", PERSON).status_code in {200, 201}
    clerk = Viewer(account_id(town.li), Role.HANDLER)
    with writing() as records:
        enrol(records, clerk, batch_no, MORNING)


def test_a_certificate_says_what_the_page_prints(li: Program, town: Town, batch_no: str) -> None:
    enrolled(li, town, batch_no)
    found = li.get(f"/batches/{batch_no}/certificate").json
    assert (found["enrolment_code"], found["total_fen"], found["si_people"]) == (town.li.code, 18000, 1)
    assert found["projects"][0] == {
        "project": "A0",
        "group": "在职住院",
        "cover_from": "2020-04-01",
        "waiting_until": None,
        "effective_from": "2020-04-01",
        "accidents_excepted": False,
        "people": 1,
    }


def test_before_its_enrolment_a_batch_has_no_certificate(li: Program, batch_no: str) -> None:
    assert code_of(li.get(f"/batches/{batch_no}/certificate")) == (409, "BAT-002")


def test_people_of_the_year_before_come_by_a_job(li: Program, town: Town, batch_no: str) -> None:
    name = remember_last_year(town.li.code)
    answer = li.post(f"/batches/{batch_no}/suggested-roster")
    assert answer.status_code == 202
    suggest(answer.json["id"])
    assert li.get(answer.headers["Location"]).json["state"] == "done"
    people = li.get(f"/batches/{batch_no}/people").json["items"]
    assert [person["name"] for person in people] == [name]


def test_where_nobody_is_known_of_the_year_before_that_is_said(li: Program, batch_no: str) -> None:
    assert code_of(li.post(f"/batches/{batch_no}/suggested-roster")) == (409, "RST-009")
