"""清册校验 and its report by programs, and what a roster that is checked or submitted refuses."""

from __future__ import annotations

from datetime import date

import pytest

from models.records.database import writing
from models.records.reference import SiPerson, SiUnit
from models.records.sealing import id_digest
from models.rules.person import EmploymentStatus
from tests.statements import statements
from tests.web.api.checks import OLD, OLD_WITHOUT_SI, PLEDGE, id_of, promise, submitted, validated, worked
from tests.web.api.conftest import ROOT, Program, code_of
from tests.web.conftest import Town
from tests.workbooks import WANG_DOUDOU, some_people


@pytest.fixture
def filled(li: Program, batch_no: str) -> str:
    """李小满's batch with 王豆豆, who is in service and under age."""
    li.imported(batch_no, [WANG_DOUDOU])
    return batch_no


def test_a_check_is_a_job_and_its_report_is_read_afterwards(li: Program, filled: str) -> None:
    asked = li.post(f"/batches/{filled}/validate")
    assert (asked.status_code, asked.json["kind"], asked.json["state"]) == (202, "roster.validate", "queued")
    assert asked.headers["Location"] == f"{ROOT}/jobs/{asked.json['id']}"
    assert worked(li, asked).json["state"] == "done"
    report = li.get(f"/batches/{filled}/validation").json
    assert (report["result"], report["stale"], report["people"]) == ("passed", False, 1)
    assert li.get(f"/batches/{filled}").json["state"] == "roster_draft"


def test_a_notice_is_told_and_stands_in_nobodys_way(li: Program, filled: str) -> None:
    report = validated(li, filled)
    assert report["findings"] == [
        {
            "check": "V9",
            "code": "VAL-009",
            "blocking": False,
            "person_id": None,
            "name": None,
            "id_no": None,
            "message": "有1人无社保编码，无社保编码不影响正常参保。",
        }
    ]
    assert report["result"] == "passed"


def test_people_are_found_one_by_one_with_masked_numbers(li: Program, filled: str) -> None:
    li.imported(filled, [OLD, OLD_WITHOUT_SI])
    report = validated(li, filled)
    people = [each for each in report["findings"] if each["blocking"]]  # type: ignore[attr-defined]  # a list of objects
    assert [(each["check"], each["code"], each["name"], each["id_no"]) for each in people] == [
        ("V4", "VAL-002", "王老", "E1***78"),
        ("V5", "VAL-005", "王翁", "E1***79"),
    ]
    assert [each["person_id"] for each in people] == [id_of(li, filled, "王老"), id_of(li, filled, "王翁")]
    assert report["result"] == "failed"
    assert li.get(f"/batches/{filled}").json["state"] == "roster_failed"


def test_whoever_was_removed_since_is_named_without_a_number(li: Program, filled: str) -> None:
    li.imported(filled, [OLD])
    validated(li, filled)
    person_id = id_of(li, filled, "王老")
    li.call("DELETE", f"/batches/{filled}/people/{person_id}")
    report = li.get(f"/batches/{filled}/validation").json
    (found,) = (each for each in report["findings"] if each["blocking"])
    assert (found["person_id"], found["name"], found["id_no"]) == (person_id, "王老", None)


def test_the_ratio_of_each_code_is_told_in_numbers(li: Program, filled: str) -> None:
    with writing() as records:
        register(SiPerson, records, "110101199003079091", "31018801")
        records.add(SiUnit(si_unit_code="31018801", in_service_total=3, as_of=date(2020, 3, 31)))
    report = validated(li, filled)
    assert report["ratio"] == [
        {"si_unit_code": "31018801", "people": 1, "total": 3, "percent": 33.33, "need": 3, "ok": False}
    ]
    assert report["result"] == "failed"


def test_a_code_without_a_total_has_nothing_to_compare_with(li: Program, filled: str) -> None:
    with writing() as records:
        register(SiPerson, records, "110101199003079091", "31018801")
    assert validated(li, filled)["ratio"] == [
        {"si_unit_code": "31018801", "people": 1, "total": None, "percent": None, "need": None, "ok": None}
    ]


def register(table: type[SiPerson], records: object, id_no: str, code: str) -> None:
    """The social-insurance register knows the number under this code."""
    person = table(
        id_digest=id_digest(id_no),
        name="王豆豆",
        personal_si_no="310100000000001",
        si_unit_code=code,
        status=EmploymentStatus.IN_SERVICE,
        as_of=date(2020, 3, 31),
    )
    records.add(person)  # type: ignore[attr-defined]  # a session


def test_a_changed_roster_makes_the_report_stale(li: Program, filled: str) -> None:
    version = validated(li, filled)["roster_version"]
    li.imported(filled, some_people(1))
    report = li.get(f"/batches/{filled}/validation").json
    assert (report["stale"], report["roster_version"]) == (True, version)


