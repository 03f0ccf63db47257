"""缴费: receipts, due dates, what was paid too much (AC18, AC27, AC28)."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from werkzeug.test import TestResponse

from config.clock import SHANGHAI
from models.rules.lifecycle import BatchState
from tests.models.rules.plan_years import EXAMPLES
from tests.premiums import BASICS
from tests.stages import put_into
from tests.web.api.conftest import Program, code_of
from tests.web.api.test_vouchers import REFUND, change, done, send
from tests.web.clock import at
from tests.web.conftest import Town
from tests.web.premiums import batch_of, ready

EVERYTHING = [*BASICS, "A3", "B3", "C3"]
TITLES = ("上海豆豆精密机械有限公司", "上海豆豆集团工会")
DUE_FEN = 945_000
LAST_MOMENT = time(23, 59, 59)


def confirmed(program: Program, batch_no: str, projects: list[str]) -> dict[str, Any]:
    """生成保费信息 and 提交确认保费; the batch afterwards."""
    preview = program.post(f"/batches/{batch_no}/premium", {"projects": projects}).json["preview"]
    answer = program.post(f"/batches/{batch_no}/confirm", {"preview": preview})
    assert answer.status_code == 200, answer.json
    batch: dict[str, Any] = answer.json
    return batch


def with_receipts(program: Program, voucher_id: int, *amounts: int) -> TestResponse:
    items = [{"title": title, "amount_fen": amount} for title, amount in zip(TITLES, amounts, strict=True)]
    return program.call("PUT", f"/vouchers/{voucher_id}/receipts", json={"items": items})


def moment(day: str, clock: time = time(9)) -> datetime:
    return datetime.combine(date.fromisoformat(day), clock, SHANGHAI)


@pytest.fixture
def unpaid(li_calls: Program, town: Town, batch_no: str) -> str:
    """The handbook's batch of seven people with and one without social insurance: 9450.00 yuan are due."""
    assert confirmed(li_calls, ready(town.li, batch_no, 7, 1), EVERYTHING)["total_fen"] == DUE_FEN
    return batch_no


def test_ac18_two_receipts_of_9000_and_450_with_two_titles_are_accepted(li_calls: Program, unpaid: str) -> None:
    voucher = send(li_calls, unpaid, amount_fen=str(DUE_FEN)).json
    receipts = with_receipts(li_calls, voucher["id"], 900_000, 45_000).json
    assert (receipts["sum_fen"], receipts["due_fen"]) == (DUE_FEN, DUE_FEN)
    assert [one["title"] for one in receipts["items"]] == list(TITLES)
    assert done(li_calls, voucher["id"], "submit")["state"] == "submitted"


def test_ac18_a_fen_less_is_refused(li_calls: Program, unpaid: str) -> None:
    voucher = send(li_calls, unpaid, amount_fen=str(DUE_FEN)).json
    with_receipts(li_calls, voucher["id"], 900_000, 44_999)
    answer = li_calls.post(f"/vouchers/{voucher['id']}/submit")
    assert code_of(answer) == (422, "RCP-001")
    assert answer.json["detail"] == "专用收据金额合计9,449.99元，必须等于应缴纳保费9,450.00元。"
    assert li_calls.get(f"/batches/{unpaid}").json["state"] == "awaiting_payment"


@pytest.mark.parametrize(
    "case", EXAMPLES["payment_due"], ids=lambda case: f"{case['enrolment_type']} {case['fee_confirmed_on']}"
)
def test_ac27_due_and_cut_off_are_those_of_the_day_of_confirmation(
    li_calls: Program, town: Town, case: dict[str, Any]
) -> None:
    """Central: the later of 15 days and 26 May; instant: 15 days, and three more for the upload."""
    day = date.fromisoformat(case["fee_confirmed_on"])
    submitted_on = min(day, date(2020, 5, 11) if case["enrolment_type"] == "central" else date(2021, 3, 30))
    at(now := moment(submitted_on.isoformat()))
    batch_no = li_calls.open_batch(town.li.code, case["enrolment_type"])
    ready(town.li, batch_no, 1, 0, now=now)
    if day > submitted_on and case["enrolment_type"] == "central":  # only with a grant of the association
        put_into(
            batch_of(town.li, batch_no),
            BatchState.ROSTER_SUBMITTED,
            handling_channel="special",
            central_extension_until=moment("2020-05-31"),
        )
    at(moment(day.isoformat()))
    batch = confirmed(li_calls, batch_no, ["C0"])
    assert {name: batch[name] for name in case["expected"]} == case["expected"]


@pytest.mark.parametrize(
    ("kind", "opened_on", "last_day"),
    [("central", "2020-05-11", "2020-05-26"), ("instant", "2020-06-01", "2020-06-19")],
)
def test_ac27_a_voucher_is_submitted_until_the_last_moment_of_the_cut_off(
    li_calls: Program, town: Town, kind: str, opened_on: str, last_day: str
) -> None:
    at(now := moment(opened_on))
    batch_no = ready(town.li, li_calls.open_batch(town.li.code, kind), 1, 0, now=now)
    due_fen = confirmed(li_calls, batch_no, BASICS)["total_fen"]
    at(moment(last_day, LAST_MOMENT))
    voucher = send(li_calls, batch_no, amount_fen=str(due_fen)).json
    with_receipts(li_calls, voucher["id"], due_fen - 1, 1)
    at(moment(last_day, LAST_MOMENT) + timedelta(seconds=1))
    assert code_of(li_calls.post(f"/vouchers/{voucher['id']}/submit")) == (409, "PAY-009")
    at(moment(last_day, LAST_MOMENT))
    assert done(li_calls, voucher["id"], "submit")["state"] == "submitted"


def test_ac28_fifty_yuan_too_much_are_computed_and_where_to_send_them_must_be_said(
    li_calls: Program, reviewer_calls: Program, unpaid: str
) -> None:
    voucher = send(li_calls, unpaid, amount_fen=str(DUE_FEN + 5000)).json
    assert (voucher["due_fen"], voucher["refund_fen"]) == (DUE_FEN, 5000)
    with_receipts(li_calls, voucher["id"], 900_000, 45_000)
    answer = li_calls.post(f"/vouchers/{voucher['id']}/submit")
    assert code_of(answer) == (422, "PAY-003")
    assert answer.json["detail"] == "缴费金额超出应缴保费合计，退款金额50.00元，请填写退款信息。"
    assert change(li_calls, voucher["id"], **REFUND).status_code == 200
    assert done(li_calls, voucher["id"], "submit")["refund_fen"] == 5000
    done(reviewer_calls, voucher["id"], "approve")
    (refund,) = reviewer_calls.get("/refunds?state=open").json["items"]
    assert (refund["amount_fen"], refund["account_name"]) == (5000, REFUND["refund_account_name"])


def test_ac28_the_exact_amount_asks_for_nothing_more(li_calls: Program, unpaid: str) -> None:
    voucher = send(li_calls, unpaid, amount_fen=str(DUE_FEN)).json
    assert voucher["refund_fen"] == 0
    with_receipts(li_calls, voucher["id"], 900_000, 45_000)
    assert done(li_calls, voucher["id"], "submit")["refund_fen"] == 0
