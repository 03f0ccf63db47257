"""缴费凭证: made, changed and submitted by the unit, decided by the association."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from flask import Response
from sqlalchemy.orm import Session

from models.actions.batch_change import refuse_if_stale as refuse_if_batch_is_stale
from models.actions.batch_change import refuse_unless_possible
from models.actions.decide_voucher import approve_voucher, reject_voucher, reverse_approval, void_voucher
from models.actions.draft_voucher import cancel_voucher, change_voucher, create_voucher, refuse_uneditable
from models.actions.permit import refuse_unready_handler
from models.actions.submit_voucher import submit_voucher
from models.actions.voucher_change import refuse_if_stale, refuse_in_other_state, voucher_actions
from models.queries.batches import find_batch
from models.queries.plan_years import published_plans
from models.queries.vouchers import VoucherFilters, VoucherSeen, file_of, find_voucher, voucher_seen, vouchers_after
from models.records.business_clock import business_now
from models.records.database import reading, writing
from models.records.voucher import Voucher
from models.rules.lifecycle import BatchAction, permission_for
from models.rules.permissions import Action
from web.access import asks
from web.api.batches import BatchShape, shape_now
from web.api.calls import Family, address, answer, nothing
from web.api.cursors import after, cut
from web.api.fields import id_in_address
from web.api.incoming import body, form_with_files, query, version_asked
from web.api.voucher import VoucherChanges, VoucherForm, VoucherList, VoucherQuery, VoucherShape, Why, voucher_shape
from web.attachment import attachment, received
from web.page import REQUEST_WAIT_SECONDS
from web.sign_in import viewer

family = Family("vouchers", "缴费凭证")

_ANY_FILE = "*/*"
_TYPED = ("PAY-004", "PAY-005", "PAY-006", "PAY-008", "PAY-009", "PAY-011", "PAY-012", "BAT-006", "APP-003", "APP-004")
_IN_STATE = ("BAT-005", "BAT-002", "BAT-004")


@family.get("/vouchers", "缴费凭证列表", {200: VoucherList}, query=VoucherQuery)
@asks(Action.READ_VOUCHER)
def list_vouchers() -> Response:
    """The vouchers within the account's reach, the latest first."""
    asked = query(VoucherQuery)
    filters = VoucherFilters(asked.submitted_from, asked.submitted_to, asked.payer, asked.state or "")
    with reading() as records:
        found = vouchers_after(records, viewer(), filters, after(asked.cursor), asked.limit)
        page, following = cut(found, asked.limit, lambda seen: (seen.voucher.id,))
        return answer(VoucherList(items=_shapes(records, page, business_now(records)), next=following))


@family.post(
    "/vouchers", "新增缴费信息", {201: VoucherShape}, form=VoucherForm, refuses=("BAT-005", *_TYPED, "SYS-001")
)
@asks(Action.WORK_ON_VOUCHER)
def create_new_voucher() -> Response:
    """A draft. Receipts follow, then 提交审核."""
    with reading() as records:
        refuse_unready_handler(records, viewer())
    asked = form_with_files(VoucherForm)
    files = received(asked.file)
    with writing(REQUEST_WAIT_SECONDS) as records:
        now = business_now(records)
        voucher = create_voucher(records, viewer(), asked.typed(), asked.batches or [], files, now)
        shape = _shape(records, voucher, now)
    return answer(shape, 201, version=shape.version, location=address("get_voucher", voucher_id=shape.id))


@family.get("/vouchers/{voucher_id}", "一份缴费凭证", {200: VoucherShape}, refuses=("BAT-005",))
@asks(Action.READ_VOUCHER)
def get_voucher(voucher_id: str) -> Response:
    """With batches, files and receipts."""
    with reading() as records:
        voucher = find_voucher(records, viewer(), id_in_address(voucher_id))
        shape = _shape(records, voucher, business_now(records))
    return answer(shape, version=shape.version)


@family.put(
    "/vouchers/{voucher_id}",
    "修改缴费信息",
    {200: VoucherShape},
    form=VoucherChanges,
    refuses=(*_IN_STATE, *_TYPED, "SYS-001"),
    changes_batch=True,
)
@asks(Action.WORK_ON_VOUCHER)
def change_one_voucher(voucher_id: str) -> Response:
    """A draft, or one that was rejected. A batch that is not named any more leaves it."""
    number = id_in_address(voucher_id)
    with reading() as records:
        voucher = find_voucher(records, viewer(), number, Action.WORK_ON_VOUCHER)
        refuse_unready_handler(records, viewer())
        refuse_uneditable(voucher)
        refuse_if_stale(voucher, version_asked())
    asked = form_with_files(VoucherChanges)
    files = received(asked.file)
    keep = asked.keep_files if asked.keep_files is not None else [] if files else None
    with writing(REQUEST_WAIT_SECONDS) as records:
        now = business_now(records)
        voucher = change_voucher(
            records,
            viewer(),
            number,
            asked.typed(),
            now,
            batch_nos=asked.batches,
            files=files,
            keep_files=keep,
            version=version_asked(),
        )
        shape = _shape(records, voucher, now)
    return answer(shape, version=shape.version)


@family.delete("/vouchers/{voucher_id}", "取消上传", {204: None}, refuses=_IN_STATE)
@asks(Action.WORK_ON_VOUCHER)
def cancel_one_voucher(voucher_id: str) -> Response:
    """A draft and its files are gone."""
    with writing(REQUEST_WAIT_SECONDS) as records:
        cancel_voucher(records, viewer(), id_in_address(voucher_id), business_now(records), version=version_asked())
    return nothing()


