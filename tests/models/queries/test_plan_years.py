"""Which plan year is open."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy import update

from config.clock import SHANGHAI
from config.plans import plan_data
from models.actions.keep_plans import load_plan, publish_plan
from models.queries.plan_years import current_plan, open_plan, published_plans
from models.records.database import reading, writing
from models.records.plan_year import PlanYearRecord
from models.rules.plan import EnrolmentType
from tests.records import IN_THE_CENTRAL_WINDOW
from tests.refusals import refused

CENTRAL, INSTANT = EnrolmentType.CENTRAL, EnrolmentType.INSTANT
NEXT_YEAR = {
    "plan_year": "2021",
    "coverage_start": "2021-04-01",
    "coverage_end": "2022-03-31",
    "central_open_at": "2021-03-01T00:00:00+08:00",
    "central_close_at": "2021-05-11T17:00:00+08:00",
    "instant_open_at": "2021-05-12T00:00:00+08:00",
    "central_payment_close_on": "2021-05-26",
}
WHEN_BOTH_ARE_OPEN = datetime(2021, 3, 15, tzinfo=SHANGHAI)


@pytest.fixture(autouse=True)
def _two_years(database: str) -> None:
    """2020 and 2021 are published."""
    with writing() as session:
        for changes in ({}, NEXT_YEAR):
            plan = load_plan(session, plan_data("2020") | changes, IN_THE_CENTRAL_WINDOW)
            publish_plan(session, plan.plan_year, IN_THE_CENTRAL_WINDOW)


def the_current_year(now: datetime) -> str:
    with reading() as session:
        plan = current_plan(session, now)
        assert plan is not None
        return plan.plan_year


def the_open_year(kind: EnrolmentType, now: datetime, year: str | None = None) -> str:
    with reading() as session:
        return open_plan(session, kind, now, year).plan_year


def test_the_year_with_the_latest_cover_comes_first() -> None:
    with reading() as session:
        assert [plan.plan_year for plan in published_plans(session)] == ["2021", "2020"]


def test_each_kind_of_enrolment_has_the_year_whose_window_is_open() -> None:
    assert the_open_year(CENTRAL, IN_THE_CENTRAL_WINDOW) == "2020"
    assert (the_open_year(CENTRAL, WHEN_BOTH_ARE_OPEN), the_open_year(INSTANT, WHEN_BOTH_ARE_OPEN)) == ("2021", "2020")


def test_a_year_may_be_asked_for() -> None:
    with refused("WIN-002"):
        the_open_year(CENTRAL, WHEN_BOTH_ARE_OPEN, "2020")


def test_while_no_window_is_open_the_latest_year_says_why() -> None:
    with refused("WIN-001", open="2021-03-01 00:00"):
        the_open_year(CENTRAL, datetime(2020, 12, 1, tzinfo=SHANGHAI))


def test_pages_speak_of_the_year_that_has_a_window_open() -> None:
    assert the_current_year(IN_THE_CENTRAL_WINDOW) == "2020"


def test_of_two_years_that_overlap_pages_speak_of_the_later_one() -> None:
    assert the_current_year(WHEN_BOTH_ARE_OPEN) == "2021"


def test_while_no_year_is_in_season_pages_speak_of_the_latest() -> None:
    assert the_current_year(datetime(2020, 1, 1, tzinfo=SHANGHAI)) == "2021"


def test_before_any_year_is_published_pages_speak_of_none() -> None:
    with writing() as session:
        session.execute(update(PlanYearRecord).values(published_at=None))
        assert current_plan(session, IN_THE_CENTRAL_WINDOW) is None


def test_a_year_that_is_not_published_is_none() -> None:
    with refused("SYS-003"):
        the_open_year(CENTRAL, IN_THE_CENTRAL_WINDOW, "2019")
