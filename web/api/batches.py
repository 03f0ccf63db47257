"""参保批次: opening one, and what it is at now."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated

from flask import Response
from pydantic import Field
from sqlalchemy.orm import Session

from models.actions.batch_change import actions_of_line, refuse_if_stale
from models.actions.delete_batch import delete_batch
from models.actions.open_batch import open_batch
from models.actions.permit import refuse_without_profile
from models.actions.withdraw_batch import REASON_LENGTH, refuse_unless_withdrawable, withdraw_batch
from models.queries.batches import BatchesWanted, BatchLine, batch_lines, batches_after, find_batch
from models.queries.plan_years import published_plans
from models.records.batch import Batch
from models.records.business_clock import business_now
from models.records.database import reading, writing
from models.rules.lifecycle import BatchAction, BatchState
from models.rules.permissions import Action
from models.rules.plan import EnrolmentType, PlanYear
from web.access import asks
from web.api.calls import Family, address, answer, nothing
from web.api.cursors import after, cut
from web.api.fields import Asked, Listed, Shape, Text
from web.api.incoming import body, query, version_asked
from web.page import REQUEST_WAIT_SECONDS
from web.sign_in import viewer

family = Family("batches", "参保批次")

_OPENING = (
    "HDL-001", "WIN-001", "WIN-002", "WIN-003", "WIN-004", "COD-001", "COD-002", "COD-003", "COD-004", "BAT-001",
)  # fmt: skip

_WAYS_BACK: Mapping[str, BatchAction] = {
    "roster": BatchAction.WITHDRAW_TO_ROSTER,
    "projects": BatchAction.WITHDRAW_TO_PROJECTS,
}

CALLS: Mapping[BatchAction, str] = {
    BatchAction.COPY_SUGGESTED: "copy_suggested_roster",
    BatchAction.IMPORT_PEOPLE: "upload_roster",
    BatchAction.CORRECT_ROWS: "correct_row",
    BatchAction.UNDO_IMPORT: "undo_one_import",
    BatchAction.ADD_PERSON: "add_one_person",
    BatchAction.EDIT_PERSON: "edit_one_person",
    BatchAction.SET_IN_SERVICE: "set_several_in_service",
    BatchAction.REMOVE_PEOPLE: "remove_several",
    BatchAction.VALIDATE_ROSTER: "validate_batch",
    BatchAction.PROMISE: "promise_for_person",
    BatchAction.SUBMIT_ROSTER: "submit_batch",
    BatchAction.GENERATE_PREMIUM: "generate_one_premium",
    BatchAction.CONFIRM_PREMIUM: "confirm_one_premium",
    BatchAction.DELETE_BATCH: "delete_one_batch",
    BatchAction.WITHDRAW_TO_ROSTER: "withdraw_one_batch",
    BatchAction.WITHDRAW_TO_PROJECTS: "withdraw_one_batch",
    BatchAction.CREATE_VOUCHER: "create_new_voucher",
    BatchAction.CANCEL_VOUCHER: "cancel_one_voucher",
    BatchAction.SUBMIT_VOUCHER: "submit_one_voucher",
    BatchAction.APPROVE_VOUCHER: "approve_one_voucher",
    BatchAction.REJECT_VOUCHER: "reject_one_voucher",
    BatchAction.VOID_VOUCHER: "void_one_voucher",
    BatchAction.REINSTATE: "reinstate_one_batch",
    BatchAction.REVERSE_APPROVAL: "reverse_one_approval",
    BatchAction.LEAVE_VOUCHER: "change_one_voucher",
}
"""What a program may do to a batch, with the call that does it: nothing else is offered."""


class BatchShape(Shape):
    """One batch. What does not exist yet is null."""

    batch_no: str = Field(title="批次号", examples=["SZSH202004200001"])
    enrolment_code: str = Field(title="参保编码")
    unit_name: str = Field(title="单位名称")
    type: EnrolmentType = Field(title="参保类型")
    channel: str = Field(title="办理通道", description="normal 普通，special 特殊")
    plan_year: str = Field(title="保障年度")
    state: BatchState = Field(title="批次状态")
    state_text: str = Field(title="批次状态名称")
    actions: list[BatchAction] = Field(title="当前可进行的操作")
    people: int = Field(title="清册人数")
    version: int = Field(title="版本", description="可作为 If-Match 送回；批次已有变动时得到 BAT-004")
    coverage_start: date | None = Field(title="起保日")
    coverage_end: date | None = Field(title="保障期满")
    half_price: bool | None = Field(title="是否半价")
    projects: list[str] | None = Field(title="保障项目")
    total_fen: int | None = Field(title="应缴保费（分）")
    payment_due_on: date | None = Field(title="应缴日")
    payment_cutoff_on: date | None = Field(title="缴费截止日")
    expired_reason: str | None = Field(title="失效原因")


class BatchList(Shape):
    """A page of batches, the latest first."""

    items: list[BatchShape]
    next: str | None = Field(title="下一页的游标")


class BatchQuery(Listed):
    """Filters of the list."""

    enrolment_code: Annotated[Text, Field(max_length=6, title="参保编码")] = ""
    plan_year: Annotated[Text, Field(max_length=10, title="保障年度")] = ""
    type: EnrolmentType | None = Field(default=None, title="参保类型")
    state: BatchState | None = Field(default=None, title="批次状态")


class NewBatch(Asked):
    """What a batch is opened with."""

    enrolment_code: Annotated[Text, Field(min_length=1, max_length=20, title="参保编码", examples=["0088D2"])]
    type: EnrolmentType = Field(title="参保类型")
    plan_year: Annotated[Text, Field(min_length=1, max_length=10, title="保障年度")] | None = None


class Withdrawal(Asked):
    """Whereto a batch goes back, and why."""

    to: Annotated[Text, Field(max_length=20)] = Field(
        default="",
        title="撤回方式",
        description="roster 重新整理清册，projects 重新选择保障项目",
        json_schema_extra={"enum": list(_WAYS_BACK)},
        examples=["roster"],
    )
    reason: Text = Field(default="", title="撤回原因", max_length=REASON_LENGTH, examples=["漏了三个人"])


@family.get("/batches", "参保批次列表", {200: BatchList}, query=BatchQuery)
@asks(Action.READ_BATCH)
def list_batches() -> Response:
    """The batches within the account's reach. 区服务处 has to name an enrolment code."""
    asked = query(BatchQuery)
    wanted = BatchesWanted(asked.enrolment_code, asked.plan_year, asked.type or "", asked.state or "")
    with reading() as records:
        now = business_now(records)
        plans = {plan.plan_year: plan for plan in published_plans(records)}
        found = batches_after(records, viewer(), wanted, after(asked.cursor), asked.limit)
        page, following = cut(found, asked.limit, lambda line: (line.batch.id,))
        items = [batch_shape(line, plans.get(line.batch.plan_year), now) for line in page]
    return answer(BatchList(items=items, next=following))


