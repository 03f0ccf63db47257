"""Unit names are exchanged: by the nightly run (J12, AC06), or one by one."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from models.actions.exchange_names import apply_rename, exchange_names, refuse_rename
from models.actions.open_batch import own_code
from models.queries.batches import BatchFilters, list_batches
from models.records.audit import AuditEntry
from models.records.database import reading, writing
from models.records.unit import Unit
from models.records.viewer import Viewer
from models.rules.permissions import Role
from models.rules.plan import EnrolmentType
from tests.at_once import at_once
from tests.records import IN_THE_CENTRAL_WINDOW as NOW
from tests.records import BatchOf, a_batch, a_batch_to_fill
from tests.refusals import refused
from tests.renames import CODE, NEW, NIGHT, OLD, exchanged, registered, staff, the_change


@pytest.fixture
def batch(database: str) -> BatchOf:
    """An old batch of the unit that is renamed."""
    return a_batch_to_fill(CODE)


@pytest.fixture
def desk(batch: BatchOf) -> Viewer:
    return staff(Role.SERVICE_DESK)


@pytest.fixture
def admin(batch: BatchOf) -> Viewer:
    return staff(Role.ADMIN)


def name_of_code(batch: BatchOf) -> str:
    """What stands there after the code was entered."""
    with reading() as session:
        return own_code(session, batch.viewer, CODE).unit.name


def names_in_list(batch: BatchOf, **filters: str) -> list[tuple[str, str]]:
    """Each batch's own name, and the unit's as the list shows it."""
    with reading() as session:
        lines = list_batches(session, batch.viewer, BatchFilters(**filters)).lines
    return [(line.batch.unit_name, line.batch.code.unit.name) for line in lines]


def test_the_old_name_is_shown_until_the_exchange_and_the_new_one_afterwards(batch: BatchOf, desk: Viewer) -> None:
    registered(desk)
    before = name_of_code(batch)
    assert exchanged() == 1
    assert (before, name_of_code(batch)) == (OLD, NEW)


def test_an_old_batch_keeps_the_name_it_was_made_with_and_the_list_shows_the_present_one(
    batch: BatchOf, desk: Viewer
) -> None:
    registered(desk)
    exchanged()
    assert names_in_list(batch) == [(OLD, NEW)]
    with writing() as session:
        fresh = a_batch(session, batch.viewer, CODE, EnrolmentType.INSTANT, now=NOW.replace(month=7))
        assert fresh.unit_name == NEW


@pytest.mark.parametrize("part", [OLD[2:8], NEW[2:8]])
def test_a_batch_is_found_by_the_former_name_and_by_the_present_one(batch: BatchOf, desk: Viewer, part: str) -> None:
    registered(desk)
    exchanged()
    assert names_in_list(batch, unit_name=part) == [(OLD, NEW)]


def test_what_is_registered_during_the_run_waits_for_the_next(batch: BatchOf, desk: Viewer) -> None:
    change = registered(desk, now=NIGHT)
    assert exchanged(NIGHT) == 0
    assert (name_of_code(batch), the_change(change).status) == (OLD, "pending")
    assert exchanged(NIGHT + timedelta(seconds=1)) == 1


def test_a_second_run_finds_nothing_and_writes_nothing_down(batch: BatchOf, desk: Viewer) -> None:
    registered(desk)
    exchanged()
    with reading() as session:
        before = session.query(AuditEntry).count()
    assert exchanged() == 0
    with reading() as session:
        assert session.query(AuditEntry).count() == before


def test_the_run_is_nobodys_and_its_changes_are_written_down(batch: BatchOf, desk: Viewer) -> None:
    change = registered(desk)
    exchanged()
    done = the_change(change)
    assert (done.status, done.former_name, done.decided_at, done.decided_by) == ("applied", OLD, NIGHT, None)
    with reading() as session:
        entry = session.query(AuditEntry).filter_by(action="apply_unit_rename").one()
    assert (entry.account_id, entry.details["before"], entry.details["after"]) == (None, OLD, NEW)


def test_an_administrator_may_have_them_exchanged_at_once(batch: BatchOf, desk: Viewer, admin: Viewer) -> None:
    registered(desk)
    with writing() as session:
        assert exchange_names(session, NOW + timedelta(minutes=1), admin) == 1
    with reading() as session:
        entry = session.query(AuditEntry).filter_by(action="exchange_names").one()
    assert (entry.account_id, entry.details["changes"]) == (admin.account_id, 1)


def test_one_is_applied_before_the_others(batch: BatchOf, desk: Viewer, admin: Viewer) -> None:
    change = registered(desk)
    with writing() as session:
        apply_rename(session, admin, change, NOW)
    assert name_of_code(batch) == NEW
    assert the_change(change).decided_by == admin.account_id


def test_one_that_is_refused_is_never_exchanged(batch: BatchOf, desk: Viewer, admin: Viewer) -> None:
    change = registered(desk)
    with writing() as session:
        refuse_rename(session, admin, change, " 没有盖章。 ", NOW)
    assert exchanged() == 0
    done = the_change(change)
    assert (name_of_code(batch), done.status, done.reason) == (OLD, "refused", "没有盖章。")


@pytest.mark.parametrize(("reason", "code"), [("", "APP-012"), ("\u3000 ", "APP-012"), ("因" * 501, "SYS-003")])
def test_a_refusal_needs_a_reason(batch: BatchOf, desk: Viewer, admin: Viewer, reason: str, code: str) -> None:
    change = registered(desk)
    with refused(code), writing() as session:
        refuse_rename(session, admin, change, reason, NOW)
    assert the_change(change).status == "pending"


def test_what_was_decided_is_decided(batch: BatchOf, desk: Viewer, admin: Viewer) -> None:
    change = registered(desk)
    exchanged()
    with refused("BAT-002", status="单位名称变更已变更"), writing() as session:
        refuse_rename(session, admin, change, "因", NOW)
    with refused("BAT-002"), writing() as session:
        apply_rename(session, admin, change, NOW)


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMIN])
def test_nobody_else_applies_refuses_or_exchanges(batch: BatchOf, desk: Viewer, role: Role) -> None:
    change, viewer = registered(desk), Viewer(desk.account_id, role)
    with refused("AUTH-006"), writing() as session:
        apply_rename(session, viewer, change, NOW)
    with refused("AUTH-006"), writing() as session:
        refuse_rename(session, viewer, change, "因", NOW)
    with refused("AUTH-006"), writing() as session:
        exchange_names(session, NIGHT, viewer)


def test_the_name_from_before_is_read_once_nobody_else_changes_it(batch: BatchOf, desk: Viewer) -> None:
    change = registered(desk)

    def corrects(session: Session) -> None:
        session.query(Unit).one().name = "上海更正机械有限公司"

    def exchanges(session: Session) -> None:
        seen = session.query(Unit).all()
        assert exchange_names(session, NIGHT) == len(seen)

    at_once(corrects, exchanges)
    assert the_change(change).former_name == "上海更正机械有限公司"


def test_an_unknown_change_is_none(batch: BatchOf, admin: Viewer) -> None:
    with refused("BAT-005"), writing() as session:
        apply_rename(session, admin, 999, NOW)
