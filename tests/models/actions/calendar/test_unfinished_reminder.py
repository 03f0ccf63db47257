"""J06: a batch that nobody has touched for 3 and for 7 days before its premium is confirmed (NTF-07)."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from config.messages import text
from models.actions.calendar.unfinished_reminder import UNFINISHED_REMINDER
from models.queries import pieces
from models.records.database import reading
from models.rules.lifecycle import BatchState
from models.rules.plan import EnrolmentType
from tests.imports import another_batch
from tests.records import BatchOf, a_batch_to_fill
from tests.reminders import at, days_told, disabled, notices, values_told
from tests.scheduled import calendar_at, calendar_begins_at, done_at
from tests.stages import put_into
from tests.statements import statements

S = BatchState


@pytest.fixture
def batch(database: str) -> BatchOf:
    """A batch that was opened on 20 April; the calendar has begun."""
    filled = a_batch_to_fill()
    calendar_begins_at(filled.now)
    return filled


def days_until(moment: datetime) -> list[str]:
    calendar_at(moment)
    return days_told("NTF-07")


def test_it_says_how_long_and_where_the_batch_stands(batch: BatchOf) -> None:
    put_into(batch, S.ROSTER_FAILED)
    calendar_at(at(4, 23, 9, 5))
    [notice] = notices("NTF-07")
    assert (notice.account_id, notice.batch_id) == (batch.viewer.account_id, batch.batch_id)
    assert text(notice.code, **notice.values) == f"批次{batch.batch_no}已3天未处理，当前状态“清册校验不通过”。"


def test_it_is_after_three_and_after_seven_days_and_no_more(batch: BatchOf) -> None:
    assert days_until(at(4, 23, 8, 30)) == []
    assert days_until(at(4, 23, 9, 5)) == ["04-23"]
    assert days_until(at(4, 27, 8, 30)) == ["04-23"]
    assert days_until(at(5, 11)) == ["04-23", "04-27"]
    assert [values["days"] for values in values_told("NTF-07")] == [3, 7]


def test_days_are_those_of_shanghai_also_over_the_end_of_a_month(batch: BatchOf) -> None:
    put_into(batch, S.ROSTER_DRAFT, updated_at=at(4, 30, 23, 59))
    other = another_batch(batch.viewer, "0088D8", now=batch.now)
    put_into(other, S.ROSTER_DRAFT, updated_at=at(5, 1, 0))
    calendar_at(at(5, 4, 10))
    assert [(values["batch"], values["days"]) for values in values_told("NTF-07")] == [
        (batch.batch_no, 3),
        (other.batch_no, 3),
    ]
    assert days_told("NTF-07") == ["05-03", "05-04"]


def test_a_touch_begins_the_days_anew(batch: BatchOf) -> None:
    assert days_until(at(4, 23, 10)) == ["04-23"]
    put_into(batch, S.ROSTER_DRAFT, updated_at=at(4, 24))
    assert days_until(at(4, 30)) == ["04-23", "04-27"]
    assert days_until(at(5, 2)) == ["04-23", "04-27", "05-01"]
    assert [values["days"] for values in values_told("NTF-07")] == [3, 3, 7]


@pytest.mark.parametrize("state", [S.AWAITING_PAYMENT, S.PAYMENT_REVIEW, S.ENROLLED, S.EXPIRED, S.DELETED])
def test_what_does_not_wait_for_its_premium_is_not_reminded_of(batch: BatchOf, state: BatchState) -> None:
    put_into(batch, state)
    assert days_until(at(5, 1)) == []


def test_an_instant_batch_is_reminded_of_as_well(batch: BatchOf) -> None:
    put_into(batch, S.ROSTER_SUBMITTED, enrolment_type=EnrolmentType.INSTANT)
    assert days_until(at(4, 23, 10)) == ["04-23"]


def test_days_that_were_missed_are_told_in_order_and_once(batch: BatchOf) -> None:
    assert days_until(at(4, 28)) == ["04-23", "04-27"]
    assert days_until(at(4, 28, 12)) == ["04-23", "04-27"]


def test_a_disabled_account_is_not_told(batch: BatchOf) -> None:
    disabled(batch.viewer)
    assert days_until(at(4, 28)) == []


def test_a_run_that_was_broken_off_and_is_done_again_tells_nobody_twice(
    batch: BatchOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pieces, "PIECE", 2)
    for number in range(4):
        another_batch(batch.viewer, f"0088A{number}", now=batch.now)
    done_at(UNFINISHED_REMINDER, at(4, 23, 9, 5), parts=2)
    assert len(notices("NTF-07")) == 4
    done_at(UNFINISHED_REMINDER, at(4, 23, 9, 5))
    calendar_at(at(4, 23, 10))
    assert len({notice.batch_id for notice in notices("NTF-07")}) == len(notices("NTF-07")) == 5


def test_what_is_due_is_asked_in_two_statements_however_many_batches_there_are(batch: BatchOf) -> None:
    for number in range(4):
        other = another_batch(batch.viewer, f"0088A{number}", now=batch.now)
        put_into(other, S.ROSTER_DRAFT, updated_at=batch.now + timedelta(days=number))
    with reading() as session, statements() as asked:
        assert UNFINISHED_REMINDER.next_at(session, batch.now, at(5, 1)) == at(4, 23, 9, 5)
    assert len(asked) == 2
