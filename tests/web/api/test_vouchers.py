"""Vouchers by the interface, from the transfer to 参保成功."""

from __future__ import annotations

import io
from typing import Any

import pytest
from PIL import Image
from werkzeug.test import TestResponse

from tests.statements import statements
from tests.vouchers import ONE_PERSON_FEN, PAYER, a_photo
from tests.web.api.conftest import Program, code_of
from tests.web.audited_vouchers import a_batch_of
from tests.web.clock import at
from tests.web.conftest import MORNING, Town

DUE = 2 * ONE_PERSON_FEN
REFUND = {
    "refund_account_kind": "单位账户",
    "refund_account_no": "31602300 0080 2215",
    "refund_account_name": PAYER,
    "refund_bank": "上海银行人民广场支行",
}


@pytest.fixture
def to_pay(town: Town) -> str:
    """A batch of 李小满's that waits for payment."""
    return a_batch_of(town.li).batch_no


def photo(name: str = "回单.jpg") -> tuple[io.BytesIO, str]:
    return io.BytesIO(a_photo()), name


def send(program: Program, *batches: str, voucher_id: int | None = None, **fields: Any) -> TestResponse:
    """A new voucher, or the changed fields of this one."""
    form = {"payer": PAYER, "method": "网上银行转账", "amount_fen": str(DUE), "account_kind": "在职", "file": photo()}
    sent = {**(form if voucher_id is None else {}), **fields}
    data = {name: value for name, value in sent.items() if value is not None}
    if batches:
        data["batches"] = list(batches)
    method, path = ("POST", "/vouchers") if voucher_id is None else ("PUT", f"/vouchers/{voucher_id}")
    return program.call(method, path, data=data, content_type="multipart/form-data")


def change(program: Program, voucher_id: int, **fields: Any) -> TestResponse:
    return send(program, voucher_id=voucher_id, **fields)


def made(program: Program, batch_no: str, *, receipts: int = DUE, **fields: Any) -> dict[str, Any]:
    """A draft that can be submitted."""
    answer = send(program, batch_no, **fields)
    assert answer.status_code == 201, answer.json
    voucher: dict[str, Any] = answer.json
    put = program.call(
        "PUT", f"/vouchers/{voucher['id']}/receipts", json={"items": [{"title": PAYER, "amount_fen": receipts}]}
    )
    assert put.status_code == 200, put.json
    return voucher


def done(program: Program, voucher_id: int, what: str, **body: Any) -> dict[str, Any]:
    answer = program.post(f"/vouchers/{voucher_id}/{what}", body)
    assert answer.status_code == 200, answer.json
    voucher: dict[str, Any] = answer.json
    return voucher


def state_of(program: Program, batch_no: str) -> str:
    return str(program.get(f"/batches/{batch_no}").json["state"])


def test_a_draft_is_found_where_the_answer_says(li: Program, to_pay: str) -> None:
    answer = send(li, to_pay, **REFUND)
    assert answer.status_code == 201
    assert li.get(answer.headers["Location"]).json == answer.json
    assert answer.json["batches"] == [
        {"batch_no": to_pay, "unit_name": "上海第0088E9号机械有限公司", "plan_year": "2020", "total_fen": DUE,
         "state": "awaiting_payment"}
    ]  # fmt: skip
    assert [(one["n"], one["name"], one["media_type"]) for one in answer.json["files"]] == [
        (1, "回单.jpg", "image/jpeg")
    ]
    assert answer.json["refund_account_no"] == "3160230000802215"
    assert answer.json["actions"] == ["cancel_voucher", "submit_voucher"]


def test_a_voucher_goes_its_way_to_the_enrolment(li: Program, reviewer: Program, to_pay: str) -> None:
    voucher = made(li, to_pay)
    assert done(li, voucher["id"], "submit")["state"] == "submitted"
    assert reviewer.get(f"/vouchers/{voucher['id']}").json["actions"] == ["approve_voucher", "reject_voucher"]
    assert done(reviewer, voucher["id"], "approve")["state_text"] == "审核通过"
    assert state_of(li, to_pay) == "enrolled"
    notices = [notice["message"] for notice in li.get("/notices").json["items"]]
    assert notices == [f"批次{to_pay}审核通过，参保成功，保障期限2020-04-01至2021-03-31。"]


