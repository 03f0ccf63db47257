"""保费 by programs: generated, confirmed, person by person, and as a workbook."""

from __future__ import annotations

import io
from datetime import datetime
from typing import Any

import pytest
from openpyxl import load_workbook

from config.clock import SHANGHAI
from models.records.audit import AuditEntry
from models.records.batch import Batch
from models.records.database import reading, writing
from models.rules.lifecycle import BatchState
from tests.premiums import BASICS, took_part
from tests.web.api.conftest import Program, code_of
from tests.web.clock import at
from tests.web.conftest import Town
from tests.web.premiums import batch_of, ready

EVERYTHING = [*BASICS, "A3", "B3", "C3"]
LATE = datetime(2021, 3, 1, 9, 0, tzinfo=SHANGHAI)


@pytest.fixture
def eight(town: Town, batch_no: str) -> str:
    """李小满's batch with the eight people of the handbook's screenshot, its roster submitted."""
    return ready(town.li, batch_no, 7, 1)


def generated(program: Program, batch_no: str, projects: list[str] | None = None) -> dict[str, Any]:
    answer = program.post(f"/batches/{batch_no}/premium", {"projects": projects or BASICS})
    assert answer.status_code == 200, answer.json
    premium: dict[str, Any] = answer.json
    return premium


def an_instant_batch(li: Program, town: Town, si_people: int, other_people: int, now: datetime = LATE) -> str:
    at(now)
    return ready(town.li, li.open_batch(town.li.code, "instant"), si_people, other_people, now=now, first=100)


def test_the_first_screenshot_comes_to_9450_yuan_line_by_line(li: Program, eight: str) -> None:
    premium = generated(li, eight, EVERYTHING)
    assert premium["total_fen"] == 945000
    assert [(" ".join(line["projects"]), line["si_fen"], line["other_fen"]) for line in premium["lines"]] == [
        ("A0 B0 C0", 126000, 0),
        ("B0", 0, 5500),
        ("C0", 0, 1500),
        ("A3", 231000, 33000),
        ("B3", 322000, 46000),
        ("C3", 157500, 22500),
    ]
    assert premium["notices"] == []


def test_the_second_screenshot_comes_to_4780_yuan(li: Program, town: Town) -> None:
    instant = an_instant_batch(li, town, 4, 0, datetime(2020, 5, 20, 9, 0, tzinfo=SHANGHAI))
    premium = generated(li, instant, EVERYTHING)
    assert [line["total_fen"] for line in premium["lines"]] == [72000, 132000, 184000, 90000]
    assert premium["total_fen"] == 478000


def test_a_line_is_told_as_by_the_check_command(li: Program, eight: str) -> None:
    assert generated(li, eight)["lines"][0] == {
        "projects": BASICS,
        "price_fen": 19000,
        "discount_fen": 1000,
        "ratio_percent": 100,
        "si_people": 7,
        "si_fen": 126000,
        "other_people": 0,
        "other_fen": 0,
        "total_fen": 126000,
    }


def test_a_preview_changes_nothing_of_the_batch(li: Program, eight: str) -> None:
    before = li.get(f"/batches/{eight}")
    answer = li.post(f"/batches/{eight}/premium", {"projects": BASICS})
    after = li.get(f"/batches/{eight}")
    assert after.json == before.json
    assert answer.headers["ETag"] == before.headers["ETag"]


def test_confirming_tells_what_is_due_and_until_when(li: Program, eight: str) -> None:
    preview = generated(li, eight, EVERYTHING)["preview"]
    answer = li.post(f"/batches/{eight}/confirm", {"preview": preview})
    assert answer.status_code == 200
    batch = answer.json
    assert (batch["state"], batch["projects"], batch["total_fen"]) == ("awaiting_payment", EVERYTHING, 945000)
    assert (batch["payment_due_on"], batch["payment_cutoff_on"]) == ("2020-05-26", "2020-05-26")
    assert answer.headers["ETag"] == f'"{batch["version"]}"'
    assert li.get(f"/batches/{eight}").json == batch


