"""A published date moves: which may, and how far (DOMAIN 3.3)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from config.clock import local_date, local_text
from models.rules.plan import PlanYear
from models.rules.plan_check import objections
from models.rules.plan_fields import PlanInvalid
from models.rules.refusal import Refused

Moved = datetime | date
"""A moment with its offset, or a whole day."""


class MovableDate(StrEnum):
    """The dates of a published plan year that may move. Cover never does: prices and claims hang on it."""

    CENTRAL_OPEN_AT = "central_open_at"
    CENTRAL_CLOSE_AT = "central_close_at"
    CENTRAL_PAYMENT_CLOSE_ON = "central_payment_close_on"
    INSTANT_OPEN_AT = "instant_open_at"

    @property
    def text(self) -> str:
        """As pages and notices call it."""
        return MOVABLE_TEXTS[self]

    @property
    def is_day(self) -> bool:
        """Whether it is a whole day, which ends at 24:00."""
        return self is MovableDate.CENTRAL_PAYMENT_CLOSE_ON

    @property
    def ends_something(self) -> bool:
        """Whether work must be done before it; else it is what units wait for."""
        return self in {MovableDate.CENTRAL_CLOSE_AT, MovableDate.CENTRAL_PAYMENT_CLOSE_ON}

    def of(self, plan: PlanYear) -> Moved:
        """What it is in this plan year."""
        found: Moved = getattr(plan, self.value)
        return found


MOVABLE_TEXTS = {
    MovableDate.CENTRAL_OPEN_AT: "集中参保开始时间",
    MovableDate.CENTRAL_CLOSE_AT: "集中参保截止时间",
    MovableDate.CENTRAL_PAYMENT_CLOSE_ON: "集中参保缴费截止日",
    MovableDate.INSTANT_OPEN_AT: "即时参保开放时间",
}


def when(moved: Moved) -> str:
    """2020-05-20 17:00, or 2020-06-05 24:00 where the whole day counts."""
    return local_text(moved) if isinstance(moved, datetime) else f"{moved.isoformat()} 24:00"


def as_stored(moved: Moved) -> str:
    """As the plan's data hold it."""
    return moved.isoformat()


def moves(plan: PlanYear, wanted: Mapping[MovableDate, Moved]) -> dict[MovableDate, Moved]:
    """Those of the wanted dates that are not what they were, in the order of the year."""
    return {field: wanted[field] for field in MovableDate if field in wanted and wanted[field] != field.of(plan)}


def moved_plan(
    data: Mapping[str, Any], wanted: Mapping[MovableDate, Moved], now: datetime, published: Iterable[PlanYear]
) -> PlanYear:
    """The plan year with these dates in place of its own.

    What has begun is not postponed and not announced anew; an end is not brought forward once its work has begun,
    since units were promised the time; and nothing moves into the past.
    Refused: SYS-002, nothing moves; SYS-003, a date that cannot be meant, by these rules or by the plan's own.
    """
    plan = PlanYear.from_data(data)
    changed = moves(plan, wanted)
    if not changed:
        raise Refused("SYS-002", field="新的日期")
    for field, to in changed.items():
        if not _may_move(plan, field, to, now):
            raise Refused("SYS-003", field=field.text)
    try:
        after = PlanYear.from_data({**data, **{field.value: as_stored(to) for field, to in changed.items()}})
    except PlanInvalid:
        raise Refused("SYS-003", field=_to_blame(changed)) from None
    if any(objection.blocks for objection in objections(after, published, local_date(now))):
        raise Refused("SYS-003", field=_to_blame(changed))
    return after


def _may_move(plan: PlanYear, field: MovableDate, to: Moved, now: datetime) -> bool:
    if not _is_ahead(to, now):
        return False
    if not field.ends_something:
        return _is_ahead(field.of(plan), now)
    later = to > field.of(plan)
    return later or now < plan.central_open_at


def _is_ahead(moved: Moved, now: datetime) -> bool:
    return moved > now if isinstance(moved, datetime) else moved >= local_date(now)


def _to_blame(changed: Mapping[MovableDate, Moved]) -> str:
    return "、".join(field.text for field in changed)
