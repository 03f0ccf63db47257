"""The calendar on 工作台: what ran last, and what comes next."""

from __future__ import annotations

from datetime import datetime, timedelta

from config.clock import SHANGHAI
from models.actions.calendar.schedule import SCHEDULE
from models.queries.dashboard_schedule import ScheduledLine, scheduled_lines
from models.records.database import reading
from models.records.job import JobState
from tests.records import IN_THE_CENTRAL_WINDOW, a_batch_to_fill
from tests.scheduled import calendar_at, calendar_begins_at

CLOSES = datetime(2020, 5, 11, 17, 0, tzinfo=SHANGHAI)


def lines_at(now: datetime) -> dict[str, ScheduledLine]:
    with reading() as session:
        return {line.code: line for line in scheduled_lines(session, now)}


def test_every_job_of_the_calendar_has_its_line_before_it_ever_ran(database: str) -> None:
    a_batch_to_fill()
    found = lines_at(IN_THE_CENTRAL_WINDOW)
    assert list(found) == [scheduled.code for scheduled in SCHEDULE]
    assert all(line.ran_for is None for line in found.values())


def test_the_end_of_the_window_is_seen_coming_and_then_told(database: str) -> None:
    a_batch_to_fill()
    calendar_begins_at(IN_THE_CENTRAL_WINDOW)
    assert lines_at(IN_THE_CENTRAL_WINDOW)["J01"].next_at == CLOSES
    calendar_at(CLOSES + timedelta(minutes=1))
    line = lines_at(CLOSES + timedelta(minutes=1))["J01"]
    assert line.ran_for == CLOSES
    assert line.last is not None
    assert line.last.state == JobState.DONE