@family.post(
    "/vouchers/{voucher_id}/submit",
    "提交审核",
    {200: VoucherShape},
    refuses=(
        *_IN_STATE, "PAY-009", "PAY-004", "PAY-012", "PAY-008", "PAY-002", "PAY-003", "RCP-002", "RCP-001", "PAY-007",
    ),
    changes_batch=True,
)  # fmt: skip
@asks(Action.WORK_ON_VOUCHER)
def submit_one_voucher(voucher_id: str) -> Response:
    """All its batches are under review; it and its receipts are locked."""
    with writing(REQUEST_WAIT_SECONDS) as records:
        now = business_now(records)
        voucher = submit_voucher(records, viewer(), id_in_address(voucher_id), now, version=version_asked())
        shape = _shape(records, voucher, now)
    return answer(shape, version=shape.version)


@family.post("/vouchers/{voucher_id}/approve", "审核通过", {200: VoucherShape}, refuses=_IN_STATE, changes_batch=True)
@asks(Action.DECIDE_VOUCHER)
def approve_one_voucher(voucher_id: str) -> Response:
    """All its batches are enrolled."""
    with writing(REQUEST_WAIT_SECONDS) as records:
        now = business_now(records)
        voucher = approve_voucher(records, viewer(), id_in_address(voucher_id), now, version=version_asked())
        shape = _shape(records, voucher, now)
    return answer(shape, version=shape.version)


@family.post(
    "/vouchers/{voucher_id}/reject",
    "审核不通过",
    {200: VoucherShape},
    body=Why,
    refuses=(*_IN_STATE, "APP-012"),
    changes_batch=True,
)
@asks(Action.DECIDE_VOUCHER)
def reject_one_voucher(voucher_id: str) -> Response:
    """The unit may mend it for some days."""
    number = id_in_address(voucher_id)
    _refuse_before_content(number, BatchAction.REJECT_VOUCHER)
    reason = body(Why).reason
    with writing(REQUEST_WAIT_SECONDS) as records:
        now = business_now(records)
        voucher = reject_voucher(records, viewer(), number, reason, now, version=version_asked())
        shape = _shape(records, voucher, now)
    return answer(shape, version=shape.version)


@family.post(
    "/vouchers/{voucher_id}/void", "作废凭证", {200: VoucherShape}, body=Why, refuses=_IN_STATE, changes_batch=True
)
@asks(Action.OVERRIDE)
def void_one_voucher(voucher_id: str) -> Response:
    """Its batches wait for another one, with the whole time for it."""
    number = id_in_address(voucher_id)
    _refuse_before_content(number, BatchAction.VOID_VOUCHER)
    reason = body(Why).reason
    with writing(REQUEST_WAIT_SECONDS) as records:
        now = business_now(records)
        voucher = void_voucher(records, viewer(), number, reason, now, version=version_asked())
        shape = _shape(records, voucher, now)
    return answer(shape, version=shape.version)


@family.post(
    "/batches/{batch_no}/reverse-approval",
    "撤销审核通过",
    {200: BatchShape},
    body=Why,
    refuses=("BAT-005", "BAT-002", "BAT-006", "BAT-004"),
    changes_batch=True,
)
@asks(Action.OVERRIDE)
def reverse_one_approval(batch_no: str) -> Response:
    """Every batch of its voucher is under review again."""
    with reading() as records:
        batch = find_batch(records, viewer(), batch_no, Action.OVERRIDE)
        refuse_unless_possible(records, batch, BatchAction.REVERSE_APPROVAL, business_now(records))
        refuse_if_batch_is_stale(batch, version_asked())
    reason = body(Why).reason
    with writing(REQUEST_WAIT_SECONDS) as records:
        now = business_now(records)
        reverse_approval(records, viewer(), batch_no, reason, now, version=version_asked())
        shape = shape_now(records, find_batch(records, viewer(), batch_no), now)
    return answer(shape, version=shape.version)


@family.get("/vouchers/{voucher_id}/files/{n}", "下载缴费凭证附件", {200: _ANY_FILE}, refuses=("BAT-005",))
@asks(Action.READ_VOUCHER)
def get_voucher_file(voucher_id: str, n: str) -> Response:
    """One proof of payment, as a download that runs nothing."""
    with reading() as records:
        return attachment(file_of(records, viewer(), id_in_address(voucher_id), id_in_address(n)))


def _refuse_before_content(voucher_id: int, action: BatchAction) -> None:
    with reading() as records:
        seen = voucher_seen(records, find_voucher(records, viewer(), voucher_id, permission_for(action)))
        refuse_in_other_state(records, seen, action, business_now(records))
        refuse_if_stale(seen.voucher, version_asked())


def _shape(records: Session, voucher: Voucher, now: datetime) -> VoucherShape:
    return _shapes(records, [voucher_seen(records, voucher)], now)[0]


def _shapes(records: Session, vouchers: Sequence[VoucherSeen], now: datetime) -> list[VoucherShape]:
    plans = {plan.plan_year: plan for plan in published_plans(records)}
    return [
        voucher_shape(seen, voucher_actions(viewer(), seen, plans.get(seen.voucher.plan_year), now))
        for seen in vouchers
    ]
