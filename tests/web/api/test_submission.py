"""清册提交 and the promise by programs."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from models.records.claim import Claim
from models.records.database import reading
from tests.web.api.checks import OLD, OLD_WITHOUT_SI, PLEDGE, id_of, promise, submitted
from tests.web.api.conftest import Program, code_of
from tests.web.conftest import Town
from tests.workbooks import WANG_DOUDOU, some_people


def claimed() -> int:
    """How many people hold a claim."""
    with reading() as records:
        return len(records.scalars(select(Claim.id)).all())


@pytest.fixture
def filled(li: Program, batch_no: str) -> str:
    """李小满's batch with 王豆豆, who is in service and under age."""
    li.imported(batch_no, [WANG_DOUDOU])
    return batch_no


def test_a_submission_claims_everybody(li: Program, filled: str) -> None:
    assert submitted(li, filled) == "roster_submitted"
    assert claimed() == 1
    batch = li.get(f"/batches/{filled}").json
    assert (batch["coverage_start"], batch["half_price"]) == ("2020-04-01", False)
    assert li.get(f"/batches/{filled}/validation").json["result"] == "passed"


def test_a_submission_with_one_conflict_claims_nobody_and_says_with_whom(
    li: Program, zhou: Program, town: Town, filled: str
) -> None:
    other = zhou.open_batch(town.zhou.code)
    zhou.imported(other, [WANG_DOUDOU, *some_people(1)])
    assert submitted(li, filled) == "roster_submitted"
    assert submitted(zhou, other) == "roster_failed"
    assert claimed() == 1
    (found,) = (each for each in zhou.get(f"/batches/{other}/validation").json["findings"] if each["blocking"])
    assert (found["check"], found["code"], found["id_no"]) == ("V7", "REG-001", "1101*****9091")
    assert "【上海豆豆精密机械有限公司】" in found["message"]


@pytest.mark.parametrize("version", ["2019-1", "2020"])
def test_another_version_of_the_pledge_is_not_taken(li: Program, filled: str, version: str) -> None:
    assert code_of(li.post(f"/batches/{filled}/submit", {"pledge_version": version})) == (422, "VAL-007")


@pytest.mark.parametrize("sent", [{}, {"pledge_version": ""}, {"pledge_version": None}])
def test_a_pledge_that_is_not_named_is_asked_for(li: Program, filled: str, sent: object) -> None:
    answer = li.post(f"/batches/{filled}/submit", sent)
    assert code_of(answer) == (422, "SYS-002")
    assert answer.json["errors"][0]["field"] == "pledge_version"


def test_the_version_that_the_plan_year_tells_is_the_one_that_is_taken(li: Program, filled: str) -> None:
    told = li.get("/plan-years/2020").json["pledge"]["version"]
    assert li.post(f"/batches/{filled}/submit", {"pledge_version": told}).status_code == 202


def test_an_empty_roster_is_not_submitted(li: Program, batch_no: str) -> None:
    assert code_of(li.post(f"/batches/{batch_no}/submit", PLEDGE)) == (409, "VAL-001")


def test_a_promise_opens_the_way_and_is_taken_back(li: Program, filled: str) -> None:
    li.imported(filled, [OLD])
    person_id = id_of(li, filled, "王老")
    assert submitted(li, filled) == "roster_failed"
    version = li.get(f"/batches/{filled}").json["version"]
    ticked = promise(li, filled, person_id, True)
    assert (ticked.status_code, ticked.json["promised"], ticked.json["eligible_text"]) == (200, True, "是(超龄已承诺)")
    assert ticked.headers["ETag"] == f'"{version + 1}"'
    assert promise(li, filled, person_id, False).json["promised"] is False
    promise(li, filled, person_id, True)
    assert submitted(li, filled) == "roster_submitted"


def test_only_people_over_age_and_in_service_are_promised_for(li: Program, filled: str) -> None:
    li.imported(filled, [OLD_WITHOUT_SI])
    assert code_of(promise(li, filled, id_of(li, filled, "王豆豆"), True)) == (422, "SYS-003")
    assert code_of(promise(li, filled, id_of(li, filled, "王翁"), True)) == (409, "VAL-005")


@pytest.mark.parametrize("promised", [None, "perhaps", 3])
def test_a_promise_is_yes_or_no(li: Program, filled: str, promised: object) -> None:
    answer = promise(li, filled, id_of(li, filled, "王豆豆"), promised)
    assert answer.status_code == 422
    assert answer.json["errors"][0]["field"] == "promised"
