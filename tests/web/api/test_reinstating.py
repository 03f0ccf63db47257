"""恢复 by a program (INTERFACES 3)."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from models.records.database import writing
from models.records.unit import EnrolmentCode
from models.rules.lifecycle import BatchState
from tests.builders import a_person, resident_id
from tests.expired import expired
from tests.imports import another_batch, submitted, the_batch
from tests.people import audited
from tests.records import BatchOf, people_on
from tests.stages import awaiting_payment, put_into
from tests.web.api.conftest import Program, code_of, viewer_of
from tests.web.conftest import MORNING, Town

PEOPLE = [a_person(name=name, id_no=resident_id(sequence=number)) for number, name in enumerate("甲乙")]
ASKED = {"until": "2020-05-20T17:00:00+08:00", "reason": "截止时间已调整"}


@pytest.fixture
def batch(town: Town) -> BatchOf:
    """A submitted batch of two people of 李小满's that has expired."""
    made = another_batch(viewer_of(town.li), "0088E1", now=MORNING)
    people_on(made, PEOPLE)
    return expired(submitted(made))


def reinstate(program: Program, batch: BatchOf, **changes: object) -> tuple[int, str]:
    """Status and code of a refusal."""
    return code_of(program.post(f"/batches/{batch.batch_no}/reinstate", ASKED | changes))


def test_an_administrator_gives_it_time_again(admin: Program, li: Program, batch: BatchOf) -> None:
    assert admin.get(f"/batches/{batch.batch_no}").json["actions"] == ["reinstate"]
    answer = admin.post(f"/batches/{batch.batch_no}/reinstate", ASKED)
    assert (answer.status_code, answer.json["state"], answer.json["expired_reason"]) == (200, "roster_submitted", None)
    assert answer.headers["ETag"] == f'"{answer.json["version"]}"'
    told = li.get("/notices").json["items"][0]
    assert told["message"] == f"市职保会已对批次{batch.batch_no}进行恢复，原因：截止时间已调整，请知悉。"
    assert "generate_premium" in li.get(f"/batches/{batch.batch_no}").json["actions"]


def test_everybody_whom_others_have_enrolled_is_named(admin: Program, town: Town, batch: BatchOf) -> None:
    other = another_batch(viewer_of(town.zhou), "0088E2", now=MORNING)
    people_on(other, PEOPLE[:1])
    submitted(other)
    answer = admin.post(f"/batches/{batch.batch_no}/reinstate", ASKED)
    assert code_of(answer) == (409, "VAL-006")
    [error] = answer.json["errors"]
    assert (error["field"], error["code"], error["message"][:2]) == ("people", "REG-001", "甲（")
    assert the_batch(batch).state == BatchState.EXPIRED
    assert [entry.details["register_answers"] for entry in audited("reinstate_in_vain")] == [1]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"until": "2020-04-19T09:00:00+08:00"}, "SYS-003"),
        ({"until": "2020-05-20T17:00:00"}, "SYS-003"),
        ({"until": "soon"}, "SYS-003"),
        ({"until": ""}, "SYS-002"),
        ({"reason": " "}, "SYS-002"),
        ({"reason": "长" * 501}, "SYS-003"),
    ],
)
def test_what_is_wrong_is_named_by_its_field(
    admin: Program, batch: BatchOf, changes: dict[str, str], code: str
) -> None:
    answer = admin.post(f"/batches/{batch.batch_no}/reinstate", ASKED | changes)
    assert code_of(answer) == (422, code)
    assert [error["field"] for error in answer.json["errors"]] == list(changes)


def test_state_is_refused_before_content(admin: Program, batch: BatchOf) -> None:
    put_into(batch, BatchState.ROSTER_DRAFT)
    assert reinstate(admin, batch, until="soon") == (409, "BAT-002")


def test_a_code_that_went_to_another_account_meanwhile_is_a_conflict_before_the_content(
    admin: Program, town: Town, batch: BatchOf
) -> None:
    other = viewer_of(town.zhou).account_id
    with writing() as records:
        records.execute(update(EnrolmentCode).where(EnrolmentCode.code == "0088E1").values(account_id=other))
    assert reinstate(admin, batch, until="soon") == (409, "COD-002")


def test_the_one_deadline_of_a_reinstated_batch_is_told_in_place_of_both_days(
    admin: Program, li: Program, town: Town
) -> None:
    batch = another_batch(viewer_of(town.li), "0088E3", now=MORNING)
    people_on(batch, [a_person(name="丙", id_no=resident_id(sequence=7))])
    expired(awaiting_payment(batch))
    admin.post(f"/batches/{batch.batch_no}/reinstate", ASKED)
    told = li.get(f"/batches/{batch.batch_no}").json
    assert (told["state"], told["payment_due_on"], told["payment_cutoff_on"]) == (
        "awaiting_payment", "2020-05-20", "2020-05-20"
    )  # fmt: skip


def test_a_rejected_batch_that_left_its_voucher_by_expiring_waits_for_a_new_one(
    admin: Program, li: Program, town: Town
) -> None:
    batch = another_batch(viewer_of(town.li), "0088E4", now=MORNING)
    people_on(batch, [a_person(name="丁", id_no=resident_id(sequence=8))])
    put_into(awaiting_payment(batch), BatchState.PAYMENT_REJECTED, resubmit_by=MORNING.date())
    expired(batch)
    admin.post(f"/batches/{batch.batch_no}/reinstate", ASKED)
    told = li.get(f"/batches/{batch.batch_no}").json
    assert (told["state"], told["actions"]) == ("payment_rejected", ["create_voucher"])


def test_a_stale_version_is_refused(admin: Program, batch: BatchOf) -> None:
    answer = admin.post(f"/batches/{batch.batch_no}/reinstate", ASKED, headers={"If-Match": '"1"'})
    assert code_of(answer) == (409, "BAT-004")


def test_nobody_else_may(li: Program, reviewer: Program, batch: BatchOf) -> None:
    for program in (li, reviewer):
        assert reinstate(program, batch) == (403, "AUTH-006")
        assert "reinstate" not in program.get(f"/batches/{batch.batch_no}").json["actions"]


def test_an_unknown_batch_is_not_there(admin: Program) -> None:
    assert code_of(admin.post("/batches/SZSH202004209999/reinstate", ASKED)) == (404, "BAT-005")
