"""A batch's next date: what must be done until when, and how much of that time is left."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from models.queries.deadlines import deadlines_of
from models.records.batch import Batch
from models.rules.deadlines import Deadlines, end_of
from models.rules.lifecycle import BatchState
from models.rules.plan import PlanYear
from web.formats import brief, brief_deadline, time_left

_NEAR = timedelta(days=10)


@dataclass(frozen=True, slots=True)
class Term:
    """As lists show it; `tone`: "" far away, "soon", "late" after the day on which the payment was due."""

    text: str
    remaining: str = ""
    tone: str = ""


NONE = Term("–")


def term_of(batch: Batch, plan: PlanYear, now: datetime) -> Term:
    """The date that this state of the batch has; `plan` is that of its year."""
    deadlines, found = deadlines_of(batch, plan), NONE
    match BatchState(batch.state):
        case BatchState.ROSTER_DRAFT | BatchState.ROSTER_FAILED:
            found = _until(deadlines.window_closes_at, "前提交", now)
        case BatchState.ROSTER_SUBMITTED:
            found = _until(_to_confirm(batch, deadlines), "前确认", now)
        case BatchState.AWAITING_PAYMENT:
            found = _to_pay(batch, now)
        case BatchState.PAYMENT_REJECTED if batch.resubmit_by is not None:
            found = _until(batch.reinstated_until or end_of(batch.resubmit_by), "前重新提交", now)
        case BatchState.ENROLLED if batch.coverage_end is not None:
            found = Term(f"保障至 {batch.coverage_end.isoformat()}")
        case BatchState.EXPIRED if batch.expired_at is not None:
            found = Term(f"{brief(batch.expired_at, now)} 失效")
    return found


def _to_confirm(batch: Batch, deadlines: Deadlines) -> datetime:
    ends = deadlines.confirm_before or deadlines.window_closes_at
    if batch.reinstated_until is None and batch.payment_cutoff_on is not None:  # kept when projects are chosen again
        return min(ends, end_of(batch.payment_cutoff_on))
    return ends


def _to_pay(batch: Batch, now: datetime) -> Term:
    if batch.payment_due_on is None or batch.payment_cutoff_on is None:
        return NONE
    due = batch.reinstated_until or end_of(batch.payment_due_on)
    cutoff = batch.reinstated_until or end_of(batch.payment_cutoff_on)
    if due <= now < cutoff:
        return Term(f"{brief_deadline(cutoff, now)} 前上传凭证", f"已逾期，{time_left(cutoff, now)}", "late")
    return _until(due if now < due else cutoff, "前汇款", now)


def _until(closes: datetime, what: str, now: datetime) -> Term:
    if now >= closes:
        return Term(f"{brief_deadline(closes, now)} 已截止")
    return Term(
        f"{brief_deadline(closes, now)} {what}", time_left(closes, now), "soon" if closes - now <= _NEAR else ""
    )
