"""Batches on their way: submitted, priced and confirmed by the real actions, or simply put into a state; for tests."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import update

from models.actions.price_batch import confirm_premium, generate_premium
from models.actions.queue_check import queue_validation
from models.actions.withdraw_batch import withdraw_batch
from models.records.batch import Batch
from models.records.database import writing
from models.records.premium import PremiumPreview
from models.records.validation import ValidationReport
from models.rules.lifecycle import BatchAction, BatchState
from tasks.roster_check import validate
from tests.imports import submitted
from tests.records import BatchOf

PROJECTS = ("A0", "B0", "C0")


def validated(batch: BatchOf) -> BatchOf:
    """清册校验 of a roster in which nothing stands in the way."""
    with writing() as session:
        job_id = queue_validation(session, batch.viewer, batch.batch_no, batch.now, lambda _: "roster.small").id
    validate(job_id)
    with writing() as session:
        assert session.get_one(ValidationReport, batch.batch_id).passed
    return batch


def priced(batch: BatchOf, projects: Sequence[str] | None = PROJECTS, *, now: datetime | None = None) -> PremiumPreview:
    """生成保费信息 of a submitted batch; returns the preview."""
    with writing() as session:
        return generate_premium(session, batch.viewer, batch.batch_no, projects, now or batch.now)


def confirmed(batch: BatchOf, projects: Sequence[str] | None = PROJECTS, *, now: datetime | None = None) -> BatchOf:
    """提交确认保费 of a submitted batch, all warnings acknowledged: it awaits payment."""
    preview = priced(batch, projects, now=now)
    warnings = {notice["code"] for notice in preview.premium["notices"]}
    with writing() as session:
        confirm_premium(session, batch.viewer, batch.batch_no, preview.token, warnings, now or batch.now)
    return batch


def awaiting_payment(batch: BatchOf) -> BatchOf:
    """The batch submitted and its premium confirmed."""
    return confirmed(submitted(batch))


def put_into(batch: BatchOf, state: BatchState, **values: Any) -> None:
    """As if the batch were in this state, with these columns changed too."""
    with writing() as session:
        session.execute(update(Batch).where(Batch.id == batch.batch_id).values(state=state, **values))


def withdraw(
    batch: BatchOf,
    to: BatchAction | None = BatchAction.WITHDRAW_TO_ROSTER,
    *,
    reason: str = "漏了三个人",
    now: datetime | None = None,
    version: int | None = None,
) -> Batch:
    """批次撤回 by the batch's own handler."""
    with writing() as session:
        return withdraw_batch(session, batch.viewer, batch.batch_no, to, reason, now or batch.now, version=version)
