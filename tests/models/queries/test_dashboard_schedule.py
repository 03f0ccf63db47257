"""The calendar on 工作台: what ran last, and what comes next."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from config.clock import SHANGHAI
from models.actions.calendar.schedule import SCHEDULE
from models.actions.calendar.scheduled import Scheduled
from models.queries import dashboard_schedule
from models.queries.dashboard_schedule import ScheduledLine, scheduled_lines
from models.records.database import reading, writing
from models.records.job import JobState
from models.records.login_attempt import LoginFailure
from models.rules.lifecycle import BatchState
from models.rules.permissions import Role
from tests.applications import applied
from tests.imports import another_batch
from tests.records import IN_THE_CENTRAL_WINDOW, a_batch_to_fill
from tests.reminders import a_former_unit, at
from tests.renames import registered, staff
from tests.scheduled import calendar_at, calendar_begins_at
from tests.stages import put_into

CLOSES = datetime(2020, 5, 11, 17, 0, tzinfo=SHANGHAI)


def lines_at(now: datetime) -> dict[str, ScheduledLine]:
    with reading() as session:
        return {line.code: line for line in scheduled_lines(session, now)}


def test_every_job_of_the_calendar_has_its_line_before_it_ever_ran(database: str) -> None:
    a_batch_to_fill()
    found = lines_at(IN_THE_CENTRAL_WINDOW)
    assert list(found) == [
        "J01", "J02", "J03", "J04", "J05", "J06", "J07", "J08", "J11", "J12", "J13", "J14", "J16"
    ]  # fmt: skip
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


def test_a_job_that_can_not_say_when_it_comes_takes_no_line_away(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_batch_to_fill()
    before = lines_at(IN_THE_CENTRAL_WINDOW)
    monkeypatch.setattr(dashboard_schedule, "SCHEDULE", [*map(_broken_if_reminder, SCHEDULE)])
    found = lines_at(IN_THE_CENTRAL_WINDOW)
    assert found["J05"].next_at is None
    assert {code: line.next_at for code, line in found.items() if code != "J05"} == {
        code: line.next_at for code, line in before.items() if code != "J05"
    }


def _broken_if_reminder(scheduled: Scheduled) -> Scheduled:
    def asks_for_what_is_not_there(session: Session, after: datetime, now: datetime) -> None:
        session.execute(text("SELECT nothing FROM nowhere"))

    return replace(scheduled, next_at=asks_for_what_is_not_there) if scheduled.code == "J05" else scheduled


MONDAY = at(4, 20, 14, 30)
"""Nothing was missed by then."""
NEXT = {
    "J01": at(5, 11, 17),
    "J02": at(5, 12, 0),
    "J03": at(5, 21),
    "J04": at(5, 27, 0, 10),
    "J05": at(5, 1),
    "J06": at(4, 23, 9, 5),
    "J07": at(5, 6, 0, 15),
    "J08": at(3, 1, 0, 20, year=2021),
    "J11": at(4, 20, 15),
    "J12": at(4, 21, 2, 30),
    "J13": at(4, 22, 3),
    "J14": at(4, 21, 3, 30),
    "J16": at(4, 23, 9, 10),
}
FRIDAY = at(4, 24, 14, 30)
"""The calendar has been dead since Monday."""
MISSED = {
    "J06": at(4, 23, 9, 5),
    "J11": at(4, 24, 14),
    "J12": at(4, 24, 2, 30),
    "J13": at(4, 24, 3),
    "J14": at(4, 24, 3, 30),
    "J16": at(4, 24, 9, 10),
}
"""The oldest; of J11 to J14 and J16, of which one run makes good for all, the latest."""


@pytest.fixture
def something_for_each(database: str) -> None:
    """Every job has something to do, none of it at once; the calendar has begun at half past two on a Monday."""
    batch = a_batch_to_fill()
    paid_by = {"payment_due_on": date(2020, 5, 26), "payment_cutoff_on": date(2020, 5, 26)}
    put_into(another_batch(batch.viewer, "0088A0", now=batch.now), BatchState.AWAITING_PAYMENT, **paid_by)
    instant = {"enrolment_type": "instant", "confirm_since": date(2020, 4, 20)}
    put_into(another_batch(batch.viewer, "0088A1", now=batch.now), BatchState.ROSTER_SUBMITTED, **instant)
    covered = {"coverage_start": date(2020, 4, 1), "coverage_end": date(2021, 3, 31)}
    put_into(another_batch(batch.viewer, "0088A2", now=batch.now), BatchState.ENROLLED, **covered)
    expired = {"expired_at": at(1, 23, 12)}  # ninety days later is 22 April
    put_into(another_batch(batch.viewer, "0088A3", now=batch.now), BatchState.EXPIRED, **expired)
    clerk = a_former_unit("3019BJ")
    registered(staff(Role.SERVICE_DESK), now=at(4, 20, 12))
    applied(clerk, at(4, 20, 12))
    calendar_begins_at(MONDAY)
    an_hour_ago = datetime.now(UTC) - timedelta(hours=1)  # by the machine's clock
    with writing() as session:
        session.add(LoginFailure(account_digest=bytes(16), source="192.0.2.0/24", at=an_hour_ago))


def test_the_next_moment_of_each_job_is_the_first(something_for_each: None) -> None:
    assert {code: line.next_at for code, line in lines_at(MONDAY).items()} == NEXT


def test_what_a_dead_calendar_has_missed_is_shown_in_place_of_what_comes_next(something_for_each: None) -> None:
    assert {code: line.next_at for code, line in lines_at(FRIDAY).items()} == NEXT | MISSED


def test_a_job_that_has_nothing_to_do_has_no_next_moment(database: str) -> None:
    a_batch_to_fill()
    calendar_begins_at(MONDAY)
    idle = {code for code, line in lines_at(MONDAY).items() if line.next_at is None}
    assert idle == {"J02", "J03", "J04", "J07", "J08", "J11", "J12", "J13", "J16"}
