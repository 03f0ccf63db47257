"""How far a unit has come in a plan year: the furthest of its batches (DOMAIN 10)."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from models.rules.lifecycle import BatchState


class UnitStage(StrEnum):
    """Where an enrolment code stands in a plan year, from nothing to 参保成功."""

    NO_BATCH = "no_batch"
    EXPIRED = "expired"
    ROSTER_FAILED = "roster_failed"
    ROSTER_DRAFT = "roster_draft"
    ROSTER_SUBMITTED = "roster_submitted"
    AWAITING_PAYMENT = "awaiting_payment"
    PAYMENT_REJECTED = "payment_rejected"
    PAYMENT_REVIEW = "payment_review"
    ENROLLED = "enrolled"

    @property
    def text(self) -> str:
        """As staff read it."""
        return STAGE_TEXTS[self]


STAGE_TEXTS: Mapping[UnitStage, str] = {
    UnitStage.NO_BATCH: "未建批次",
    UnitStage.EXPIRED: "已失效",
    UnitStage.ROSTER_FAILED: "校验不通过",
    UnitStage.ROSTER_DRAFT: "整理清册",
    UnitStage.ROSTER_SUBMITTED: "待确认保费",
    UnitStage.AWAITING_PAYMENT: "待缴费",
    UnitStage.PAYMENT_REJECTED: "凭证待重新提交",
    UnitStage.PAYMENT_REVIEW: "凭证审核中",
    UnitStage.ENROLLED: "参保成功",
}

STAGES = tuple(UnitStage)
"""From the first to the last: the furthest batch of a unit says where the unit stands."""

STAGE_OF_STATE: Mapping[BatchState, UnitStage] = {
    BatchState.EXPIRED: UnitStage.EXPIRED,
    BatchState.ROSTER_FAILED: UnitStage.ROSTER_FAILED,
    BatchState.ROSTER_DRAFT: UnitStage.ROSTER_DRAFT,
    BatchState.ROSTER_SUBMITTED: UnitStage.ROSTER_SUBMITTED,
    BatchState.AWAITING_PAYMENT: UnitStage.AWAITING_PAYMENT,
    BatchState.PAYMENT_REJECTED: UnitStage.PAYMENT_REJECTED,
    BatchState.PAYMENT_REVIEW: UnitStage.PAYMENT_REVIEW,
    BatchState.ENROLLED: UnitStage.ENROLLED,
}
"""A deleted batch is none."""

UNFINISHED_STAGES = tuple(stage for stage in STAGES if stage is not UnitStage.ENROLLED)

_CONFIRMED = {UnitStage.AWAITING_PAYMENT, UnitStage.PAYMENT_REJECTED, UnitStage.PAYMENT_REVIEW}
NOT_CONFIRMED = frozenset(UNFINISHED_STAGES) - _CONFIRMED
"""Without 提交确认保费, by which a central enrolment must have come before its window closes (DOMAIN 3.2)."""

DUE_STATES = (
    BatchState.AWAITING_PAYMENT,
    BatchState.PAYMENT_REJECTED,
    BatchState.PAYMENT_REVIEW,
    BatchState.ENROLLED,
)
"""Batches whose confirmed premium is due or has been paid."""


def stage_by_rank(rank: int) -> UnitStage:
    """The stage of this place in `STAGES`."""
    return STAGES[rank]


def rank_of_state(state: BatchState) -> int:
    """The place of a batch's stage in `STAGES`."""
    return STAGES.index(STAGE_OF_STATE[state])