def test_a_rejected_voucher_says_why_and_comes_again(li: Program, reviewer: Program, to_pay: str) -> None:
    voucher = made(li, to_pay)
    done(li, voucher["id"], "submit")
    assert code_of(reviewer.post(f"/vouchers/{voucher['id']}/reject", {})) == (422, "APP-012")
    done(reviewer, voucher["id"], "reject", reason="图片不清晰")
    rejected = li.get(f"/vouchers/{voucher['id']}").json
    assert (rejected["code"], rejected["message"]) == ("PAY-010", "缴费凭证审核不通过：图片不清晰。请修改后重新提交。")
    assert change(li, voucher["id"], file=photo("重拍.jpg")).json["files"][0]["name"] == "重拍.jpg"
    assert done(li, voucher["id"], "submit")["reason"] is None


def test_an_administrator_makes_void_and_reverses(li: Program, reviewer: Program, admin: Program, to_pay: str) -> None:
    first = made(li, to_pay)
    done(li, first["id"], "submit")
    assert code_of(reviewer.post(f"/vouchers/{first['id']}/void", {"reason": "重复"})) == (403, "AUTH-006")
    assert done(admin, first["id"], "void", reason="重复提交")["state"] == "void"
    second = made(li, to_pay)
    done(li, second["id"], "submit")
    done(reviewer, second["id"], "approve")
    path = f"/batches/{to_pay}/reverse-approval"
    assert code_of(admin.post(path, {})) == (422, "SYS-002")
    assert admin.post(path, {"reason": "款项未到账"}).json["state"] == "payment_review"
    assert code_of(admin.post(path, {"reason": "款项未到账"})) == (409, "BAT-002")


def test_sent_files_take_the_place_of_those_before_but_for_the_kept_ones(li: Program, to_pay: str) -> None:
    voucher = made(li, to_pay)

    def names(**fields: Any) -> list[str]:
        return [file["name"] for file in change(li, voucher["id"], **fields).json["files"]]

    assert names(payer="上海豆豆集团") == ["回单.jpg"]
    assert names(file=[photo("一.jpg"), photo("二.jpg")]) == ["一.jpg", "二.jpg"]
    assert names(file=photo("三.jpg"), keep_files="3") == ["二.jpg", "三.jpg"]
    assert names(keep_files="4") == ["三.jpg"]


def test_a_batch_that_is_not_named_any_more_leaves(li: Program, town: Town, to_pay: str) -> None:
    other = a_batch_of(town.li, "0088E8", 1, 450).batch_no
    voucher = send(li, to_pay, other).json
    assert voucher["due_fen"] == 3 * ONE_PERSON_FEN
    assert change(li, voucher["id"], batches=other).json["due_fen"] == ONE_PERSON_FEN


def test_a_file_is_a_download_that_runs_nothing(li: Program, reviewer: Program, to_pay: str) -> None:
    voucher = made(li, to_pay)
    for program in (li, reviewer):
        answer = program.get(f"/vouchers/{voucher['id']}/files/1")
        assert answer.mimetype == "image/jpeg"
        assert Image.open(io.BytesIO(answer.data)).size == (60, 40)
        assert answer.headers["Content-Disposition"].startswith("attachment")
        assert answer.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert code_of(li.get(f"/vouchers/{voucher['id']}/files/2")) == (404, "BAT-005")


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        ({"payer": None}, (422, "SYS-002")),
        ({"method": "支票"}, (422, "SYS-003")),
        ({"method": ""}, (422, "SYS-002")),
        ({"amount_fen": "0"}, (422, "PAY-008")),
        ({"amount_fen": "9" * 30}, (422, "PAY-008")),
        ({"amount_fen": "12.5"}, (422, "SYS-003")),
        ({"account_kind": "退休"}, (422, "SYS-003")),
        ({"refund_account_no": "abc"}, (422, "PAY-011")),
        ({"file": (io.BytesIO(b"<svg/>"), "回单.jpg")}, (422, "APP-003")),
    ],
)
def test_what_is_wrong_is_named(li: Program, to_pay: str, sent: dict[str, Any], code: tuple[int, str]) -> None:
    assert code_of(send(li, to_pay, **sent)) == code
    assert li.get("/vouchers").json["items"] == []


