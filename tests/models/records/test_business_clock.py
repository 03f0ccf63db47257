"""The business clock is a row in a demonstration and the machine's clock in production."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from models.actions.move_clock import move_clock
from models.records.business_clock import business_now, received_at
from models.records.database import reading, writing
from models.rules.refusal import Refused
from tests.conftest import use_environment
from tests.records import IN_THE_CENTRAL_WINDOW

A_MINUTE = timedelta(minutes=1)


def test_without_a_row_the_business_goes_by_the_machines_clock(database: str) -> None:
    with reading() as session:
        assert abs(business_now(session) - datetime.now(UTC)) < A_MINUTE


def test_a_moved_clock_runs_on_from_there(database: str) -> None:
    with writing() as session:
        move_clock(session, IN_THE_CENTRAL_WINDOW)
    with reading() as session:
        assert timedelta() <= business_now(session) - IN_THE_CENTRAL_WINDOW < A_MINUTE


def test_the_clock_can_be_moved_back(database: str) -> None:
    for moved_to in (IN_THE_CENTRAL_WINDOW, IN_THE_CENTRAL_WINDOW - timedelta(days=3)):
        with writing() as session:
            move_clock(session, moved_to)
    with reading() as session:
        assert abs(business_now(session) - IN_THE_CENTRAL_WINDOW + timedelta(days=3)) < A_MINUTE


def test_what_was_received_is_judged_by_its_receipt_whenever_its_turn_comes(database: str) -> None:
    received_at(datetime.now(UTC) - A_MINUTE)
    try:
        with reading() as session:
            assert datetime.now(UTC) - business_now(session) >= A_MINUTE
    finally:
        received_at(None)
    with reading() as session:
        assert datetime.now(UTC) - business_now(session) < A_MINUTE


@pytest.mark.parametrize("year", [1999, 2101])
def test_the_clock_shows_no_year_that_no_plan_knows(database: str, year: int) -> None:
    with pytest.raises(Refused) as refused, writing() as session:
        move_clock(session, IN_THE_CENTRAL_WINDOW.replace(year=year))
    assert refused.value.code == "SYS-003"


def test_production_never_reads_an_offset(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with writing() as session:
        move_clock(session, IN_THE_CENTRAL_WINDOW)
    use_environment(monkeypatch, CANBAO_ENV="production")
    with reading() as session:
        assert abs(business_now(session) - datetime.now(UTC)) < A_MINUTE


def test_nobody_moves_the_clock_in_production(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    use_environment(monkeypatch, CANBAO_ENV="production")
    with pytest.raises(Refused) as refused, writing() as session:
        move_clock(session, IN_THE_CENTRAL_WINDOW)
    assert refused.value.code == "AUTH-006"
