"""What the interface does with vouchers, for the test of the audit log: each on one in the state that it needs."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from werkzeug.test import TestResponse

from models.rules.permissions import Role
from models.rules.plan import EnrolmentType
from models.rules.voucher import VoucherState
from tests.imports import another_batch
from tests.records import BatchOf
from tests.vouchers import (
    ONE_PERSON_FEN,
    REFUND,
    Paying,
    a_photo,
    approve,
    awaiting_payment,
    drafted,
    staff,
    submit,
    the_voucher,
    with_receipts,
)
from tests.web.api.conftest import Program, viewer_of
from tests.web.conftest import MORNING, Browser, Person, Town

CODE = "0088E9"
TOO_MUCH = 2 * ONE_PERSON_FEN + 100
_NONE = "none"


class Stage(Protocol):
    """Who acts, and on which voucher: `more` holds its id and a receipt's."""

    program: Program
    browser: Browser
    more: dict[str, int]
    batches: dict[str, str]


@dataclass(frozen=True)
class VoucherAct:
    """One call."""

    written: str
    state: str
    """Of the voucher before; `none`: there is none yet."""
    who: str
    """Whose name it has in `Town`."""
    act: Callable[[Stage], TestResponse]


def _call(method: str, path: str, **body: object) -> Callable[[Stage], TestResponse]:
    return lambda stage: stage.program.call(method, path.format(id=stage.more["voucher"]), json=body)


def _create(stage: Stage) -> TestResponse:
    fields = {"payer": "上海豆豆集团", "method": "网上银行转账", "amount_fen": "1", "batches": stage.batches["paying"]}
    return stage.program.call("POST", "/vouchers", data=fields | {"file": (io.BytesIO(a_photo()), "回单.jpg")})


def _change(stage: Stage) -> TestResponse:
    return stage.program.call(
        "PUT", f"/vouchers/{stage.more['voucher']}", data={"payer": "上海豆豆集团"}, content_type="multipart/form-data"
    )


def _correct(stage: Stage) -> TestResponse:
    line = {"title": "上海豆豆集团", "amount_fen": 2 * ONE_PERSON_FEN}
    return _call("POST", "/vouchers/{id}/receipts/correction", items=[line], reason="抬头有误")(stage)


def _number(stage: Stage) -> TestResponse:
    issued = {"id": stage.more["receipt"], "e_receipt_no": "03182005", "issued_on": "2020-04-20"}
    return _call("PUT", "/vouchers/{id}/receipts/numbers", items=[issued])(stage)


def _reverse(stage: Stage) -> TestResponse:
    path = f"/batches/{stage.batches['paying']}/reverse-approval"
    return stage.program.call("POST", path, json={"reason": "款项未到账"})


DRAFT, SUBMITTED, APPROVED = VoucherState.DRAFT, VoucherState.SUBMITTED, VoucherState.APPROVED
_RECEIPTS = [{"title": "上海豆豆集团", "amount_fen": 1}]

VOUCHER_ACTS: Mapping[str, VoucherAct] = {
    "api.create_new_voucher": VoucherAct("create_voucher", _NONE, "li", _create),
    "api.change_one_voucher": VoucherAct("change_voucher", DRAFT, "li", _change),
    "api.cancel_one_voucher": VoucherAct("cancel_voucher", DRAFT, "li", _call("DELETE", "/vouchers/{id}")),
    "api.submit_one_voucher": VoucherAct("submit_voucher", DRAFT, "li", _call("POST", "/vouchers/{id}/submit")),
    "api.put_receipts": VoucherAct(
        "set_receipts", DRAFT, "li", _call("PUT", "/vouchers/{id}/receipts", items=_RECEIPTS)
    ),
    "api.approve_one_voucher": VoucherAct(
        "approve_voucher", SUBMITTED, "reviewer", _call("POST", "/vouchers/{id}/approve")
    ),
    "api.reject_one_voucher": VoucherAct(
        "reject_voucher", SUBMITTED, "reviewer", _call("POST", "/vouchers/{id}/reject", reason="不清晰")
    ),
    "api.void_one_voucher": VoucherAct(
        "void_voucher", SUBMITTED, "admin", _call("POST", "/vouchers/{id}/void", reason="重复提交")
    ),
    "api.correct_all_receipts": VoucherAct("correct_receipts", SUBMITTED, "reviewer", _correct),
    "api.reverse_one_approval": VoucherAct("reverse_approval", APPROVED, "admin", _reverse),
    "api.put_receipt_numbers": VoucherAct("fill_receipt_numbers", APPROVED, "reviewer", _number),
    "api.settle_one_refund": VoucherAct(
        "settle_refund",
        APPROVED,
        "reviewer",
        _call("POST", "/vouchers/{id}/refund", paid_on="2020-04-20", reference="FT20200420001"),
    ),
}
"""Endpoint -> what it writes down, and how it is done."""


def a_batch_of(person: Person, code: str = CODE, people: int = 2, first: int = 400) -> BatchOf:
    """A batch of this account under a code of its own, in 缴费凭证待上传."""
    batch = another_batch(viewer_of(person), code, EnrolmentType.CENTRAL, now=MORNING)
    return awaiting_payment(batch, first, people)


def a_voucher_of(town: Town, state: str, batch: BatchOf, **typed: object) -> Paying:
    """A voucher for this batch of 李小满's, brought to this state."""
    voucher_id = drafted(batch, **{"amount_fen": TOO_MUCH, **REFUND, **typed})
    paying = Paying(batch, voucher_id, staff(Role.REVIEWER, MORNING), staff(Role.ADMIN, MORNING))
    with_receipts(paying, [2 * ONE_PERSON_FEN])
    if state != DRAFT:
        submit(paying)
    if state == APPROVED:
        approve(paying)
    return paying


def set_voucher_stage(stage: Stage, town: Town, state: str) -> None:
    """A batch to pay and, if there is one already, its voucher in this state."""
    batch = a_batch_of(town.li)
    stage.batches["paying"] = batch.batch_no
    if state == _NONE:
        return
    paying = a_voucher_of(town, state, batch)
    stage.more["voucher"] = paying.voucher_id
    stage.more["receipt"] = the_voucher(paying.voucher_id).voucher.receipts[0].id
