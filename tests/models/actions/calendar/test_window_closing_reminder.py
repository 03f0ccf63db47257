"""J05: 10, 5, 3 and 1 days before its window closes, whoever has not finished central enrolment is told (NTF-04)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest

from config.messages import text
from models.actions.calendar.window_closing_reminder import WINDOW_CLOSING_REMINDER
from models.actions.move_deadline import move_deadlines
from models.queries import pieces
from models.records.database import reading, writing
from models.rules.lifecycle import BatchState
from models.rules.moved_deadline import MovableDate
from models.rules.permissions import Role
from models.rules.plan import EnrolmentType
from tests.exceptions import special_channel
from tests.expired import expired, reinstated
from tests.imports import another_batch
from tests.records import IN_THE_CENTRAL_WINDOW, BatchOf, a_batch_to_fill, open_window
from tests.reminders import (
    a_former_unit,
    accounts_told,
    at,
    days_told,
    disabled,
    notices,
    on_last_years_roster,
    the_year_after,
    values_told,
)
from tests.scheduled import calendar_at, calendar_begins_at, done_at
from tests.stages import put_into
from tests.statements import statements
from tests.vouchers import staff

S = BatchState
IN_2020 = ["05-01", "05-06", "05-08", "05-10"]


@pytest.fixture
def batch(database: str) -> BatchOf:
    """An empty central batch; the calendar has begun."""
    filled = a_batch_to_fill()
    calendar_begins_at(filled.now)
    return filled


def days_until(moment: datetime, about: str = "") -> list[str]:
    calendar_at(moment)
    return days_told("NTF-04", about)


def test_a_batch_is_named_by_its_number(batch: BatchOf) -> None:
    calendar_at(at(5, 1))
    [notice] = notices("NTF-04")
    assert (notice.account_id, notice.batch_id) == (batch.viewer.account_id, batch.batch_id)
    assert text(notice.code, **notice.values) == (
        f"集中参保将于2020-05-11 17:00截止，{batch.batch_no}尚未完成，请尽快办理。"
    )


def test_it_is_ten_five_three_and_one_day_before_and_not_on_the_day(batch: BatchOf) -> None:
    assert days_until(at(5, 1, 8, 30)) == []
    assert days_until(at(5, 1)) == ["05-01"]
    assert days_until(at(5, 9, 23)) == ["05-01", "05-06", "05-08"]
    assert days_until(at(5, 11, 16)) == IN_2020


def test_once_the_window_is_closed_nobody_is_reminded(batch: BatchOf) -> None:
    assert days_until(at(6, 30)) == IN_2020


@pytest.mark.parametrize("state", [S.ROSTER_FAILED, S.ROSTER_SUBMITTED])
def test_a_checked_and_a_submitted_roster_are_not_finished(batch: BatchOf, state: BatchState) -> None:
    put_into(batch, state)
    assert days_until(at(5, 1)) == ["05-01"]


@pytest.mark.parametrize("state", [S.AWAITING_PAYMENT, S.PAYMENT_REVIEW, S.ENROLLED, S.DELETED])
def test_from_the_confirmed_premium_on_nobody_is_reminded(batch: BatchOf, state: BatchState) -> None:
    put_into(batch, state)
    assert days_until(at(5, 10)) == []


def test_an_instant_batch_has_another_window(batch: BatchOf) -> None:
    put_into(batch, S.ROSTER_DRAFT, enrolment_type=EnrolmentType.INSTANT)
    assert days_until(at(5, 10)) == []


def test_a_batch_that_was_opened_later_that_day_is_told_from_the_next_one(batch: BatchOf) -> None:
    calendar_at(at(5, 6, 10))
    put_into(batch, S.ROSTER_DRAFT, created_at=at(5, 8, 9, 1))
    assert days_until(at(5, 11)) == ["05-01", "05-06", "05-10"]


def test_days_that_were_missed_are_told_in_order_and_once(batch: BatchOf) -> None:
    assert days_until(at(5, 8, 12)) == ["05-01", "05-06", "05-08"]
    assert days_until(at(5, 8, 13)) == ["05-01", "05-06", "05-08"]


def test_a_last_years_unit_without_any_batch_is_named_itself(database: str) -> None:
    with writing() as session:
        open_window(session)
    unit = a_former_unit("3019BJ")
    calendar_begins_at(IN_THE_CENTRAL_WINDOW)
    assert days_until(at(5, 11)) == IN_2020
    assert {notice.account_id for notice in notices("NTF-04")} == {unit.account_id}
    assert {values["batch"] for values in values_told("NTF-04")} == {"上海第3019BJ号机械有限公司"}


def test_a_last_years_unit_with_a_batch_is_told_of_the_batch_alone(batch: BatchOf) -> None:
    on_last_years_roster("0088D2")
    calendar_at(at(5, 1))
    assert [values["batch"] for values in values_told("NTF-04")] == [batch.batch_no]


@pytest.mark.parametrize("state", [S.AWAITING_PAYMENT, S.ENROLLED])
def test_a_last_years_unit_that_is_finished_is_left_in_peace(batch: BatchOf, state: BatchState) -> None:
    on_last_years_roster("0088D2")
    put_into(batch, state)
    assert days_until(at(5, 10)) == []


def test_a_last_years_unit_that_deleted_its_batch_has_none(batch: BatchOf) -> None:
    on_last_years_roster("0088D2")
    put_into(batch, S.DELETED)
    assert days_until(at(5, 1), "0088D2") == ["05-01"]


def test_a_unit_that_did_not_take_part_last_year_is_not_told(batch: BatchOf) -> None:
    put_into(batch, S.DELETED)
    assert days_until(at(5, 10)) == []


def extended(batch: BatchOf) -> None:
    special_channel(batch.now, until="2020-05-20T17:00")


def back_again(batch: BatchOf) -> None:
    reinstated(expired(batch), at(5, 20, 17))


@pytest.mark.parametrize("lengthen", [extended, back_again])
def test_a_time_of_its_own_moves_the_days_of_one_batch_alone(
    batch: BatchOf, lengthen: Callable[[BatchOf], None]
) -> None:
    other = another_batch(batch.viewer, "0088D8", now=batch.now)
    lengthen(batch)
    assert days_until(at(5, 21, 0), batch.batch_no) == ["05-10", "05-15", "05-17", "05-19"]
    assert days_told("NTF-04", other.batch_no) == IN_2020
    ends = {values["close"] for values in values_told("NTF-04") if values["batch"] == batch.batch_no}
    assert ends == {"2020-05-20 17:00"}


def test_a_change_of_anything_else_between_nine_and_the_run_loses_no_reminder(batch: BatchOf) -> None:
    back_again(batch)
    calendar_at(at(5, 19, 8, 50))
    put_into(batch, S.ROSTER_DRAFT, updated_at=at(5, 19, 9, 15))
    assert days_until(at(5, 19, 9, 40)) == ["05-10", "05-15", "05-17", "05-19"]


def test_a_batch_that_is_reinstated_on_a_day_of_reminding_is_told_from_the_next_one(batch: BatchOf) -> None:
    expired(batch)
    calendar_at(at(5, 15, 8, 50))
    reinstated(batch, at(5, 20, 17), now=at(5, 15, 9, 15))
    assert days_until(at(5, 15, 9, 40)) == []
    assert days_until(at(5, 17)) == ["05-17"]


def test_a_time_that_is_granted_later_that_day_reminds_from_the_next_day_on(batch: BatchOf) -> None:
    put_into(batch, S.ROSTER_DRAFT)
    calendar_at(at(5, 9, 12))
    special_channel(at(5, 9, 12), until="2020-05-14T17:00")
    assert days_until(at(5, 9, 13)) == ["05-01", "05-06", "05-08"]
    assert days_until(at(5, 14)) == ["05-01", "05-06", "05-08", "05-11", "05-13"]


def test_a_grant_of_anything_else_between_nine_and_the_run_loses_no_reminder(batch: BatchOf) -> None:
    calendar_at(at(5, 9, 12))
    special_channel(at(5, 9, 12), until="2020-05-20T17:00")
    calendar_at(at(5, 19, 8, 50))
    special_channel(at(5, 19, 9, 15), until="2020-05-20T17:00", exempt=True)
    assert days_until(at(5, 19, 9, 40), batch.batch_no)[-1] == "05-19"


def test_after_the_close_nobody_is_called_to_it_by_a_run_that_comes_late(batch: BatchOf) -> None:
    calendar_at(at(5, 10, 8, 50))
    calendar_at(at(5, 11, 17))
    assert [(notice.occasion[-5:], notice.only_on_page) for notice in notices("NTF-04")][-1] == ("05-10", True)


def test_a_last_years_unit_without_batch_has_the_time_that_its_code_was_granted(database: str) -> None:
    with writing() as session:
        open_window(session)
    a_former_unit("0088D2")
    a_former_unit("3019BJ")
    special_channel(IN_THE_CENTRAL_WINDOW, until="2020-05-20T17:00", code="0088D2")
    calendar_begins_at(IN_THE_CENTRAL_WINDOW)
    assert days_until(at(5, 21), "0088D2") == ["05-10", "05-15", "05-17", "05-19"]
    assert days_told("NTF-04", "3019BJ") == IN_2020


def test_a_published_close_that_moves_takes_the_days_along(batch: BatchOf) -> None:
    assert days_until(at(5, 6)) == ["05-01", "05-06"]
    admin = staff(Role.ADMIN, batch.now)
    with writing() as session:
        move_deadlines(session, admin, "2020", {MovableDate.CENTRAL_CLOSE_AT: at(5, 31, 17)}, "疫情", at(5, 7))
    assert days_until(at(5, 31)) == ["05-01", "05-06", "05-21", "05-26", "05-28", "05-30"]


def test_in_the_next_year_who_was_enrolled_in_this_one_is_reminded(batch: BatchOf) -> None:
    the_year_after()
    idle = a_former_unit("3019BJ")  # on the roster of 2019 alone
    put_into(batch, S.ENROLLED)
    calendar_at(at(4, 30, year=2021))
    of_2020 = accounts_told("NTF-04")
    calendar_at(at(5, 1, year=2021))
    assert of_2020 == [idle.account_id] * 4
    [of_2021] = notices("NTF-04")[4:]
    assert (of_2021.account_id, of_2021.values["close"]) == (batch.viewer.account_id, "2021-05-11 17:00")


def test_a_disabled_account_is_not_told(batch: BatchOf) -> None:
    disabled(batch.viewer)
    disabled(a_former_unit("3019BJ"))
    assert days_until(at(5, 10)) == []


def test_a_run_that_was_broken_off_and_is_done_again_tells_nobody_twice(
    batch: BatchOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pieces, "PIECE", 2)
    for number in range(4):
        another_batch(batch.viewer, f"0088A{number}", now=batch.now)
    for number in range(3):
        a_former_unit(f"3019B{number}")
    done_at(WINDOW_CLOSING_REMINDER, at(5, 1), parts=4)
    assert 5 <= len(notices("NTF-04")) < 8
    done_at(WINDOW_CLOSING_REMINDER, at(5, 1))
    calendar_at(at(5, 1))
    assert len({notice.occasion for notice in notices("NTF-04")}) == len(notices("NTF-04")) == 8


def test_what_is_due_is_asked_in_as_many_statements_however_many_units_there_are(batch: BatchOf) -> None:
    a_former_unit("3019BJ")
    with reading() as session, statements() as few:
        WINDOW_CLOSING_REMINDER.next_at(session, batch.now, at(5, 1))
    for number in range(3):
        another_batch(batch.viewer, f"0088A{number}", now=batch.now)
        a_former_unit(f"3019B{number}")
    with reading() as session, statements() as many:
        assert WINDOW_CLOSING_REMINDER.next_at(session, batch.now, at(5, 1)) == at(5, 1)
    assert len(many) == len(few)
