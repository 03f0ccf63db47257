"""J08: 30 and 7 days before the cover of a year ends, whoever is enrolled is told (NTF-08)."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from config.messages import text
from models.actions.calendar.coverage_expiry import COVERAGE_EXPIRY
from models.queries import pieces
from models.rules.lifecycle import BatchState
from tests.imports import another_batch
from tests.records import BatchOf, a_batch_to_fill
from tests.reminders import accounts_told, at, days_told, disabled, notices
from tests.scheduled import calendar_at, calendar_begins_at, done_at
from tests.stages import put_into

COVER = {"coverage_start": date(2020, 4, 1), "coverage_end": date(2021, 3, 31)}
BEGUN = at(2, 1, year=2021)


@pytest.fixture
def batch(database: str) -> BatchOf:
    """An enrolled batch of 2020; the calendar has begun in the winter after."""
    filled = a_batch_to_fill()
    put_into(filled, BatchState.ENROLLED, **COVER)
    calendar_begins_at(BEGUN)
    return filled


def days_until(moment: datetime) -> list[str]:
    calendar_at(moment)
    return days_told("NTF-08")


def test_who_is_enrolled_is_told_when_the_cover_ends(batch: BatchOf) -> None:
    calendar_at(at(3, 1, 0, 20, year=2021))
    [notice] = notices("NTF-08")
    assert notice.account_id == batch.viewer.account_id
    assert text(notice.code, **notice.values) == "2020年度保障将于2021-03-31期满，请关注下一年度参保。"


def test_it_is_thirty_and_seven_days_before(batch: BatchOf) -> None:
    assert days_until(at(2, 28, 23, 50, year=2021)) == []
    assert days_until(at(3, 1, 0, 20, year=2021)) == ["03-01"]
    assert days_until(at(3, 23, 23, 50, year=2021)) == ["03-01"]
    assert days_until(at(3, 24, 0, 20, year=2021)) == ["03-01", "03-24"]
    assert days_until(at(4, 20, year=2021)) == ["03-01", "03-24"]


def test_an_account_with_two_batches_is_told_once(batch: BatchOf) -> None:
    other = another_batch(batch.viewer, "0088D8", now=batch.now)
    put_into(other, BatchState.ENROLLED, **COVER)
    assert days_until(at(3, 2, year=2021)) == ["03-01"]


@pytest.mark.parametrize("state", [BatchState.EXPIRED, BatchState.AWAITING_PAYMENT, BatchState.PAYMENT_REVIEW])
def test_who_is_not_enrolled_is_not_told(batch: BatchOf, state: BatchState) -> None:
    put_into(batch, state)
    assert days_until(at(3, 25, year=2021)) == []


def test_who_is_covered_only_later_is_told_on_the_second_day(batch: BatchOf) -> None:
    put_into(batch, BatchState.ENROLLED, coverage_start=date(2021, 3, 10))
    assert days_until(at(3, 25, year=2021)) == ["03-24"]


def test_a_disabled_account_is_not_told(batch: BatchOf) -> None:
    disabled(batch.viewer)
    assert days_until(at(3, 25, year=2021)) == []


def test_a_run_that_was_broken_off_and_is_done_again_tells_nobody_twice(
    batch: BatchOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pieces, "PIECE", 1)
    other = a_batch_to_fill("3019BJ")
    put_into(other, BatchState.ENROLLED, **COVER)
    calendar_at(BEGUN)
    first = at(3, 1, 0, 20, year=2021)
    done_at(COVERAGE_EXPIRY, first, parts=1)
    assert accounts_told("NTF-08") == [batch.viewer.account_id]
    calendar_at(first)
    assert accounts_told("NTF-08") == sorted([batch.viewer.account_id, other.viewer.account_id])
