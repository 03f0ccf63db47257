"""批次删除 and 批次撤回: when, whereto, with what reason (AC19, AC22, AC29)."""

from __future__ import annotations

from typing import Any

import pytest

from models.rules.lifecycle import ROSTER_EDITABLE, BatchState
from tests.premiums import BASICS
from tests.stages import put_into
from tests.web.api.conftest import Program, code_of
from tests.web.api.test_vouchers import done, made, send
from tests.web.checks import submitted
from tests.web.clock import LAST_CENTRAL_MINUTE, at
from tests.web.conftest import MORNING, Browser, Town, imported, text_of
from tests.web.pages.test_projects import asked, generated
from tests.web.premiums import batch_of
from tests.web.withdrawals import delete_by_form, withdraw_by_form
from tests.workbooks import WANG_DOU, WANG_DOUDOU

DUE_FEN = 18_000 + 7_000
"""王豆豆 with and 王豆 without A0, both with B0 and C0."""
CLOSED = LAST_CENTRAL_MINUTE.replace(hour=17, minute=0)
WAYS = {"withdraw_to_roster": "roster_draft", "withdraw_to_projects": "roster_submitted"}
KEPT = ("people", "coverage_start", "coverage_end", "half_price", "payment_due_on", "payment_cutoff_on")
OTHER_STATES = [state for state in BatchState if state not in ROSTER_EDITABLE | {BatchState.DELETED}]


def told(program: Program, batch_no: str) -> dict[str, Any]:
    """The batch as a program reads it."""
    batch: dict[str, Any] = program.get(f"/batches/{batch_no}").json
    return batch


def refusals(program: Program, batch_no: str, reason: str = "漏了人") -> list[tuple[int, str]]:
    """What a program is answered that asks for either way back."""
    ways = [{"to": way.removeprefix("withdraw_to_"), "reason": reason} for way in WAYS]
    return [code_of(program.post(f"/batches/{batch_no}/withdraw", way)) for way in ways]


def names(program: Program, batch_no: str) -> list[str]:
    return [person["name"] for person in program.get(f"/batches/{batch_no}/people").json["items"]]


@pytest.fixture
def unpaid(li: Browser, batch_no: str) -> str:
    """A batch of two people in 缴费凭证待上传, brought there by the pages."""
    imported(li, batch_no, [WANG_DOUDOU, WANG_DOU])
    submitted(li, batch_no)
    page = generated(li, batch_no, projects=BASICS)
    assert asked(li, page, batch_no, projects=BASICS, confirmed="1").status_code == 303
    return batch_no


@pytest.mark.parametrize("state", sorted(ROSTER_EDITABLE))
def test_ac19_a_batch_that_was_not_submitted_is_deleted(
    li: Browser, town: Town, batch_no: str, state: BatchState
) -> None:
    imported(li, batch_no, [WANG_DOUDOU])
    put_into(batch_of(town.li, batch_no), state)
    assert "批次删除…" in text_of(li.get("/batches"))
    assert delete_by_form(li, batch_no).status_code == 303
    assert li.get(f"/batches/{batch_no}").status_code == 404


def test_ac19_any_other_batch_is_not_deleted(li: Browser, li_calls: Program, town: Town, batch_no: str) -> None:
    imported(li, batch_no, [WANG_DOUDOU])
    for state in OTHER_STATES:
        put_into(batch_of(town.li, batch_no), state, expired_at=MORNING, expired_reason="逾期未缴费")
        assert "批次删除" not in text_of(li.get("/batches")), state
        refused = (409, "BAT-006" if state is BatchState.EXPIRED else "BAT-002")
        assert code_of(li_calls.call("DELETE", f"/batches/{batch_no}")) == refused, state
        assert li.get(f"/batches/{batch_no}/delete").status_code == 409, state
    assert names(li_calls, batch_no) == ["王豆豆"]


def test_ac19_back_at_the_projects_people_and_dates_are_the_same(li: Browser, li_calls: Program, unpaid: str) -> None:
    before, people = told(li_calls, unpaid), names(li_calls, unpaid)
    answer = withdraw_by_form(li, unpaid, "withdraw_to_projects")
    assert answer.location.startswith(f"/batches/{unpaid}/projects")
    assert "已撤回，状态变回“清册校验通过”。" in text_of(li.get(answer.location))
    after = told(li_calls, unpaid)
    assert {name: after[name] for name in KEPT} == {name: before[name] for name in KEPT}
    assert (after["state"], after["projects"], after["total_fen"]) == ("roster_submitted", None, None)
    assert names(li_calls, unpaid) == people
    page = generated(li, unpaid, projects=["B0", "C0"])
    assert "总计 1 70.00 1 70.00 140.00" in text_of(page)


@pytest.mark.parametrize("way", WAYS)
def test_ac22_before_the_close_and_the_review_both_ways_back_are_open_and_a_draft_voucher_loses_the_batch(
    li: Browser, li_calls: Program, unpaid: str, way: str
) -> None:
    at(LAST_CENTRAL_MINUTE)
    voucher = made(li_calls, unpaid, receipts=DUE_FEN, amount_fen=str(DUE_FEN))
    assert withdraw_by_form(li, unpaid, way).status_code == 303
    assert told(li_calls, unpaid)["state"] == WAYS[way]
    left = li_calls.get(f"/vouchers/{voucher['id']}").json
    assert (left["state"], left["batches"]) == ("draft", [])


def test_ac22_after_the_voucher_was_submitted_nothing_comes_back(
    li: Browser, li_calls: Program, reviewer_calls: Program, unpaid: str
) -> None:
    voucher = made(li_calls, unpaid, receipts=DUE_FEN, amount_fen=str(DUE_FEN))
    done(li_calls, voucher["id"], "submit")
    assert refusals(li_calls, unpaid) == [(409, "WDR-002")] * 2
    page = li.get(f"/batches/{unpaid}/withdraw")
    assert (page.status_code, "该批次缴费凭证已提交审核，不能撤回。" in text_of(page)) == (409, True)
    done(reviewer_calls, voucher["id"], "reject", reason="图片不清晰")
    assert refusals(li_calls, unpaid) == [(409, "WDR-002")] * 2


def test_ac22_after_the_window_nothing_comes_back(li: Browser, li_calls: Program, unpaid: str) -> None:
    at(CLOSED)
    assert refusals(li_calls, unpaid) == [(409, "WIN-005")] * 2
    page = li.get(f"/batches/{unpaid}/withdraw")
    assert (page.status_code, "集中参保办理期限已过，不能撤回批次。 WIN-005" in text_of(page)) == (409, True)
    assert send(li_calls, unpaid, amount_fen=str(DUE_FEN)).status_code == 201, "paying goes on until 26 May"


def test_ac29_a_withdrawal_without_a_reason_is_none(li: Browser, li_calls: Program, unpaid: str) -> None:
    for reason in ("", "  \t"):
        for way in WAYS:
            page = withdraw_by_form(li, unpaid, way, reason=reason)
            assert (page.status_code, "请填写撤回原因。 WDR-001" in text_of(page)) == (422, True)
        assert refusals(li_calls, unpaid, reason) == [(422, "WDR-001")] * 2
    assert told(li_calls, unpaid)["state"] == "awaiting_payment"
    assert withdraw_by_form(li, unpaid, "withdraw_to_projects").status_code == 303
