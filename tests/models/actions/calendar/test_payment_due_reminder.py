"""J03: who has a premium to pay is told 5, 3, 1 days before, on the day, and daily while it is 已逾期 (NTF-03)."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from config.messages import text
from models.actions.calendar.payment_due_reminder import PAYMENT_DUE_REMINDER
from models.actions.move_deadline import move_deadlines
from models.queries import pieces
from models.records.database import reading, writing
from models.rules.lifecycle import BatchState
from models.rules.moved_deadline import MovableDate
from models.rules.permissions import Role
from tests.expired import expired, reinstated
from tests.imports import another_batch, the_batch
from tests.records import BatchOf, a_batch_to_fill
from tests.reminders import at, days_told, disabled, notices, values_told
from tests.scheduled import calendar_at, calendar_begins_at, done_at
from tests.stages import put_into
from tests.statements import statements
from tests.vouchers import a_batch_to_pay, a_paying_unit, another_to_pay, drafted, staff, submit

S = BatchState


def unpaid(code: str = "0088D2", due: date = date(2020, 5, 30), cutoff: date = date(2020, 6, 2)) -> BatchOf:
    """A batch with a cut-off after the day of payment, as instant ones have it; the calendar has begun."""
    batch = a_batch_to_fill(code)
    put_into(batch, S.AWAITING_PAYMENT, payment_due_on=due, payment_cutoff_on=cutoff, total_fen=945_000)
    calendar_begins_at(batch.now)
    return batch


def days_until(moment: datetime) -> list[str]:
    calendar_at(moment)
    return days_told("NTF-03")


def test_the_handler_is_told_what_is_due_and_until_when(database: str) -> None:
    batch = a_batch_to_pay()
    calendar_begins_at(batch.now)
    calendar_at(at(5, 21))
    [notice] = notices("NTF-03")
    assert (notice.account_id, notice.batch_id) == (batch.viewer.account_id, batch.batch_id)
    assert text(notice.code, **notice.values) == (
        f"批次{batch.batch_no}应缴保费360.00元，缴费截止2020-05-26，请及时汇款并上传缴费凭证。"
    )


def test_it_is_five_three_and_one_day_before_on_the_day_and_daily_to_the_cut_off(database: str) -> None:
    unpaid()
    assert days_until(at(5, 25, 8, 30)) == []
    assert days_until(at(5, 25)) == ["05-25"]
    assert days_until(at(5, 27, 8, 30)) == ["05-25"]
    assert days_until(at(5, 29)) == ["05-25", "05-27", "05-29"]
    assert days_until(at(5, 31)) == ["05-25", "05-27", "05-29", "05-30", "05-31"]
    assert days_until(at(6, 2))[5:] == ["06-01", "06-02"]


def test_the_day_after_the_cut_off_nobody_is_reminded(database: str) -> None:
    unpaid()
    assert days_until(at(6, 2))[-1] == "06-02"
    assert days_until(at(6, 10))[-1] == "06-02"


def test_after_the_cut_off_the_reminder_of_the_last_day_stands_only_on_the_page(database: str) -> None:
    unpaid()
    calendar_at(at(6, 2, 8, 30))
    calendar_at(at(6, 3, 0))
    assert [(notice.occasion[-5:], notice.only_on_page) for notice in notices("NTF-03")][-1] == ("06-02", True)


def test_on_the_last_day_a_late_run_still_reminds(database: str) -> None:
    unpaid()
    calendar_at(at(6, 2, 8, 30))
    calendar_at(at(6, 2, 23, 59))
    assert [(notice.occasion[-5:], notice.only_on_page) for notice in notices("NTF-03")][-1] == ("06-02", False)


def test_a_central_batch_has_no_days_of_grace(database: str) -> None:
    batch = a_batch_to_pay()
    calendar_begins_at(batch.now)
    assert days_until(at(6, 1)) == ["05-21", "05-23", "05-25", "05-26"]


def test_days_that_were_missed_are_told_in_order_and_once(database: str) -> None:
    unpaid()
    assert days_until(at(5, 30, 12)) == ["05-25", "05-27", "05-29", "05-30"]
    assert days_until(at(5, 30, 13)) == ["05-25", "05-27", "05-29", "05-30"]


def test_a_run_that_was_broken_off_and_is_done_again_tells_nobody_twice(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pieces, "PIECE", 2)
    batch = unpaid()
    due = {"payment_due_on": date(2020, 5, 30), "payment_cutoff_on": date(2020, 6, 2)}
    for number in range(4):
        put_into(another_batch(batch.viewer, f"0088A{number}", now=batch.now), S.AWAITING_PAYMENT, **due)
    done_at(PAYMENT_DUE_REMINDER, at(5, 25), parts=2)
    assert len(notices("NTF-03")) == 4
    done_at(PAYMENT_DUE_REMINDER, at(5, 25))
    calendar_at(at(5, 25))
    assert len({notice.batch_id for notice in notices("NTF-03")}) == len(notices("NTF-03")) == 5


@pytest.mark.parametrize("state", [S.PAYMENT_REVIEW, S.PAYMENT_REJECTED, S.ENROLLED, S.EXPIRED, S.ROSTER_SUBMITTED])
def test_whoever_does_not_await_payment_any_more_is_not_reminded(database: str, state: BatchState) -> None:
    put_into(unpaid(), state)
    assert days_until(at(5, 30)) == []


def test_a_draft_of_a_voucher_is_no_payment_and_a_submitted_one_is(database: str) -> None:
    paying = a_paying_unit()
    calendar_begins_at(paying.now)
    assert days_until(at(5, 21)) == ["05-21"]
    submit(paying, at(5, 22))
    assert days_until(at(5, 26)) == ["05-21"]


def test_a_change_of_anything_else_between_nine_and_the_run_loses_no_reminder(database: str) -> None:
    batch = a_batch_to_pay()
    calendar_begins_at(batch.now)
    calendar_at(at(5, 21, 8, 50))
    put_into(batch, S.AWAITING_PAYMENT, updated_at=at(5, 21, 9, 15))
    assert days_until(at(5, 21, 9, 40)) == ["05-21"]


def test_who_confirms_on_a_day_of_reminding_is_told_on_the_next_one(database: str) -> None:
    put_into(unpaid(), S.AWAITING_PAYMENT, term_since=at(5, 25, 9, 0, 1))
    assert days_until(at(5, 25, 12)) == []
    assert days_until(at(5, 27)) == ["05-27"]


def test_a_disabled_account_is_not_told(database: str) -> None:
    disabled(unpaid().viewer)
    assert days_until(at(5, 30)) == []


def test_a_reinstated_batch_has_one_deadline_for_both_days(database: str) -> None:
    batch = a_batch_to_pay()
    calendar_begins_at(batch.now)
    reinstated(expired(batch), at(6, 10, 17))
    assert days_until(at(6, 10)) == ["06-05", "06-07", "06-09", "06-10"]
    assert {values["cutoff"] for values in values_told("NTF-03")} == {"2020-06-10 17:00"}


def test_a_batch_that_is_reinstated_on_a_day_of_reminding_is_told_from_the_next_one(database: str) -> None:
    batch = a_batch_to_pay()
    calendar_begins_at(batch.now)
    reinstated(expired(batch), at(6, 10, 0), now=at(5, 4, 10))
    put_into(batch, S.AWAITING_PAYMENT, reinstated_until=at(5, 10, 0))
    assert days_until(at(5, 9, 23)) == ["05-06", "05-08", "05-09"]
    assert {values["cutoff"] for values in values_told("NTF-03")} == {"2020-05-09"}


def test_a_published_date_that_moves_takes_the_days_of_reminding_along(database: str) -> None:
    batch = a_batch_to_pay()
    calendar_begins_at(batch.now)
    calendar_at(at(5, 21))
    admin, later = staff(Role.ADMIN, batch.now), {MovableDate.CENTRAL_PAYMENT_CLOSE_ON: date(2020, 6, 5)}
    with writing() as session:
        move_deadlines(session, admin, "2020", later, "疫情", at(5, 22))
    assert days_until(at(6, 6, 0)) == ["05-21", "05-31", "06-02", "06-04", "06-05"]


def test_two_batches_of_one_account_are_two_notices_and_one_voucher_changes_nothing(database: str) -> None:
    batch = a_batch_to_pay()
    other = another_to_pay(batch)
    drafted(batch, other)
    calendar_begins_at(batch.now)
    calendar_at(at(5, 21))
    assert {values["batch"] for values in values_told("NTF-03")} == {batch.batch_no, other.batch_no}


def test_what_is_due_is_asked_in_as_many_statements_however_many_batches_there_are(database: str) -> None:
    batch = unpaid()
    with reading() as session, statements() as few:
        PAYMENT_DUE_REMINDER.next_at(session, batch.now, at(5, 25))
    for number in range(4):
        put_into(
            another_batch(batch.viewer, f"0088A{number}", now=batch.now),
            S.AWAITING_PAYMENT,
            payment_due_on=date(2020, 6, number + 1),
            payment_cutoff_on=date(2020, 6, 9),
        )
    with reading() as session, statements() as many:
        assert PAYMENT_DUE_REMINDER.next_at(session, batch.now, at(5, 25)) == at(5, 25)
    assert len(many) == len(few) == 2


def test_the_batch_itself_is_not_touched_by_it(database: str) -> None:
    batch = unpaid()
    before = the_batch(batch)
    calendar_at(at(5, 25))
    after = the_batch(batch)
    assert (after.version, after.updated_at) == (before.version, before.updated_at)