def test_what_can_be_done_next_is_offered(li: Program, eight: str) -> None:
    assert {"generate_premium", "confirm_premium"} <= set(li.get(f"/batches/{eight}").json["actions"])
    preview = generated(li, eight)["preview"]
    after = li.post(f"/batches/{eight}/confirm", {"preview": preview}).json
    assert {"generate_premium", "confirm_premium"} & set(after["actions"]) == set()


def test_why_a_batch_expired_is_told(li: Program, town: Town, eight: str) -> None:
    batch_id = batch_of(town.li, eight).batch_id
    with writing() as records:
        batch = records.get_one(Batch, batch_id)
        batch.state, batch.expired_reason = BatchState.EXPIRED, "逾期未缴费"
    assert li.get(f"/batches/{eight}").json["expired_reason"] == "逾期未缴费"


@pytest.mark.parametrize(
    ("projects", "code"),
    [
        (["A0", "A0"], "PRJ-004"),
        (["Z9"], "PRJ-005"),
        ([], "PRJ-001"),
        (["A1"], "PRJ-003"),
        (["A0", "A1", "A2"], "PRJ-002"),
        (["A0"], "PRJ-006"),
    ],
)
def test_a_wrong_selection_is_422(li: Program, eight: str, projects: list[str], code: str) -> None:
    assert code_of(li.post(f"/batches/{eight}/premium", {"projects": projects})) == (422, code)


def test_projects_that_are_not_named_are_none(li: Program, eight: str) -> None:
    assert code_of(li.post(f"/batches/{eight}/premium", {})) == (422, "PRJ-001")


@pytest.mark.parametrize("body", [{"projects": "A0"}, {"projects": [1]}, {"projects": ["A" * 21]}])
def test_projects_in_another_form_are_named(li: Program, eight: str, body: dict[str, object]) -> None:
    answer = li.post(f"/batches/{eight}/premium", body)
    assert code_of(answer) == (422, "SYS-003")
    assert answer.json["errors"][0]["field"] == "projects"


@pytest.mark.parametrize("call", ["premium", "confirm"])
def test_the_state_is_refused_before_the_content(li: Program, batch_no: str, call: str) -> None:
    assert code_of(li.post(f"/batches/{batch_no}/{call}", {"projects": 1, "preview": 1})) == (409, "BAT-002")


@pytest.mark.parametrize("call", ["premium", "confirm"])
def test_a_stale_version_is_refused_before_the_content(li: Program, eight: str, call: str) -> None:
    answer = li.post(f"/batches/{eight}/{call}", {"projects": 1, "preview": 1}, headers={"If-Match": '"1"'})
    assert code_of(answer) == (409, "BAT-004")


@pytest.mark.parametrize("call", ["premium", "confirm"])
def test_another_accounts_batch_does_not_exist(zhou: Program, eight: str, call: str) -> None:
    assert code_of(zhou.post(f"/batches/{eight}/{call}", {})) == (404, "BAT-005")
    assert code_of(zhou.get(f"/batches/{eight}/premium")) == (404, "BAT-005")
    assert code_of(zhou.get(f"/batches/{eight}/premium.xlsx")) == (404, "BAT-005")


def test_a_preview_that_is_not_named_is_missing(li: Program, eight: str) -> None:
    answer = li.post(f"/batches/{eight}/confirm", {})
    assert code_of(answer) == (422, "SYS-002")
    assert answer.json["errors"][0]["field"] == "preview"


def test_only_the_latest_preview_is_confirmed(li: Program, eight: str) -> None:
    old = generated(li, eight)["preview"]
    generated(li, eight, ["C0"])
    assert code_of(li.post(f"/batches/{eight}/confirm", {"preview": old})) == (409, "FEE-001")


def test_warnings_say_so_and_are_acknowledged_by_their_codes(li: Program, town: Town) -> None:
    late = an_instant_batch(li, town, 1, 0)
    premium = generated(li, late, ["A0", "A1"])
    assert [(notice["code"], notice["acknowledge"], notice["projects"]) for notice in premium["notices"]] == [
        ("PRJ-008", True, ["A0"]),
        ("PRJ-010", True, ["A1"]),
    ]
    assert premium["notices"][0]["date"] == "2021-03-31"
    assert premium["notices"][0]["message"].startswith("提示：A0的免责期（至2021-03-31）将覆盖全部剩余保障期")
    unread = {"preview": premium["preview"], "acknowledged": ["PRJ-008"]}
    assert code_of(li.post(f"/batches/{late}/confirm", unread)) == (422, "PRJ-012")
    read = {"preview": premium["preview"], "acknowledged": ["PRJ-008", "PRJ-010"]}
    assert li.post(f"/batches/{late}/confirm", read).status_code == 200