def test_before_the_first_check_there_is_no_report(li: Program, filled: str) -> None:
    answer = li.get(f"/batches/{filled}/validation")
    assert code_of(answer) == (409, "BAT-002")
    assert answer.json["detail"] == "批次当前状态为“尚未校验”，不能进行“查看校验结果”。"


def test_while_the_first_check_waits_the_report_is_on_its_way(li: Program, filled: str) -> None:
    li.post(f"/batches/{filled}/validate")
    answer = li.get(f"/batches/{filled}/validation")
    assert code_of(answer) == (409, "BAT-007")
    assert int(answer.headers["Retry-After"]) > 0


def test_a_report_of_forty_people_takes_as_many_statements_as_one_of_two(
    li: Program, zhou: Program, batch_no: str, town: Town
) -> None:
    other = zhou.open_batch(town.zhou.code)
    li.imported(batch_no, old_people(2))
    zhou.imported(other, old_people(40))
    validated(li, batch_no)
    validated(zhou, other)
    with statements() as of_two:
        li.get(f"/batches/{batch_no}/validation")
    with statements() as of_forty:
        assert len(zhou.get(f"/batches/{other}/validation").json["findings"]) == 41
    assert len(of_forty) == len(of_two)


def old_people(number: int) -> list[tuple[str, ...]]:
    """People over age with passports."""
    return [("王老", "护照", f"E{1000000 + each}", "1950-01-01", "男", "", "是") for each in range(number)]


def test_an_empty_roster_may_be_checked_and_fails(li: Program, batch_no: str) -> None:
    report = validated(li, batch_no)
    assert report["result"] == "failed"
    assert [(each["check"], each["code"]) for each in report["findings"]] == [("V1", "VAL-001")]  # type: ignore[attr-defined]  # a list of objects


@pytest.mark.parametrize(("asked", "job"), [("validate", "清册校验"), ("submit", "清册提交")])
def test_while_a_roster_is_checked_it_is_neither_changed_nor_checked_again(
    li: Program, filled: str, asked: str, job: str
) -> None:
    person_id = id_of(li, filled, "王豆豆")
    li.post(f"/batches/{filled}/{asked}", PLEDGE)
    for answer in (
        li.post(f"/batches/{filled}/validate"),
        li.post(f"/batches/{filled}/submit", PLEDGE),
        promise(li, filled, person_id, True),
        li.call("DELETE", f"/batches/{filled}/people/{person_id}"),
    ):
        assert code_of(answer) == (409, "BAT-007")
        assert answer.json["detail"] == f"该批次正在处理{job}，请稍后。"


def test_a_submitted_roster_is_neither_checked_nor_promised_for(li: Program, filled: str) -> None:
    person_id = id_of(li, filled, "王豆豆")
    submitted(li, filled)
    assert code_of(li.post(f"/batches/{filled}/validate")) == (409, "BAT-002")
    assert code_of(li.post(f"/batches/{filled}/submit", PLEDGE)) == (409, "BAT-002")
    assert code_of(promise(li, filled, person_id, True)) == (409, "BAT-002")


def test_a_stale_version_is_refused(li: Program, filled: str) -> None:
    old = {"If-Match": '"1"'}
    path = f"/batches/{filled}"
    person_id = id_of(li, filled, "王豆豆")
    assert code_of(li.call("POST", f"{path}/validate", headers=old)) == (409, "BAT-004")
    assert code_of(li.call("POST", f"{path}/submit", json=PLEDGE, headers=old)) == (409, "BAT-004")
    assert code_of(promise(li, filled, person_id, True, **old)) == (409, "BAT-004")


def test_what_may_be_done_is_among_the_actions_of_the_batch(li: Program, filled: str) -> None:
    wanted = {"validate_roster", "promise", "submit_roster"}
    assert wanted <= set(li.get(f"/batches/{filled}").json["actions"])
    submitted(li, filled)
    assert wanted.isdisjoint(li.get(f"/batches/{filled}").json["actions"])


def test_another_units_roster_does_not_exist_whatever_is_sent(li: Program, zhou: Program, filled: str) -> None:
    person_id = id_of(li, filled, "王豆豆")
    for answer in (
        zhou.post(f"/batches/{filled}/validate"),
        zhou.post(f"/batches/{filled}/submit", {}),
        zhou.get(f"/batches/{filled}/validation"),
        promise(zhou, filled, person_id, "perhaps"),
    ):
        assert code_of(answer) == (404, "BAT-005")


def test_staff_read_the_report_and_check_nothing(li: Program, reviewer: Program, filled: str) -> None:
    validated(li, filled)
    assert reviewer.get(f"/batches/{filled}/validation").json["result"] == "passed"
    assert code_of(reviewer.post(f"/batches/{filled}/validate")) == (403, "AUTH-006")
    assert code_of(reviewer.post(f"/batches/{filled}/submit", PLEDGE)) == (403, "AUTH-006")
