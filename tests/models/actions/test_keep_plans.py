"""Plan years: drafts first, then published, then fixed."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy.orm import Session

from config.plans import plan_data
from models.actions.keep_plans import (
    delete_draft,
    fingerprint_of,
    load_plan,
    publish_plan,
    write_draft,
)
from models.queries.plan_years import published_plans
from models.records.audit import AuditEntry
from models.records.database import reading, writing
from models.records.plan_year import PlanYearRecord, plan_of
from models.rules.permissions import Role
from models.rules.plan_fields import PlanInvalid
from tests.at_once import at_once
from tests.records import IN_THE_CENTRAL_WINDOW as NOW
from tests.refusals import refused
from tests.vouchers import staff


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


def test_of_two_who_begin_a_year_at_the_same_moment_one_does(database: str) -> None:
    def begin(session: Session) -> None:
        load_plan(session, plan_data("2020"), NOW, replace=False)

    with refused("SYS-004", year="2020"):
        at_once(begin, begin)


def test_a_published_plan_is_not_replaced(database: str) -> None:
    load()
    publish()
    with refused("BAT-002", status="2020 保障年度已发布"):
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


def stored(year: str = "2020") -> dict[str, Any]:
    with reading() as session:
        return dict(session.get_one(PlanYearRecord, year).data)


def write(fingerprint: str | None = None, role: Role = Role.ADMIN, **changes: Any) -> None:
    who, data = staff(role, NOW), stored()
    with writing() as session:
        write_draft(session, who, "2020", data | changes, fingerprint or fingerprint_of(data), NOW)


def entry(action: str) -> AuditEntry:
    with reading() as session:
        return session.query(AuditEntry).where(AuditEntry.action == action).one()


def test_a_draft_is_written_and_what_changed_is_written_down(database: str) -> None:
    load()
    write(payment_days=20)
    assert stored()["payment_days"] == 20
    assert entry("write_plan").details == {
        "year": "2020",
        "before": {"payment_days": 15},
        "after": {"payment_days": 20},
    }


def test_a_draft_keeps_its_year_whatever_is_written(database: str) -> None:
    load()
    write(plan_year="2031")
    assert stored()["plan_year"] == "2020"


def test_an_odd_price_is_refused_by_its_field_and_changes_nothing(database: str) -> None:
    load()
    before = stored()
    with pytest.raises(PlanInvalid) as invalid:
        write(prices_fen=before["prices_fen"] | {"A0": 12001})
    assert (invalid.value.field, invalid.value.reason) == ("prices_fen.A0", "even")
    assert stored() == before


def test_a_draft_that_somebody_else_has_changed_is_not_written_over(database: str) -> None:
    load()
    seen = fingerprint_of(stored())
    write(payment_days=20)
    with refused("BAT-004"):
        write(seen, payment_days=30)
    assert stored()["payment_days"] == 20


def test_a_published_plan_is_neither_written_nor_deleted(database: str) -> None:
    load()
    publish()
    with refused("BAT-002"):
        write(payment_days=20)
    admin = staff(Role.ADMIN, NOW)
    with refused("BAT-002"), writing() as session:
        delete_draft(session, admin, "2020", NOW)
    assert (published(), stored()["payment_days"]) == (["2020"], 15)


def test_a_draft_is_deleted_and_its_data_stay_in_the_audit_log(database: str) -> None:
    load()
    data, admin = stored(), staff(Role.ADMIN, NOW)
    with writing() as session:
        delete_draft(session, admin, "2020", NOW)
    with reading() as session:
        assert session.get(PlanYearRecord, "2020") is None
    assert entry("delete_plan").details["before"] == data


def test_a_file_replaces_a_draft_only_where_that_is_wanted(database: str) -> None:
    load()
    with refused("SYS-004", year="2020"), writing() as session:
        load_plan(session, plan_data("2020") | {"payment_days": 20}, NOW, replace=False)
    assert stored()["payment_days"] == 15


def test_a_year_whose_cover_would_begin_before_it_is_not_published(database: str) -> None:
    load(instant_open_at="2020-03-01T00:00:00+08:00")
    with pytest.raises(PlanInvalid, match="instant_before_cover"):
        publish()
    assert published() == []


def test_what_is_published_is_what_was_looked_at(database: str) -> None:
    load()
    seen, admin = fingerprint_of(stored()), staff(Role.ADMIN, NOW)
    write(payment_days=20)
    with refused("BAT-004"), writing() as session:
        publish_plan(session, "2020", NOW, viewer=admin, fingerprint=seen)
    assert published() == []


def test_who_published_is_written_down(database: str) -> None:
    load()
    admin = staff(Role.ADMIN, NOW)
    with writing() as session:
        publish_plan(session, "2020", NOW, viewer=admin, fingerprint=fingerprint_of(plan_data("2020")))
    assert (entry("publish_plan").account_id, entry("publish_plan").details["after"]) == (admin.account_id, stored())


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.SERVICE_DESK])
def test_only_administrators_write_plans(database: str, role: Role) -> None:
    load()
    with refused("AUTH-006"):
        write(role=role, payment_days=20)
