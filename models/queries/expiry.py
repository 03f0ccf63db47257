"""By when batches expire, asked of all of them at once, and whose earlier work is waited for (DOMAIN 3.3, 13)."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, Select, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from models.records.batch import Batch
from models.records.job import UNFINISHED_IN_SQL, Job
from models.records.plan_year import plan_of
from models.rules.deadlines import Deadlines
from models.rules.expiry import EXPIRIES, row_of
from models.rules.lifecycle import BatchAction, Until
from models.rules.plan import EnrolmentType, PlanYear

_OWN: Mapping[Until, tuple[str, InstrumentedAttribute[Any]]] = {
    Until.WINDOW_CLOSES: ("central_extension_until", Batch.central_extension_until),
    Until.PREMIUM_CONFIRMED: ("confirm_since", Batch.confirm_since),
    Until.PAID: ("cutoff_on", Batch.payment_cutoff_on),
    Until.PAID_AGAIN: ("resubmit_by", Batch.resubmit_by),
}
"""The one date of a batch's own that each deadline goes by, beside 恢复办理至: its name for `Deadlines`, its column."""


@dataclass(frozen=True, slots=True)
class Ended:
    """A batch and the moment from which on it is over."""

    batch_id: int
    at: datetime


def ends_by(session: Session, actions: Collection[BatchAction]) -> set[datetime]:
    """The moments from which on batches expire by these actions, past or to come, each once.

    One statement an action and one a plan year, however many batches there are. A batch that earlier work is waited for
    has none until that has ended.
    """
    plans: dict[str, PlanYear] = {}
    found = (_ends(session, action, _asked(action).distinct(), plans) for action in actions)
    return {at for ends in found for _, at in ends}


def ended_by(session: Session, actions: Collection[BatchAction]) -> list[Ended]:
    """The same batch by batch, in the order of their ids."""
    plans: dict[str, PlanYear] = {}
    found = (_ends(session, action, _asked(action).add_columns(Batch.id), plans) for action in actions)
    ended = [Ended(row.id, at) for ends in found for row, at in ends]
    return sorted(ended, key=lambda one: one.batch_id)


def is_waited_for(session: Session, batch: Batch, at: datetime) -> bool:
    """Whether work on this batch that was received before `at` has not ended: the batch has to wait for it."""
    unfinished = select(Job.id).where(Job.batch_id == batch.id, UNFINISHED_IN_SQL, Job.received_at < at).limit(1)
    return session.execute(unfinished).scalar() is not None


def _asked(action: BatchAction) -> Select[*tuple[Any, ...]]:
    """What this action's deadline goes by, and since when work is waited for, of every batch that it may be about."""
    expiry, row = EXPIRIES[action], row_of(action)
    waiting = (
        select(Job.batch_id, func.min(Job.received_at).label("received_at"))
        .where(UNFINISHED_IN_SQL, Job.batch_id.is_not(None))
        .group_by(Job.batch_id)
        .subquery()
    )
    _, own = _OWN[row.until]
    given = (Batch.plan_year, Batch.enrolment_type, Batch.reinstated_until, own.label("own"), waiting.c.received_at)
    asked = select(*given).outerjoin(waiting, waiting.c.batch_id == Batch.id)
    asked = asked.where(Batch.state.in_(sorted(state for state in row.from_states if state)))
    return asked.where(Batch.enrolment_type == expiry.enrolment_type) if expiry.enrolment_type else asked


def _ends(
    session: Session, action: BatchAction, asked: Select[*tuple[Any, ...]], plans: dict[str, PlanYear]
) -> Iterator[tuple[Row[Any], datetime]]:
    """Each row with its end, where it has one and nothing is waited for; `plans` are the years that were read."""
    ends: dict[tuple[Any, ...], datetime | None] = {}
    for row in session.execute(asked).all():
        if row.plan_year not in plans:
            plans[row.plan_year] = plan_of(session, row.plan_year)
        given = (row.plan_year, row.enrolment_type, row.reinstated_until, row.own)
        if given not in ends:
            ends[given] = _end(action, plans[row.plan_year], *given[1:])
        at = ends[given]
        if at is not None and (row.received_at is None or row.received_at >= at):
            yield row, at


def _end(
    action: BatchAction,
    plan: PlanYear,
    enrolment_type: str,
    reinstated_until: datetime | None,
    own: datetime | date | None,
) -> datetime | None:
    until = row_of(action).until
    name, _ = _OWN[until]
    dates: dict[str, Any] = {name: own, "reinstated_until": reinstated_until}
    return Deadlines(plan, EnrolmentType(enrolment_type), **dates).ends(until)
