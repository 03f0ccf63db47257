"""The next plan year as a draft (DOMAIN 13, J09)."""

from __future__ import annotations

import pytest

from config.plans import plan_data
from models.actions.keep_plans import load_plan, publish_plan
from models.actions.roll_over import roll_over
from models.queries.plan_years import published_plans
from models.records.audit import AuditEntry
from models.records.database import reading, writing
from models.records.plan_year import PlanYearRecord
from models.rules.next_year import a_year_later
from models.rules.permissions import Role
from tests.records import IN_THE_CENTRAL_WINDOW as NOW
from tests.refusals import refused
from tests.vouchers import staff


@pytest.fixture(autouse=True)
def _plan_2020(database: str) -> None:
    with writing() as session:
        load_plan(session, plan_data("2020"), NOW)
        publish_plan(session, "2020", NOW)


def rolled_over(year: str = "2020", role: Role | None = None) -> None:
    who = staff(role, NOW) if role else None
    with writing() as session:
        roll_over(session, year, NOW, viewer=who)


def test_the_next_year_is_a_draft_and_nothing_is_published() -> None:
    rolled_over()
    with reading() as session:
        record = session.get_one(PlanYearRecord, "2021")
        assert (record.data, record.published_at) == (a_year_later(plan_data("2020")), None)
        assert [plan.plan_year for plan in published_plans(session)] == ["2020"]


def test_whose_act_it_was_is_written_down() -> None:
    rolled_over(role=Role.ADMIN)
    rolled_over("2021")
    with reading() as session:
        entries = session.query(AuditEntry).where(AuditEntry.action == "roll_over_plan").order_by(AuditEntry.id).all()
    assert [(entry.details["year"], entry.account_id is None) for entry in entries] == [("2021", False), ("2022", True)]


def test_a_draft_that_is_there_already_is_not_replaced() -> None:
    rolled_over()
    with refused("SYS-004", year="2021"):
        rolled_over()


def test_a_year_that_is_published_is_not_replaced() -> None:
    rolled_over()
    with writing() as session:
        publish_plan(session, "2021", NOW)
    with refused("BAT-002", status="2021 保障年度已发布"):
        rolled_over()


def test_a_year_that_is_not_there_has_no_next() -> None:
    with pytest.raises(LookupError):
        rolled_over("2031")


def test_only_administrators_roll_over() -> None:
    with refused("AUTH-006"):
        rolled_over(role=Role.REVIEWER)
