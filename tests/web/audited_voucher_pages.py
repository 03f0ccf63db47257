"""What the pages of vouchers do, for the test of the audit log: each on a voucher in the state that it needs."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping

from werkzeug.test import TestResponse

from models.rules.permissions import Role
from models.rules.voucher import VoucherState
from tests.records import BatchOf
from tests.vouchers import (
    ONE_PERSON_FEN,
    PAYER,
    REFUND,
    Paying,
    a_photo,
    drafted,
    reject,
    staff,
    submit,
    with_receipts,
)
from tests.web.audited_vouchers import VOUCHER_ACTS, Stage, VoucherAct, a_batch_of, set_voucher_stage
from tests.web.conftest import MORNING, Browser, Town
from tests.web.forms import field

FORM = {"payer": PAYER, "method": "网上银行转账", "amount": "360.00"}
"""What a clerk types for a batch of two people."""
RECEIPT = {"receipt_title": [PAYER], "receipt_amount": ["360.00"], "receipt_remark": [""]}


def a_slip(name: str = "回单.jpg", content: bytes | None = None) -> tuple[io.BytesIO, str]:
    """A proof of payment as a form brings it."""
    return io.BytesIO(a_photo() if content is None else content), name


def rejected_with_two(town: Town) -> tuple[Paying, BatchOf]:
    """A rejected voucher of 李小满's for two batches, of which the second is returned too."""
    batch, other = a_batch_of(town.li), a_batch_of(town.li, "0088E8", 1, 450)
    voucher_id = drafted(batch, other, **REFUND)
    paying = Paying(batch, voucher_id, staff(Role.REVIEWER, MORNING), staff(Role.ADMIN, MORNING))
    with_receipts(paying, [3 * ONE_PERSON_FEN])
    submit(paying)
    reject(paying)
    return paying, other


def version_on(browser: Browser, address: str) -> str:
    """The version that the forms of a page carry."""
    return field(browser.get(address), "version")


def _post(path: str, page: str = "/vouchers/{id}", **fields: object) -> Callable[[Stage], TestResponse]:
    """Open a page and send one of its forms."""

    def act(stage: Stage) -> TestResponse:
        named = {"id": stage.more.get("voucher", 0), "batch": stage.batches.get("leaving", "")}
        version = version_on(stage.browser, page.format(**named))
        return stage.browser.post(path.format(**named), version=version, **fields)

    return act


def _create(stage: Stage) -> TestResponse:
    typed = FORM | {"batches": [stage.batches["paying"]], "file": a_slip(), "save": "1"}
    return stage.browser.post("/vouchers/new", "/vouchers/new", **typed)


def _edit(stage: Stage) -> TestResponse:
    batches = [stage.batches["paying"]]
    return _post("/vouchers/{id}/edit", "/vouchers/{id}/edit", **FORM, batches=batches, save="1")(stage)


def _number(stage: Stage) -> TestResponse:
    receipt, path = stage.more["receipt"], f"/vouchers/{stage.more['voucher']}/receipts/numbers"
    return stage.browser.post(path, path, **{f"number-{receipt}": "03182005", f"issued_on-{receipt}": "2020-04-20"})


def _settle(stage: Stage) -> TestResponse:
    path = f"/vouchers/{stage.more['voucher']}"
    return stage.browser.post(f"{path}/refund", path, paid_on="2020-04-20", reference="FT20200420001")


def _sheet(path: str, **fields: object) -> Callable[[Stage], TestResponse]:
    return _post(path, path, **fields)


DRAFT, SUBMITTED, APPROVED = VoucherState.DRAFT, VoucherState.SUBMITTED, VoucherState.APPROVED
_CORRECTION = "/vouchers/{id}/receipts/correction"

_PAGE_ACTS: Mapping[str, VoucherAct] = {
    "voucher_edit.create": VoucherAct("create_voucher", "none", "li", _create),
    "voucher_edit.edit": VoucherAct("change_voucher", DRAFT, "li", _edit),
    "voucher_edit.submit": VoucherAct("submit_voucher", DRAFT, "li", _post("/vouchers/{id}/submit")),
    "vouchers.cancel": VoucherAct("cancel_voucher", DRAFT, "li", _sheet("/vouchers/{id}/cancel")),
    "vouchers.leave": VoucherAct(
        "leave_voucher", VoucherState.REJECTED, "li", _sheet("/batches/{batch}/voucher/leave")
    ),
    "voucher_review.approve": VoucherAct("approve_voucher", SUBMITTED, "reviewer", _post("/vouchers/{id}/approve")),
    "voucher_review.reject": VoucherAct(
        "reject_voucher", SUBMITTED, "reviewer", _post("/vouchers/{id}/reject", reason="不清晰")
    ),
    "voucher_review.void": VoucherAct(
        "void_voucher", SUBMITTED, "admin", _sheet("/vouchers/{id}/void", reason="重复提交")
    ),
    "voucher_review.reverse": VoucherAct(
        "reverse_approval", APPROVED, "admin", _sheet("/vouchers/{id}/reverse", reason="款项未到账")
    ),
    "voucher_review.settle": VoucherAct("settle_refund", APPROVED, "reviewer", _settle),
    "voucher_receipts.correct": VoucherAct(
        "correct_receipts", SUBMITTED, "reviewer", _sheet(_CORRECTION, **RECEIPT, reason="抬头有误")
    ),
    "voucher_receipts.fill_numbers": VoucherAct("fill_receipt_numbers", APPROVED, "reviewer", _number),
}

ALL_VOUCHER_ACTS: Mapping[str, VoucherAct] = {**VOUCHER_ACTS, **_PAGE_ACTS}
"""Endpoint of the interface or of a page -> what it writes down, and how it is done."""


def set_stage(stage: Stage, town: Town, endpoint: str) -> None:
    """What this endpoint acts on."""
    state = ALL_VOUCHER_ACTS[endpoint].state
    if state != VoucherState.REJECTED:
        set_voucher_stage(stage, town, state)
        return
    paying, other = rejected_with_two(town)
    stage.batches["leaving"] = other.batch_no
    stage.more["voucher"] = paying.voucher_id
