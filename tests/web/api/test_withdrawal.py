"""Batches taken back and deleted by programs, in the order of refusals that every call keeps."""

from __future__ import annotations

import pytest

from models.records.database import reading
from models.records.person import BatchPerson
from models.rules.lifecycle import BatchAction, BatchState
from tests.imports import submitted
from tests.records import BatchOf, an_upload
from tests.stages import PROJECTS, confirmed, put_into, validated
from tests.web.api.conftest import Program, code_of, viewer_of
from tests.web.clock import LAST_CENTRAL_MINUTE, at
from tests.web.conftest import MORNING, Town
from tests.workbooks import some_people

CLOSED = LAST_CENTRAL_MINUTE.replace(hour=17, minute=0)


@pytest.fixture
def batch(li: Program, town: Town, batch_no: str) -> BatchOf:
    """李小满's batch, three people on its roster."""
    li.imported(batch_no, some_people(3))
    with reading() as records:
        batch_id = records.query(BatchPerson.batch_id).first()[0]
    return BatchOf(viewer_of(town.li), batch_no, batch_id, MORNING)


@pytest.fixture
def unpaid(batch: BatchOf) -> BatchOf:
    """The same, its premium confirmed."""
    return confirmed(submitted(batch))


def withdraw(program: Program, batch: BatchOf, **sent: object) -> object:
    return program.post(f"/batches/{batch.batch_no}/withdraw", {"to": "roster", "reason": "漏了人", **sent})


def test_a_confirmed_batch_tells_its_premium_and_both_ways_back(li: Program, unpaid: BatchOf) -> None:
    told = li.get(f"/batches/{unpaid.batch_no}").json
    assert (told["state"], told["projects"], told["total_fen"]) == ("awaiting_payment", list(PROJECTS), 43000)
    assert (told["payment_due_on"], told["payment_cutoff_on"]) == ("2020-05-26", "2020-05-26")
    assert {"withdraw_to_roster", "withdraw_to_projects"} <= set(told["actions"])


def test_back_to_the_roster_the_batch_is_a_draft_again(li: Program, unpaid: BatchOf) -> None:
    answer = withdraw(li, unpaid)
    assert answer.status_code == 200
    told = answer.json
    assert (told["state"], told["people"], told["projects"], told["total_fen"]) == ("roster_draft", 3, None, None)
    assert (told["coverage_start"], told["payment_due_on"]) == (None, None)
    assert answer.headers["ETag"] == f'"{told["version"]}"'
    assert li.get(f"/batches/{unpaid.batch_no}").json == told


def test_back_to_the_projects_dates_of_payment_stay(li: Program, unpaid: BatchOf) -> None:
    told = withdraw(li, unpaid, to="projects").json
    assert (told["state"], told["projects"], told["payment_due_on"]) == ("roster_submitted", None, "2020-05-26")
    assert BatchAction.GENERATE_PREMIUM in told["actions"]


@pytest.mark.parametrize(
    ("sent", "refused"),
    [
        ({"to": None}, (422, "SYS-002")),
        ({"to": ""}, (422, "WDR-003")),
        ({"to": "elsewhere"}, (422, "WDR-003")),
        ({"reason": ""}, (422, "WDR-001")),
        ({"reason": " "}, (422, "WDR-001")),
        ({"reason": "因" * 201}, (422, "SYS-003")),
    ],
)
def test_what_is_missing_is_said_and_nothing_changes(
    li: Program, unpaid: BatchOf, sent: dict[str, object], refused: tuple[int, str]
) -> None:
    before = li.get(f"/batches/{unpaid.batch_no}").json
    assert code_of(withdraw(li, unpaid, **sent)) == refused
    assert li.get(f"/batches/{unpaid.batch_no}").json == before


def test_without_a_body_it_is_asked_whereto(li: Program, unpaid: BatchOf) -> None:
    assert code_of(li.post(f"/batches/{unpaid.batch_no}/withdraw", {})) == (422, "WDR-003")


@pytest.mark.parametrize(
    ("state", "refused"),
    [
        (BatchState.ROSTER_DRAFT, "BAT-002"),
        (BatchState.PAYMENT_REVIEW, "WDR-002"),
        (BatchState.ENROLLED, "BAT-002"),
    ],
)
def test_the_state_is_refused_before_the_content(li: Program, unpaid: BatchOf, state: BatchState, refused: str) -> None:
    put_into(unpaid, state)
    assert code_of(li.post(f"/batches/{unpaid.batch_no}/withdraw", [])) == (409, refused)


def test_after_the_central_close_nothing_comes_back(li: Program, unpaid: BatchOf) -> None:
    at(CLOSED)
    assert code_of(li.post(f"/batches/{unpaid.batch_no}/withdraw", {})) == (409, "WIN-005")


def test_another_version_is_stale_for_both(li: Program, unpaid: BatchOf) -> None:
    stale = {"headers": {"If-Match": '"1"'}}
    assert code_of(li.post(f"/batches/{unpaid.batch_no}/withdraw", {}, **stale)) == (409, "BAT-004")
    put_into(unpaid, BatchState.ROSTER_DRAFT)
    assert code_of(li.call("DELETE", f"/batches/{unpaid.batch_no}", **stale)) == (409, "BAT-004")


def test_somebody_elses_batch_is_not_there_whatever_is_sent(zhou: Program, unpaid: BatchOf) -> None:
    assert code_of(zhou.post(f"/batches/{unpaid.batch_no}/withdraw", [])) == (404, "BAT-005")
    assert code_of(zhou.call("DELETE", f"/batches/{unpaid.batch_no}")) == (404, "BAT-005")


def test_staff_neither_withdraw_nor_delete(reviewer: Program, unpaid: BatchOf) -> None:
    assert code_of(withdraw(reviewer, unpaid)) == (403, "AUTH-006")
    assert code_of(reviewer.call("DELETE", f"/batches/{unpaid.batch_no}")) == (403, "AUTH-006")


def test_a_deleted_batch_is_gone_with_its_people_and_imports(li: Program, batch: BatchOf) -> None:
    answer = li.call("DELETE", f"/batches/{batch.batch_no}")
    assert (answer.status_code, answer.get_data()) == (204, b"")
    assert answer.headers["ETag"] == '"3"'
    assert code_of(li.get(f"/batches/{batch.batch_no}")) == (404, "BAT-005")
    assert li.get("/batches").json["items"] == []
    with reading() as records:
        assert records.query(BatchPerson).count() == 0
    assert code_of(li.call("DELETE", f"/batches/{batch.batch_no}")) == (404, "BAT-005")


def test_what_was_submitted_is_not_deleted(li: Program, unpaid: BatchOf) -> None:
    assert code_of(li.call("DELETE", f"/batches/{unpaid.batch_no}")) == (409, "BAT-002")


def test_while_a_file_waits_nothing_is_deleted(li: Program, batch: BatchOf) -> None:
    an_upload(batch)
    assert code_of(li.call("DELETE", f"/batches/{batch.batch_no}")) == (409, "BAT-007")


def test_a_draft_with_a_fresh_good_report_says_that_it_only_has_to_be_submitted(li: Program, batch: BatchOf) -> None:
    def said() -> list[str]:
        listed = li.get("/batches").json["items"][0]
        return [li.get(f"/batches/{batch.batch_no}").json["state_text"], listed["state_text"]]

    assert said() == ["清册待校验"] * 2
    validated(batch)
    assert said() == ["清册待校验（已通过，待提交）"] * 2
    assert li.post(f"/batches/{batch.batch_no}/people/remove", {"all": True}).status_code == 200
    assert said() == ["清册待校验"] * 2