@family.post("/batches", "开立参保批次", {201: BatchShape}, body=NewBatch, refuses=_OPENING)
@asks(Action.WORK_ON_BATCH)
def open_new_batch() -> Response:
    """集中参保办理 or 即时参保办理; a free code is bound to the account."""
    with reading() as records:
        refuse_without_profile(records, viewer())
    asked = body(NewBatch)
    with writing(REQUEST_WAIT_SECONDS) as records:
        now = business_now(records)
        batch = open_batch(
            records,
            viewer(),
            code=asked.enrolment_code,
            enrolment_type=asked.type,
            plan_year=asked.plan_year,
            now=now,
        )
        shape = shape_now(records, batch, now)
    return answer(shape, 201, version=shape.version, location=address("get_batch", batch_no=shape.batch_no))


@family.get("/batches/{batch_no}", "一个参保批次", {200: BatchShape}, refuses=("BAT-005",))
@asks(Action.READ_BATCH)
def get_batch(batch_no: str) -> Response:
    """One batch, its version also as ETag."""
    with reading() as records:
        batch = find_batch(records, viewer(), batch_no)
        shape = shape_now(records, batch, business_now(records))
    return answer(shape, version=shape.version)


@family.post(
    "/batches/{batch_no}/withdraw",
    "批次撤回",
    {200: BatchShape},
    body=Withdrawal,
    refuses=(
        "BAT-005", "BAT-002", "BAT-006", "WDR-002", "WIN-005", "WDR-005", "WDR-006", "PAY-009", "BAT-004", "WDR-003",
        "WDR-001",
    ),
    changes_batch=True,
)  # fmt: skip
@asks(Action.WITHDRAW_BATCH)
def withdraw_one_batch(batch_no: str) -> Response:
    """重新整理清册 gives everybody free; 重新选择保障项目 keeps people, cover and dates of payment."""
    with reading() as records:
        batch = find_batch(records, viewer(), batch_no, Action.WITHDRAW_BATCH)
        refuse_unless_withdrawable(records, batch, business_now(records))
        refuse_if_stale(batch, version_asked())
    asked = body(Withdrawal)
    with writing(REQUEST_WAIT_SECONDS) as records:
        now = business_now(records)
        to = _WAYS_BACK.get(asked.to)
        batch = withdraw_batch(records, viewer(), batch_no, to, asked.reason, now, version=version_asked())
        shape = shape_now(records, batch, now)
    return answer(shape, version=shape.version)


@family.delete(
    "/batches/{batch_no}",
    "批次删除",
    {204: None},
    refuses=("BAT-005", "BAT-002", "BAT-006", "BAT-007", "BAT-004"),
    changes_batch=True,
)
@asks(Action.DELETE_BATCH)
def delete_one_batch(batch_no: str) -> Response:
    """The people and files of a batch that was not submitted are erased for good."""
    with writing(REQUEST_WAIT_SECONDS) as records:
        batch = find_batch(records, viewer(), batch_no, Action.DELETE_BATCH)
        delete_batch(records, viewer(), batch_no, business_now(records), version=version_asked())
    return nothing(version=batch.version)


def shape_now(records: Session, batch: Batch, now: datetime) -> BatchShape:
    """The batch as it is inside this transaction."""
    plan = next((plan for plan in published_plans(records) if plan.plan_year == batch.plan_year), None)
    return batch_shape(batch_lines(records, [batch])[0], plan, now)


def batch_shape(line: BatchLine, plan: PlanYear | None, now: datetime) -> BatchShape:
    """A batch with its people as the interface tells it."""
    batch = line.batch
    days = batch.days_of_payment
    return BatchShape(
        batch_no=batch.batch_no,
        enrolment_code=batch.code.code,
        unit_name=batch.unit_name,
        type=EnrolmentType(batch.enrolment_type),
        channel=batch.handling_channel,
        plan_year=batch.plan_year,
        state=BatchState(batch.state),
        state_text=line.state_text,
        actions=[action for action in actions_of_line(viewer(), line, plan, now) if action in CALLS],
        people=line.people,
        version=batch.version,
        coverage_start=batch.coverage_start,
        coverage_end=batch.coverage_end,
        half_price=batch.half_price,
        projects=batch.projects,
        total_fen=batch.total_fen,
        payment_due_on=days.due_on if days else None,
        payment_cutoff_on=days.cutoff_on if days else None,
        expired_reason=batch.expired_reason,
    )
