"""J02: when a window opens, last year's units are told, each account once (NTF-01, NTF-02)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import update

from config.messages import text
from models.actions.calendar.window_open import WINDOW_OPEN
from models.queries import pieces
from models.records.account import Account
from models.records.database import writing
from models.records.unit import EnrolmentCode
from models.rules.lifecycle import BatchState
from tests.records import a_batch_to_fill, open_window
from tests.reminders import (
    a_former_unit,
    accounts_told,
    at,
    disabled,
    notices,
    on_last_years_roster,
    the_year_after,
)
from tests.scheduled import calendar_at, calendar_begins_at, done_at
from tests.stages import put_into

MARCH = at(3, 20)
SPRING = at(4, 1, 0)
SUMMER = at(5, 12, 0)


@pytest.fixture(autouse=True)
def before_the_window(database: str) -> None:
    """2020 is published, nothing is open, the calendar has begun."""
    with writing() as session:
        open_window(session, MARCH)
    calendar_begins_at(MARCH)


def test_the_central_window_is_announced_with_its_time() -> None:
    unit = a_former_unit("0088D2")
    calendar_at(SPRING - timedelta(minutes=30))
    assert notices("NTF-01") == []
    calendar_at(SPRING)
    [notice] = notices("NTF-01")
    assert notice.account_id == unit.account_id
    assert text(notice.code, **notice.values) == (
        "2020年度集中参保已开始，办理时间2020-04-01 00:00至2020-05-11 17:00。"
    )


def test_the_instant_window_is_announced_to_the_same() -> None:
    unit = a_former_unit("0088D2")
    calendar_at(SUMMER - timedelta(minutes=30))
    assert notices("NTF-02") == []
    calendar_at(SUMMER)
    assert [(notice.account_id, text(notice.code, **notice.values)) for notice in notices("NTF-02")] == [
        (unit.account_id, "2020年度即时参保已开放。")
    ]


def test_windows_that_opened_meanwhile_are_announced_in_order_and_once() -> None:
    a_former_unit("0088D2")
    calendar_at(at(7, 1))
    calendar_at(at(7, 2))
    assert len(notices("NTF-01")) == len(notices("NTF-02")) == 1
    assert notices("NTF-01")[0].id < notices("NTF-02")[0].id


def test_an_account_with_two_codes_is_told_once() -> None:
    unit, other = a_former_unit("0088D2"), a_former_unit("0088D3")
    with writing() as session:
        session.execute(update(EnrolmentCode).values(account_id=unit.account_id))
    calendar_at(SPRING)
    assert accounts_told("NTF-01") == [unit.account_id] != [other.account_id]


def test_who_took_no_part_last_year_is_not_told() -> None:
    a_former_unit("0088D2")
    on_last_years_roster("3019BJ", "2020")
    a_batch_to_fill("3019BJ", now=at(4, 20))
    calendar_at(SUMMER)
    assert len(accounts_told("NTF-02")) == 1


def test_nobody_is_told_of_a_code_that_is_free_or_out_of_use_or_whose_account_is_disabled() -> None:
    free, old, gone = (a_former_unit(code) for code in ("0088D2", "0088D3", "0088D4"))
    disabled(gone)
    with writing() as session:
        named = update(EnrolmentCode)
        session.execute(named.where(EnrolmentCode.account_id == free.account_id).values(account_id=None))
        session.execute(named.where(EnrolmentCode.account_id == old.account_id).values(active=False))
    calendar_at(SUMMER)
    assert accounts_told("NTF-01") == accounts_told("NTF-02") == []


def test_the_year_after_is_announced_to_who_was_enrolled_in_this_one() -> None:
    the_year_after()
    enrolled, expired = a_batch_to_fill("0088D2", now=at(4, 20)), a_batch_to_fill("0088D3", now=at(4, 20))
    put_into(enrolled, BatchState.ENROLLED)
    put_into(expired, BatchState.EXPIRED)
    calendar_at(at(4, 1, 1, year=2021))
    assert accounts_told("NTF-01") == [enrolled.viewer.account_id]
    assert notices("NTF-01")[0].values["year"] == "2021"


def test_a_code_that_has_another_account_now_is_told_there() -> None:
    a_former_unit("0088D2")
    taker = a_former_unit("0088D3")
    with writing() as session:
        session.execute(update(EnrolmentCode).values(account_id=taker.account_id))
        session.execute(update(Account).values(created_at=MARCH))
    calendar_at(SPRING)
    assert accounts_told("NTF-01") == [taker.account_id]


def test_a_run_that_was_broken_off_and_is_done_again_tells_nobody_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pieces, "PIECE", 2)
    units = [a_former_unit(f"0088D{number}") for number in range(5)]
    done_at(WINDOW_OPEN, SPRING, parts=1)
    assert len(notices("NTF-01")) == 2
    done_at(WINDOW_OPEN, SPRING)
    calendar_at(SPRING)
    assert accounts_told("NTF-01") == sorted(unit.account_id for unit in units)
