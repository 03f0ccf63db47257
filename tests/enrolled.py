"""A batch that went all the way: submitted, priced, confirmed and approved."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from models.actions.check_roster import submit_at_once
from models.actions.price_batch import confirm_premium, generate_premium
from models.records.batch import Batch
from models.records.viewer import Viewer
from models.rules.lifecycle import BatchState

BASICS = ("A0", "B0", "C0")


def confirm(session: Session, viewer: Viewer, batch_no: str, now: datetime, projects: Sequence[str] = BASICS) -> None:
    """清册提交, 生成保费信息, 提交确认保费."""
    assert submit_at_once(session, viewer, batch_no, now).passed
    preview = generate_premium(session, viewer, batch_no, list(projects), now)
    confirm_premium(
        session, viewer, batch_no, preview.token, {notice["code"] for notice in preview.premium["notices"]}, now
    )


def enrol(session: Session, viewer: Viewer, batch_no: str, now: datetime, projects: Sequence[str] = BASICS) -> None:
    """The same, and 参保成功, whoever paid."""
    confirm(session, viewer, batch_no, now, projects)
    session.execute(update(Batch).where(Batch.batch_no == batch_no).values(state=BatchState.ENROLLED))
