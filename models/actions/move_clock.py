"""The demonstration's clock is moved; never in production."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from config.settings import settings
from models.actions.permit import permit
from models.records.audit import record_act
from models.records.business_clock import ClockOffset, business_now, judged_at
from models.records.scheduled_job import ScheduledJob
from models.records.viewer import Viewer
from models.rules.permissions import Action
from models.rules.refusal import Refused

_YEARS = range(2000, 2101)
"""What plan years can be about."""


def move_clock(session: Session, to: datetime, viewer: Viewer | None = None) -> None:
    """Let the business clock show `to` (aware) now and run on from there.

    Without a viewer it is the demonstration's own beginning, otherwise an administrator's act.
    Refused AUTH-006 outside a demonstration, SYS-003 for a year that no plan knows.
    """
    if not settings().demonstration:
        raise Refused("AUTH-006")
    if to.year not in _YEARS:
        raise Refused("SYS-003", field="业务时间")
    if viewer is not None:
        permit(viewer, Action.OVERRIDE)
        record_act(
            session,
            viewer,
            business_now(session),
            "move_clock",
            to=to.isoformat(),
        )
    offset = session.get(ClockOffset, 1)
    if offset is None:
        offset = ClockOffset(id=1)
        session.add(offset)
    offset.seconds = (to - judged_at()).total_seconds()
    # Put back, the calendar goes through those days once more; what was told is not told again.
    ahead = update(ScheduledJob).where(ScheduledJob.period > to).values(period=to)
    session.execute(ahead.execution_options(synchronize_session=False))
