"""The calendar's driver: what is due is begun in its order, once, and lost by nobody's death."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from celery.exceptions import SoftTimeLimitExceeded
from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from models.actions.calendar import begin
from models.actions.calendar.begin import begin_next, something_is_due
from models.actions.calendar.scheduled import Scheduled
from models.actions.move_clock import move_clock
from models.records.database import reading, writing
from models.records.job import Job, JobState
from models.records.scheduled_job import ScheduledJob
from tasks import calendar
from tasks.app import app
from tasks.queues import CALENDAR
from tests import scheduled as helper
from tests.at_once import at_once
from tests.records import IN_THE_CENTRAL_WINDOW, open_window
from tests.scheduled import calendar_at, run_calendar

NOON = IN_THE_CENTRAL_WINDOW.replace(hour=12)
DAY = timedelta(days=1)


class Bell:
    """A job that is due at given moments and remembers what it did."""

    def __init__(self, code: str, *moments: datetime, units: Sequence[Any] = (1, 2)) -> None:
        self.moments, self.did = sorted(moments), list[tuple[str, datetime, Any]]()
        self.units, self.failing, self.left = units, set[Any](), False
        self.too_long = self.confused = self.broken = False
        self.scheduled = Scheduled(code, f"calendar.{code}", code, self._next_at, lambda _, __: self.units, self._do)

    def _next_at(self, session: Session, after: datetime, now: datetime) -> datetime | None:
        if self.confused:
            raise KeyError(self.scheduled.code)
        session.execute(text("SELECT 1 FROM a_table_that_is_not_there" if self.broken else "SELECT 1"))
        if self.left:
            return self.moments[0]
        return next((moment for moment in self.moments if after < moment <= now), None)

    def _do(self, session: Session, unit: Any, period: datetime, now: datetime) -> bool:
        if unit in self.failing:
            raise ValueError(unit)
        if self.too_long:
            raise SoftTimeLimitExceeded
        self.did.append((self.scheduled.code, period, unit))
        return True


@pytest.fixture
def early(database: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Bell, Bell]]:
    """Two jobs in place of the year's; the calendar has begun before the first is due."""
    first = Bell("J01", NOON + DAY, NOON + 3 * DAY)
    second = Bell("J02", NOON + 2 * DAY, NOON + 3 * DAY)
    schedule = (first.scheduled, second.scheduled)
    by_kind = {scheduled.kind: scheduled for scheduled in schedule}
    monkeypatch.setattr(begin, "SCHEDULE", schedule)
    monkeypatch.setattr(begin, "BY_KIND", by_kind)
    monkeypatch.setattr(helper, "BY_KIND", by_kind)
    with writing() as session:
        open_window(session)
    assert run_calendar() == []
    return first, second


def test_what_was_missed_is_caught_up_with_in_order(early: tuple[Bell, Bell]) -> None:
    ran = calendar_at(NOON + 10 * DAY)
    assert [(job.kind, job.params["period"]) for job in ran] == [
        ("calendar.J01", (NOON + DAY).isoformat()),
        ("calendar.J02", (NOON + 2 * DAY).isoformat()),
        ("calendar.J01", (NOON + 3 * DAY).isoformat()),
        ("calendar.J02", (NOON + 3 * DAY).isoformat()),
    ]


def test_a_period_is_done_once(early: tuple[Bell, Bell]) -> None:
    calendar_at(NOON + DAY)
    assert calendar_at(NOON + DAY + timedelta(hours=1)) == []
    assert early[0].did == [("J01", NOON + DAY, 1), ("J01", NOON + DAY, 2)]


def test_nothing_is_done_before_its_moment(early: tuple[Bell, Bell]) -> None:
    assert calendar_at(NOON + DAY - timedelta(seconds=1)) == []


def test_two_beats_at_once_begin_one_job(early: tuple[Bell, Bell]) -> None:
    with writing() as session:
        move_clock(session, NOON + DAY)
    begun: list[Job | None] = []
    begun.append(at_once(lambda session: begun.append(begin_next(session, CALENDAR)), _begin))
    assert [job is None for job in begun] == [False, True]


def _begin(session: Session) -> Job | None:
    return begin_next(session, CALENDAR)


def test_while_one_is_under_way_no_other_begins(early: tuple[Bell, Bell]) -> None:
    with writing() as session:
        move_clock(session, NOON + 10 * DAY)
    with writing() as session:
        assert begin_next(session, CALENDAR) is not None
    with writing() as session:
        assert begin_next(session, CALENDAR) is None


def test_one_that_cannot_be_done_keeps_nobody_else_from_it_and_is_told(early: tuple[Bell, Bell]) -> None:
    early[0].failing = {1}
    [job] = calendar_at(NOON + DAY)
    assert early[0].did == [("J01", NOON + DAY, 2)]
    assert (job.state, job.code, job.values) == (JobState.FAILED, "JOB-001", {"reason": "1项未能处理"})


def _an_hour_passes() -> None:
    with writing() as session:
        session.execute(update(Job).values(finished_at=datetime.now(UTC) - timedelta(hours=1)))


