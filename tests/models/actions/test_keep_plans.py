"""Plan years: drafts first, then published, then fixed."""

from __future__ import annotations

from typing import Any

import pytest

from config.plans import plan_data
from models.actions.keep_plans import PlanPublishedError, load_plan, publish_plan
from models.queries.plan_years import published_plans
from models.records.database import reading, writing
from models.records.plan_year import PlanYearRecord, plan_of
from models.rules.plan_fields import PlanInvalid
from tests.records import IN_THE_CENTRAL_WINDOW as NOW


def load(**changes: Any) -> None:
    with writing() as session:
        load_plan(session, plan_data("2020") | changes, NOW)


def publish(year: str = "2020") -> None:
    with writing() as session:
        publish_plan(session, year, NOW)


def published() -> list[str]:
    with reading() as session:
        return [plan.plan_year for plan in published_plans(session)]


def test_a_loaded_plan_is_a_draft(database: str) -> None:
    load()
    assert published() == []


def test_a_published_plan_comes_back_as_it_was_loaded(database: str) -> None:
    load()
    publish()
    with reading() as session:
        plan = plan_of(session, "2020")
    assert (published(), plan.combo.price_fen, plan.central_close_at.isoformat()) == (
        ["2020"],
        18000,
        "2020-05-11T17:00:00+08:00",
    )


def test_a_draft_may_be_loaded_again(database: str) -> None:
    load()
    load(name="上海职工互助保障项目2020（修订）")
    with reading() as session:
        assert session.get_one(PlanYearRecord, "2020").plan().name.endswith("（修订）")


def test_a_published_plan_is_not_replaced(database: str) -> None:
    load()
    publish()
    with pytest.raises(PlanPublishedError, match="2020"):
        load()


def test_publishing_twice_keeps_the_first_time(database: str) -> None:
    load()
    publish()
    with reading() as session:
        first = session.get_one(PlanYearRecord, "2020").published_at
    publish()
    with reading() as session:
        assert session.get_one(PlanYearRecord, "2020").published_at == first


def test_a_plan_that_was_not_loaded_cannot_be_published(database: str) -> None:
    with pytest.raises(LookupError, match="2031"):
        publish("2031")


def test_a_plan_that_is_none_is_not_stored(database: str) -> None:
    with pytest.raises(PlanInvalid):
        load(coverage_end="2019-01-01")
    with reading() as session:
        assert session.get(PlanYearRecord, "2020") is None


def test_a_batch_of_a_year_that_is_not_loaded_says_so(database: str) -> None:
    with reading() as session, pytest.raises(LookupError, match="2031"):
        plan_of(session, "2031")