def test_batches_that_cannot_be_paid_are_named(li: Program, zhou: Program, batch_no: str, to_pay: str) -> None:
    assert code_of(send(li)) == (422, "PAY-004")
    assert code_of(send(li, batch_no)) == (409, "PAY-005")
    assert code_of(send(zhou, to_pay)) == (404, "BAT-005")
    made(li, to_pay)
    assert code_of(send(li, to_pay)) == (409, "PAY-006")


def test_after_the_cut_off_the_state_is_refused(li: Program, to_pay: str) -> None:
    voucher = made(li, to_pay)
    at(MORNING.replace(month=6))
    assert code_of(li.post(f"/vouchers/{voucher['id']}/submit")) == (409, "PAY-009")
    assert li.get(f"/vouchers/{voucher['id']}").json["actions"] == ["cancel_voucher"]


def test_a_file_of_more_than_ten_megabytes_is_too_large(li: Program, to_pay: str) -> None:
    large = io.BytesIO(a_photo() + bytes(10 * 2**20))
    assert code_of(send(li, to_pay, file=(large, "大.jpg"))) == (413, "APP-004")


def test_several_files_may_be_more_than_ten_megabytes_together(li: Program, to_pay: str) -> None:
    files = [(io.BytesIO(a_photo() + bytes(6 * 2**20)), f"{number}.jpg") for number in range(2)]
    assert send(li, to_pay, file=files).status_code == 201


def test_more_than_ten_files_are_refused(li: Program, to_pay: str) -> None:
    assert code_of(send(li, to_pay, file=[photo() for _ in range(11)])) == (422, "SYS-003")


def test_a_stale_version_changes_nothing(li: Program, to_pay: str) -> None:
    voucher = made(li, to_pay)
    path = f"/vouchers/{voucher['id']}"
    for method, where in (("PUT", path), ("POST", f"{path}/submit"), ("DELETE", path), ("PUT", f"{path}/receipts")):
        answer = li.call(method, where, headers={"If-Match": '"1"'}, json={"items": []})
        assert code_of(answer) == (409, "BAT-004"), (method, where)
    fresh = li.get(path).headers["ETag"]
    assert li.call("POST", f"{path}/submit", headers={"If-Match": fresh}).status_code == 200


def test_an_approval_is_reversed_as_it_was_seen(li: Program, reviewer: Program, admin: Program, to_pay: str) -> None:
    voucher = made(li, to_pay)
    done(li, voucher["id"], "submit")
    stale = admin.get(f"/batches/{to_pay}").headers["ETag"]
    done(reviewer, voucher["id"], "approve")
    path, sent = f"/batches/{to_pay}/reverse-approval", {"reason": "款项未到账"}
    assert code_of(admin.call("POST", path, headers={"If-Match": stale}, json={})) == (409, "BAT-004")
    fresh = admin.get(f"/batches/{to_pay}").headers["ETag"]
    answer = admin.call("POST", path, headers={"If-Match": fresh}, json=sent)
    assert (answer.status_code, answer.headers["ETag"]) == (200, admin.get(f"/batches/{to_pay}").headers["ETag"])


def test_a_state_is_refused_before_the_content(li: Program, reviewer: Program, admin: Program, to_pay: str) -> None:
    voucher = made(li, to_pay)
    path = f"/vouchers/{voucher['id']}"
    nonsense = {"data": b"{", "content_type": "application/json"}
    assert code_of(reviewer.call("POST", f"{path}/reject", **nonsense)) == (409, "BAT-002")
    assert code_of(admin.call("POST", f"{path}/void", **nonsense)) == (409, "BAT-002")
    assert code_of(reviewer.call("POST", f"{path}/receipts/correction", **nonsense)) == (409, "BAT-002")
    assert code_of(reviewer.call("PUT", f"{path}/receipts/numbers", **nonsense)) == (409, "BAT-002")
    assert code_of(reviewer.call("POST", f"{path}/refund", **nonsense)) == (409, "BAT-002")
    assert code_of(admin.call("POST", f"/batches/{to_pay}/reverse-approval", **nonsense)) == (409, "BAT-002")
    done(li, voucher["id"], "submit")
    assert code_of(li.call("PUT", path, **nonsense)) == (409, "BAT-002")
    assert code_of(li.call("PUT", f"{path}/receipts", **nonsense)) == (409, "RCP-004")


