"""A single refusal names the field that it is about (INTERFACES 3)."""

from __future__ import annotations

import io
from typing import Any

import pytest

from tests.vouchers import PAYER, a_photo
from tests.web.api.conftest import Program, code_of
from tests.web.audited_vouchers import a_batch_of, a_voucher_of
from tests.web.conftest import Town

REFUND = {
    "refund_account_kind": "单位账户",
    "refund_account_no": "12",
    "refund_account_name": PAYER,
    "refund_bank": "上海银行人民广场支行",
}


@pytest.mark.parametrize(
    ("sent", "field", "code"),
    [
        ({"method": ""}, "method", "SYS-002"),
        ({"payer": ""}, "payer", "SYS-002"),
        ({"amount_fen": "0"}, "amount_fen", "PAY-008"),
        (REFUND, "refund_account_no", "PAY-011"),
        ({"file": (b"no picture", "回单.jpg")}, "file", "APP-003"),
    ],
)
def test_a_voucher_names_its_wrong_field(li: Program, town: Town, sent: dict[str, Any], field: str, code: str) -> None:
    form = {"payer": PAYER, "method": "网上银行转账", "amount_fen": "36000", "account_kind": "在职"}
    content, name = sent.get("file", (a_photo(), "回单.jpg"))
    data = {**form, "batches": [a_batch_of(town.li).batch_no], **sent, "file": (io.BytesIO(content), name)}
    answer = li.call("POST", "/vouchers", data=data, content_type="multipart/form-data")
    assert code_of(answer) == (422, code)
    assert answer.json["errors"] == [{"field": field, "code": code, "message": answer.json["detail"]}]


def test_a_missing_reason_is_the_wrong_field(reviewer: Program, town: Town) -> None:
    voucher_id = a_voucher_of(town, "submitted", a_batch_of(town.li)).voucher_id
    answer = reviewer.post(f"/vouchers/{voucher_id}/reject", {})
    assert [(error["field"], error["code"]) for error in answer.json["errors"]] == [("reason", "APP-012")]


def test_a_refusal_about_the_state_names_no_field(li: Program, town: Town) -> None:
    answer = li.call("DELETE", f"/batches/{a_batch_of(town.li).batch_no}")
    assert code_of(answer) == (409, "BAT-002")
    assert "errors" not in answer.json
