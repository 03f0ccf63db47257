"""Badges: what state something is in, as icon, word and colour. The colour says whose turn it is, never alone."""

from __future__ import annotations

from typing import NamedTuple

from models.queries.batches import BatchLine
from models.records.job import UNFINISHED, Job
from models.rules.code_application import ApplicationStatus
from models.rules.exceptions import ExceptionState
from models.rules.lifecycle import READY_TO_SUBMIT_TEXT, BatchState
from models.rules.progress import UnitStage
from models.rules.voucher import RefundState, VoucherState


class Badge(NamedTuple):
    """`tone` is a class of the style sheet, `icon` a symbol of icons.svg."""

    tone: str
    icon: str
    text: str


_BATCH_SIGNS = {
    BatchState.ROSTER_DRAFT: ("todo", "pencil"),
    BatchState.ROSTER_FAILED: ("bad", "alert-triangle"),
    BatchState.ROSTER_SUBMITTED: ("good", "check"),
    BatchState.AWAITING_PAYMENT: ("todo", "upload"),
    BatchState.PAYMENT_REVIEW: ("wait", "hourglass"),
    BatchState.PAYMENT_REJECTED: ("bad", "circle-x"),
    BatchState.ENROLLED: ("final", "shield-check"),
    BatchState.EXPIRED: ("off", "clock-off"),
}
BATCH = {state.value: Badge(tone, icon, state.text) for state, (tone, icon) in _BATCH_SIGNS.items()}
READY_TO_SUBMIT = Badge(*_BATCH_SIGNS[BatchState.ROSTER_DRAFT], READY_TO_SUBMIT_TEXT)
"""While the last report is good and about the roster as it is (DOMAIN 8.1)."""


def of_batch(line: BatchLine) -> Badge:
    """The badge of a batch on lists and on its own page."""
    return READY_TO_SUBMIT if line.ready_to_submit else BATCH[line.batch.state]


APPLICATION = {
    ApplicationStatus.PENDING.value: Badge("wait", "hourglass", ApplicationStatus.PENDING.text),
    ApplicationStatus.APPROVED.value: Badge("good", "check", ApplicationStatus.APPROVED.text),
    ApplicationStatus.REJECTED.value: Badge("bad", "circle-x", ApplicationStatus.REJECTED.text),
}

VOUCHER = {
    VoucherState.DRAFT.value: Badge("todo", "pencil", VoucherState.DRAFT.text),
    VoucherState.SUBMITTED.value: Badge("wait", "hourglass", VoucherState.SUBMITTED.text),
    VoucherState.APPROVED.value: Badge("good", "check", VoucherState.APPROVED.text),
    VoucherState.REJECTED.value: Badge("bad", "circle-x", VoucherState.REJECTED.text),
    VoucherState.VOID.value: Badge("off", "ban", VoucherState.VOID.text),
}
REFUND = {
    RefundState.OPEN.value: Badge("todo", "cash", RefundState.OPEN.text),
    RefundState.PAID.value: Badge("good", "check", RefundState.PAID.text),
    RefundState.CANCELLED.value: Badge("off", "ban", RefundState.CANCELLED.text),
}

STAGE = {
    UnitStage.NO_BATCH: Badge("off", "circle-dashed", UnitStage.NO_BATCH.text),
    UnitStage.EXPIRED: Badge("off", "clock-off", UnitStage.EXPIRED.text),
    UnitStage.ROSTER_FAILED: Badge("bad", "alert-triangle", UnitStage.ROSTER_FAILED.text),
    UnitStage.ROSTER_DRAFT: Badge("todo", "pencil", UnitStage.ROSTER_DRAFT.text),
    UnitStage.ROSTER_SUBMITTED: Badge("good", "check", UnitStage.ROSTER_SUBMITTED.text),
    UnitStage.AWAITING_PAYMENT: Badge("todo", "upload", UnitStage.AWAITING_PAYMENT.text),
    UnitStage.PAYMENT_REJECTED: Badge("bad", "circle-x", UnitStage.PAYMENT_REJECTED.text),
    UnitStage.PAYMENT_REVIEW: Badge("wait", "hourglass", UnitStage.PAYMENT_REVIEW.text),
    UnitStage.ENROLLED: Badge("final", "shield-check", UnitStage.ENROLLED.text),
}
"""How far a unit has come."""

PLAN_YEAR = {"draft": Badge("todo", "pencil", "草稿"), "published": Badge("good", "check", "已发布")}

EXCEPTION = {
    ExceptionState.OPEN.value: Badge("wait", "hourglass", ExceptionState.OPEN.text),
    ExceptionState.GRANTED.value: Badge("good", "check", ExceptionState.GRANTED.text),
    ExceptionState.REFUSED.value: Badge("bad", "circle-x", ExceptionState.REFUSED.text),
}

QUEUED = Badge("off", "clock", "排队中")
RUNNING = Badge("work", "loader-2", "处理中")
CANCELLING = Badge("off", "player-stop", "正在取消")
DONE = Badge("good", "check", "已完成")
DONE_WITH_REFUSALS = Badge("todo", "alert-triangle", "已完成，有未入册")
CHECKED = Badge("off", "eye", "仅校验")
CHECKED_WITH_REFUSALS = Badge("todo", "alert-triangle", "仅校验，有问题")
FAILED = Badge("bad", "circle-x", "未完成")
CANCELLED = Badge("off", "ban", "已取消")
UNDOING = Badge("work", "loader-2", "正在撤销")
UNDONE = Badge("off", "arrow-back-up", "已撤销")

_IMPORT = {
    "queued": QUEUED,
    "running": RUNNING,
    "done": DONE,
    "failed": FAILED,
    "cancelled": CANCELLED,
    "undone": UNDONE,
}


def of_import(state: str, *, cancelling: bool, refused: int, check_only: bool = False) -> Badge:
    """An import's badge; `refused`: rows that somebody has to look at; a check alone never looks like an import."""
    if cancelling and state in {"queued", "running"}:
        return CANCELLING
    if state == "done" and check_only:
        return CHECKED_WITH_REFUSALS if refused else CHECKED
    if state == "done" and refused:
        return DONE_WITH_REFUSALS
    return _IMPORT[state]


JOB_STATES = {"queued": QUEUED, "running": RUNNING, "done": DONE, "failed": FAILED, "cancelled": CANCELLED}
"""Jobs as staff see them, whatever they are about."""


def of_job(job: Job) -> Badge:
    """The badge of a job on 工作台 and 作业."""
    return CANCELLING if job.cancel_requested and job.state in UNFINISHED else JOB_STATES[job.state]