def test_a_notice_that_refuses_nothing_asks_for_nothing(li: Program, town: Town, batch_no: str) -> None:
    premium = generated(li, ready(town.li, batch_no, 0, 2))
    assert [(notice["code"], notice["acknowledge"]) for notice in premium["notices"]] == [("PRJ-009", False)]
    assert li.post(f"/batches/{batch_no}/confirm", {"preview": premium["preview"]}).status_code == 200


def test_an_instant_batch_takes_the_central_projects_and_no_others(li: Program, town: Town, eight: str) -> None:
    took_part(batch_of(town.li, eight), ["B0", "C0"])
    instant = an_instant_batch(li, town, 1, 0)
    assert code_of(li.post(f"/batches/{instant}/premium", {"projects": BASICS})) == (422, "PRJ-007")
    answer = li.post(f"/batches/{instant}/premium", {})
    assert [line["projects"] for line in answer.json["lines"]] == [["B0"], ["C0"]]


def test_what_each_person_pays_is_told_with_masked_numbers_page_by_page(li: Program, eight: str) -> None:
    preview = generated(li, eight, EVERYTHING)
    first = li.get(f"/batches/{eight}/premium?limit=7").json
    second = li.get(f"/batches/{eight}/premium?limit=7&cursor={first['next']}").json
    assert (first["preview"], first["confirmed"], first["projects"]) == (preview["preview"], False, EVERYTHING)
    assert (len(first["items"]), len(second["items"]), second["next"]) == (7, 1, None)
    assert second["items"][0] == {
        "person_id": second["items"][0]["person_id"],
        "name": "第七",
        "id_no": "3100*****0019",
        "has_si": False,
        "projects": ["B0", "C0", "A3", "B3", "C3"],
        "price_fen": 108500,
        "discount_fen": 0,
        "ratio_percent": 100,
        "charge_fen": 108500,
    }
    assert sum(one["charge_fen"] for one in first["items"] + second["items"]) == first["total_fen"] == 945000


def test_after_the_confirmation_the_premium_says_so(li: Program, eight: str) -> None:
    li.post(f"/batches/{eight}/confirm", {"preview": generated(li, eight)["preview"]})
    assert li.get(f"/batches/{eight}/premium").json["confirmed"] is True


def test_before_the_preview_there_is_nothing_to_read(li: Program, eight: str) -> None:
    assert code_of(li.get(f"/batches/{eight}/premium")) == (409, "FEE-001")
    assert code_of(li.get(f"/batches/{eight}/premium.xlsx")) == (409, "FEE-001")


def test_a_draft_has_no_premium(li: Program, batch_no: str) -> None:
    assert code_of(li.get(f"/batches/{batch_no}/premium")) == (409, "BAT-002")


def test_staff_read_the_premium_and_do_nothing_to_it(li: Program, reviewer: Program, eight: str) -> None:
    generated(li, eight)
    assert reviewer.get(f"/batches/{eight}/premium").json["total_fen"] == 7 * 18000 + 7000
    assert code_of(reviewer.post(f"/batches/{eight}/premium", {"projects": BASICS})) == (403, "AUTH-006")
    assert code_of(reviewer.get(f"/batches/{eight}/premium.xlsx")) == (403, "AUTH-006")


def test_the_workbook_holds_full_numbers_and_whoever_takes_it_is_written_down(li: Program, eight: str) -> None:
    generated(li, eight)
    answer = li.get(f"/batches/{eight}/premium.xlsx")
    rows = list(load_workbook(io.BytesIO(answer.data)).worksheets[0].iter_rows(min_row=2, values_only=True))
    assert (len(rows), rows[0][1]) == (8, "310000199001010010")
    with reading() as records:
        assert records.query(AuditEntry).filter_by(action="export_premium").one().details["people"] == 8