def test_a_moment_whose_run_failed_is_done_once_more_an_hour_later(early: tuple[Bell, Bell]) -> None:
    first, _ = early
    first.failing = {1}
    calendar_at(NOON + DAY)
    first.failing = set()
    assert run_calendar() == []
    _an_hour_passes()
    assert [job.params["period"] for job in run_calendar()] == [(NOON + DAY).isoformat()]
    assert first.did[1:] == [("J01", NOON + DAY, 1), ("J01", NOON + DAY, 2)]
    _an_hour_passes()
    assert run_calendar() == []


@pytest.mark.parametrize(("late", "again"), [(timedelta(), True), (timedelta(seconds=1), False)])
def test_after_a_day_a_moment_whose_run_failed_is_let_go(
    early: tuple[Bell, Bell], late: timedelta, again: bool
) -> None:
    early[0].failing = {1}
    calendar_at(NOON + DAY)
    _an_hour_passes()
    now = NOON + 2 * DAY + late
    with reading() as session:
        begun = {row.code: row for row in session.scalars(select(ScheduledJob))}
        first = begin._first_due(session, begun, now)
    assert first is not None
    assert (first[0] == NOON + DAY) is again


def test_what_had_to_be_left_is_tried_again_after_a_while_and_last(early: tuple[Bell, Bell]) -> None:
    first, _ = early
    calendar_at(NOON + DAY)
    first.left = True
    ran = calendar_at(NOON + 2 * DAY)
    assert [job.kind for job in ran] == ["calendar.J02"]
    with writing() as session:
        session.execute(update(Job).values(finished_at=datetime.now(UTC) - timedelta(minutes=2)))
    ran = calendar_at(NOON + 2 * DAY + timedelta(hours=1))
    assert [(job.kind, job.params["period"][:13]) for job in ran] == [("calendar.J01", "2020-04-22T13")]


def test_each_job_has_a_task_with_time_enough_in_the_queue_of_the_calendar() -> None:
    from models.actions.calendar.schedule import SCHEDULE

    for scheduled in SCHEDULE:
        task = app.tasks[scheduled.kind]
        assert task.soft_time_limit == calendar.SOFT_SECONDS
        assert app.amqp.router.route({}, scheduled.kind)["queue"].name == CALENDAR


def test_beat_rings_again_and_again() -> None:
    assert "calendar.ring" in {entry["task"] for entry in app.conf.beat_schedule.values()}


def test_a_clock_that_is_put_back_has_its_days_done_once_more(early: tuple[Bell, Bell]) -> None:
    calendar_at(NOON + DAY)
    assert calendar_at(NOON) == []
    assert [job.kind for job in calendar_at(NOON + DAY)] == ["calendar.J01"]


def test_a_run_that_takes_too_long_ends_and_says_so(early: tuple[Bell, Bell]) -> None:
    early[0].too_long = True
    [job] = calendar_at(NOON + DAY)
    assert (job.state, job.values) == (JobState.FAILED, {"reason": "处理时间过长"})


def test_one_job_that_cannot_say_when_it_is_due_stops_no_other(early: tuple[Bell, Bell]) -> None:
    early[0].confused = True
    assert [job.kind for job in calendar_at(NOON + 3 * DAY)] == ["calendar.J02", "calendar.J02"]


def test_nor_does_one_whose_question_the_database_refuses(early: tuple[Bell, Bell]) -> None:
    early[0].broken = True
    assert [job.kind for job in calendar_at(NOON + 3 * DAY)] == ["calendar.J02", "calendar.J02"]


def test_with_a_question_that_the_database_refuses_it_is_still_known_that_another_is_due(
    early: tuple[Bell, Bell],
) -> None:
    early[0].broken = True
    found = []
    for moment in (NOON + 2 * DAY - timedelta(seconds=1), NOON + 2 * DAY):
        with writing() as session:
            move_clock(session, moment)
        with reading() as session:
            found.append(something_is_due(session))
    assert found == [False, True]


@pytest.mark.postgresql
@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_a_row_that_somebody_holds_keeps_nobody_else_from_it(
    early: tuple[Bell, Bell], monkeypatch: pytest.MonkeyPatch
) -> None:
    def held(session: Session, unit: Any, period: datetime, now: datetime) -> bool:
        if unit == 1:
            session.execute(text("SET LOCAL lock_timeout = 50"))
            session.execute(text("LOCK TABLE unit IN ACCESS EXCLUSIVE MODE"))
        early[0].did.append(("J01", period, unit))
        return True

    kinds = dict(begin.BY_KIND)
    changed = replace(early[0].scheduled, do=held)
    monkeypatch.setattr(helper, "BY_KIND", kinds | {changed.kind: changed})
    with writing() as session:
        move_clock(session, NOON + DAY)
    with reading() as holder:
        holder.execute(text("LOCK TABLE unit IN ACCESS SHARE MODE"))
        [job] = run_calendar()
    assert (job.state, early[0].did) == (JobState.FAILED, [("J01", NOON + DAY, 2)])
