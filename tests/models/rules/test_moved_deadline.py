"""Which published dates move, and how far (DOMAIN 3.3)."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from config.clock import SHANGHAI
from config.plans import plan_data
from models.rules.moved_deadline import MovableDate, Moved, moved_plan, moves, when
from models.rules.plan import PlanYear
from tests.refusals import refused

D = MovableDate
DATA = plan_data("2020")
PLAN = PlanYear.from_data(DATA)
BEFORE, DURING = datetime(2020, 3, 20, 9, 0, tzinfo=SHANGHAI), datetime(2020, 4, 20, 9, 0, tzinfo=SHANGHAI)
AFTER = datetime(2020, 5, 14, 9, 0, tzinfo=SHANGHAI)
MAY_20 = datetime(2020, 5, 20, 17, 0, tzinfo=SHANGHAI)


def moved(field: MovableDate, to: Moved, now: datetime) -> PlanYear:
    return moved_plan(DATA, {field: to}, now, [])


@pytest.mark.parametrize(
    ("field", "to", "now"),
    [
        (D.CENTRAL_CLOSE_AT, MAY_20, DURING),
        (D.CENTRAL_CLOSE_AT, MAY_20, AFTER),
        (D.CENTRAL_CLOSE_AT, MAY_20 - timedelta(days=15), BEFORE),
        (D.CENTRAL_PAYMENT_CLOSE_ON, date(2020, 6, 5), AFTER),
        (D.CENTRAL_PAYMENT_CLOSE_ON, date(2020, 5, 20), BEFORE),
        (D.INSTANT_OPEN_AT, MAY_20, DURING),
        (D.INSTANT_OPEN_AT, DURING + timedelta(days=1), DURING),
        (D.CENTRAL_OPEN_AT, BEFORE + timedelta(days=20), BEFORE),
    ],
)
def test_a_date_that_can_be_meant_takes_the_place_of_the_old_one(field: MovableDate, to: Moved, now: datetime) -> None:
    plan = moved(field, to, now)
    assert field.of(plan) == to
    assert moves(PLAN, {one: one.of(plan) for one in MovableDate}) == {field: to}


@pytest.mark.parametrize(
    ("field", "to", "now"),
    [
        (D.CENTRAL_CLOSE_AT, PLAN.central_close_at - timedelta(days=1), DURING),  # promised already
        (D.CENTRAL_PAYMENT_CLOSE_ON, date(2020, 5, 25), DURING),
        (D.CENTRAL_CLOSE_AT, AFTER - timedelta(hours=1), AFTER),  # past
        (D.CENTRAL_PAYMENT_CLOSE_ON, date(2020, 5, 31), datetime(2020, 6, 1, 0, 0, tzinfo=SHANGHAI)),
        (D.CENTRAL_OPEN_AT, MAY_20, DURING),  # begun already
        (D.INSTANT_OPEN_AT, MAY_20, AFTER),
        (D.CENTRAL_CLOSE_AT, datetime(2020, 3, 31, 17, 0, tzinfo=SHANGHAI), BEFORE),  # before it opens
        (D.INSTANT_OPEN_AT, datetime(2021, 3, 31, 0, 0, tzinfo=SHANGHAI), DURING),  # no day of cover
        (D.CENTRAL_OPEN_AT, datetime(2021, 4, 2, 0, 0, tzinfo=SHANGHAI), BEFORE),
    ],
)
def test_a_date_that_cannot_be_meant_is_refused_by_its_name(field: MovableDate, to: Moved, now: datetime) -> None:
    with refused("SYS-003", field=field.text):
        moved(field, to, now)


def test_where_nothing_moves_nothing_is_done() -> None:
    with refused("SYS-002", field="新的日期"):
        moved_plan(DATA, {field: field.of(PLAN) for field in MovableDate}, DURING, [])


def test_a_day_is_said_with_its_end_and_a_moment_to_the_minute() -> None:
    assert (when(date(2020, 6, 5)), when(MAY_20)) == ("2020-06-05 24:00", "2020-05-20 17:00")