def test_receipts_stand_beside_what_is_due(li: Program, to_pay: str) -> None:
    voucher = made(li, to_pay, receipts=DUE - 1)
    receipts = li.get(f"/vouchers/{voucher['id']}/receipts").json
    assert (receipts["sum_fen"], receipts["due_fen"], receipts["items"][0]["title"]) == (DUE - 1, DUE, PAYER)
    assert code_of(li.post(f"/vouchers/{voucher['id']}/submit")) == (422, "RCP-001")


def test_receipts_are_corrected_and_numbered_by_the_association(li: Program, reviewer: Program, to_pay: str) -> None:
    voucher = made(li, to_pay)
    done(li, voucher["id"], "submit")
    line = {"title": "上海豆豆集团", "amount_fen": DUE}
    path = f"/vouchers/{voucher['id']}/receipts"
    corrected = reviewer.post(f"{path}/correction", {"items": [line], "reason": "抬头有误"}).json
    assert corrected["items"][0]["title"] == "上海豆豆集团"
    done(reviewer, voucher["id"], "approve")
    number = {"id": corrected["items"][0]["id"], "e_receipt_no": "03182005", "issued_on": "2020-04-20"}
    numbered = reviewer.call("PUT", f"{path}/numbers", json={"items": [number]}).json
    assert numbered["items"][0] == {**line, "remark": "", **number}


def test_what_was_paid_too_much_is_listed_and_settled(li: Program, reviewer: Program, to_pay: str) -> None:
    voucher = made(li, to_pay, amount_fen=str(DUE + 5000), **REFUND)
    done(li, voucher["id"], "submit")
    assert reviewer.get("/refunds").json["items"] == []
    done(reviewer, voucher["id"], "approve")
    (refund,) = reviewer.get("/refunds?state=open").json["items"]
    assert (refund["amount_fen"], refund["state_text"], refund["account_no"]) == (5000, "待退款", "3160230000802215")
    settled = done(reviewer, voucher["id"], "refund", paid_on="2020-04-20", reference="FT1")
    assert settled["state_text"] == "已退款"
    assert code_of(li.get("/refunds")) == (403, "AUTH-006")


def test_the_list_is_narrowed_by_time_payer_and_state(li: Program, zhou: Program, town: Town, to_pay: str) -> None:
    voucher = made(li, to_pay)
    done(li, voucher["id"], "submit")
    send(li, a_batch_of(town.li, "0088E8", 1, 450).batch_no, payer="上海豆豆集团")

    def found(query: str) -> list[int]:
        return [one["id"] for one in li.get(f"/vouchers?{query}").json["items"]]

    assert found("") == [voucher["id"] + 1, voucher["id"]]
    assert found("submitted_from=2020-04-20&submitted_to=2020-04-20") == [voucher["id"]]
    assert found("submitted_to=2020-04-19") == found("submitted_from=2020-04-21") == []
    assert found("payer=集团&state=draft") == [voucher["id"] + 1]
    assert zhou.get("/vouchers").json["items"] == []


def test_pages_of_the_list_follow_each_other(li: Program, town: Town, to_pay: str) -> None:
    ids = [made(li, to_pay)["id"], send(li, a_batch_of(town.li, "0088E8", 1, 450).batch_no).json["id"]]
    first = li.get("/vouchers?limit=1").json
    second = li.get(f"/vouchers?limit=1&cursor={first['next']}").json
    assert [page["items"][0]["id"] for page in (first, second)] == ids[::-1]
    assert second["next"] is None


def test_the_list_asks_as_often_for_two_as_for_one(li: Program, town: Town, to_pay: str) -> None:
    made(li, to_pay)
    with statements() as for_one:
        li.get("/vouchers")
    send(li, a_batch_of(town.li, "0088E8", 1, 450).batch_no)
    with statements() as for_two:
        li.get("/vouchers")
    assert len(for_two) == len(for_one)


def test_a_batch_offers_what_can_be_done_with_its_voucher(li: Program, to_pay: str) -> None:
    offered = li.get(f"/batches/{to_pay}").json["actions"]
    assert {"create_voucher", "submit_voucher", "cancel_voucher"} & set(offered) == {"create_voucher"}
    made(li, to_pay)
    offered = li.get(f"/batches/{to_pay}").json["actions"]
    assert {"create_voucher", "submit_voucher", "cancel_voucher"} & set(offered) == {"submit_voucher", "cancel_voucher"}
