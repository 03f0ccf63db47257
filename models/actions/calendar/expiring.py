"""What the three jobs that let batches expire have in common: they differ in actions and in the time of day."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, time

from sqlalchemy.orm import Session

from models.actions.calendar.expire_batch import expire_if_over
from models.actions.calendar.scheduled import Scheduled, daily_at_or_after
from models.queries.expiry import ended_by, ends_by
from models.rules.lifecycle import BatchAction


def expiring(code: str, kind: str, text: str, actions: Collection[BatchAction], at: time | None = None) -> Scheduled:
    """The job that lets batches expire by these actions: at the moment of each deadline, or the next time of day `at`.

    A batch that work received in time is waited for is passed over; it is due again when that has ended.
    """

    def moment_of(end: datetime) -> datetime:
        return end if at is None else daily_at_or_after(end, at)

    def next_at(session: Session, after: datetime, now: datetime) -> datetime | None:
        due = [moment for end in ends_by(session, actions) if (moment := moment_of(end)) <= now]
        ahead = [moment for moment in due if moment > after]
        return min(ahead) if ahead else max(due, default=None)  # what was left, all of it at once

    def units(session: Session, period: datetime) -> Sequence[int]:
        return [one.batch_id for one in ended_by(session, actions) if moment_of(one.at) <= period]

    def do(session: Session, unit: int, period: datetime, now: datetime) -> bool:
        return expire_if_over(session, unit, actions, period, now)

    return Scheduled(code, kind, text, next_at, units, do)
