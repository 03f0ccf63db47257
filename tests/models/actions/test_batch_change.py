"""What every change of a roster asks first (T03), by the example of an upload and of a removal."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import update

from config.clock import SHANGHAI
from models.actions.batch_change import actions_now, batch_to_change, mark_roster_changed
from models.records.batch import Batch
from models.records.database import reading, writing
from models.records.plan_year import plan_of
from models.rules.lifecycle import CLAIMING, ROSTER_CHANGES, ROSTER_EDITABLE, WITHDRAWALS, BatchAction, BatchState
from models.rules.permissions import Role
from models.rules.plan import EnrolmentType
from models.rules.refusal import Refused
from tests.imports import another_batch, the_batch
from tests.records import IN_THE_INSTANT_WINDOW, BatchOf, a_batch_to_fill
from tests.refusals import refused

CLOSES = datetime(2020, 5, 11, 17, 0, tzinfo=SHANGHAI)


@pytest.fixture
def batch(database: str) -> BatchOf:
    """A central batch in its window."""
    return a_batch_to_fill()


def change(batch: BatchOf, *, now: datetime | None = None, lock_row: bool = True) -> Batch:
    with writing() as session:
        return batch_to_change(
            session, batch.viewer, batch.batch_no, BatchAction.REMOVE_PEOPLE, now or batch.now, lock_row=lock_row
        )


def put_into(batch: BatchOf, state: BatchState) -> None:
    with writing() as session:
        session.execute(update(Batch).where(Batch.id == batch.batch_id).values(state=state))


@pytest.mark.parametrize("lock_row", [True, False])
def test_a_draft_in_its_window_may_be_changed(batch: BatchOf, lock_row: bool) -> None:
    assert change(batch, lock_row=lock_row).id == batch.batch_id


@pytest.mark.parametrize("state", sorted(ROSTER_EDITABLE))
def test_a_roster_may_be_changed_in_its_editable_states(batch: BatchOf, state: BatchState) -> None:
    put_into(batch, state)
    assert change(batch).state == state


@pytest.mark.parametrize("state", sorted(CLAIMING))
def test_a_submitted_roster_is_not_changed(batch: BatchOf, state: BatchState) -> None:
    put_into(batch, state)
    with refused("RST-010"):
        change(batch)


def test_an_expired_batch_is_not_changed(batch: BatchOf) -> None:
    put_into(batch, BatchState.EXPIRED)
    with refused("BAT-002", status="已失效", action="移除"):
        change(batch)


def test_a_deleted_batch_does_not_exist(batch: BatchOf) -> None:
    put_into(batch, BatchState.DELETED)
    with refused("BAT-005"):
        change(batch)


def test_another_accounts_batch_does_not_exist(batch: BatchOf) -> None:
    other = a_batch_to_fill("3019BJ")
    with refused("BAT-005"):
        change(replace(batch, viewer=other.viewer))


def test_an_unknown_batch_does_not_exist(batch: BatchOf) -> None:
    with refused("BAT-005"):
        change(replace(batch, batch_no="SZSH209901010001"))


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.ADMIN, Role.SUPERIOR_UNION])
def test_staff_never_change_a_roster(batch: BatchOf, role: Role) -> None:
    with refused("AUTH-006"):
        change(replace(batch, viewer=replace(batch.viewer, role=role)))


def test_a_second_before_five_o_clock_a_central_roster_may_be_changed(batch: BatchOf) -> None:
    assert change(batch, now=CLOSES - timedelta(seconds=1)).id == batch.batch_id


def test_at_five_o_clock_a_central_roster_may_not_be_changed(batch: BatchOf) -> None:
    with refused("WIN-002", close="2020-05-11 17:00"):
        change(batch, now=CLOSES)


def test_after_the_plan_year_an_instant_roster_may_not_be_changed(batch: BatchOf) -> None:
    instant = another_batch(batch.viewer, "0088D2", EnrolmentType.INSTANT, now=IN_THE_INSTANT_WINDOW)
    with refused("WIN-004"):
        change(instant, now=datetime(2021, 4, 1, tzinfo=SHANGHAI))


def test_a_change_makes_a_failed_roster_a_draft_of_a_new_version(batch: BatchOf) -> None:
    put_into(batch, BatchState.ROSTER_FAILED)
    before, later = the_batch(batch), batch.now + timedelta(hours=1)
    with writing() as session:
        mark_roster_changed(session.get_one(Batch, batch.batch_id), BatchAction.REMOVE_PEOPLE, later)
    after = the_batch(batch)
    assert (after.state, after.updated_at) == (BatchState.ROSTER_DRAFT, later)
    assert (after.roster_version, after.version) == (before.roster_version + 1, before.version + 1)


def allowed(batch: BatchOf, now: datetime) -> list[BatchAction]:
    """What a change with this action is not refused for."""
    done = []
    for action in BatchAction:
        with writing() as session, suppress(Refused):
            batch_to_change(session, batch.viewer, batch.batch_no, action, now)
            done.append(action)
    return done


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("state", [state for state in BatchState if state is not BatchState.DELETED])
@pytest.mark.parametrize("now", [CLOSES - timedelta(seconds=1), CLOSES], ids=["open", "closed"])
def test_what_is_offered_is_exactly_what_is_not_refused(
    sqlite: None, role: Role, state: BatchState, now: datetime
) -> None:
    filled = a_batch_to_fill()
    batch = replace(filled, viewer=replace(filled.viewer, role=role))
    put_into(batch, state)
    with writing() as session:
        record = session.get_one(Batch, batch.batch_id)
        offered = actions_now(batch.viewer, record, plan_of(session, record.plan_year), now)
    assert sorted(offered) == sorted(allowed(batch, now))


WITH_THE_ROSTER = {*ROSTER_CHANGES, BatchAction.VALIDATE_ROSTER, BatchAction.PROMISE, BatchAction.SUBMIT_ROSTER}
OFFERED = {
    BatchState.ROSTER_DRAFT: WITH_THE_ROSTER | {BatchAction.DELETE_BATCH},
    BatchState.ROSTER_FAILED: WITH_THE_ROSTER | {BatchAction.DELETE_BATCH},
    BatchState.ROSTER_SUBMITTED: {
        BatchAction.GENERATE_PREMIUM,
        BatchAction.CONFIRM_PREMIUM,
        BatchAction.WITHDRAW_TO_ROSTER,
    },
    BatchState.AWAITING_PAYMENT: {
        *WITHDRAWALS,
        BatchAction.CREATE_VOUCHER,
        BatchAction.CANCEL_VOUCHER,
        BatchAction.SUBMIT_VOUCHER,
    },
    BatchState.PAYMENT_REJECTED: {BatchAction.SUBMIT_VOUCHER, BatchAction.LEAVE_VOUCHER},
}
"""What a handler is offered while the window is open; in other states nothing."""
OFFERED_TO_STAFF = {
    Role.REVIEWER: {BatchState.PAYMENT_REVIEW: {BatchAction.APPROVE_VOUCHER, BatchAction.REJECT_VOUCHER}},
    Role.ADMIN: {
        BatchState.PAYMENT_REVIEW: {
            BatchAction.APPROVE_VOUCHER,
            BatchAction.REJECT_VOUCHER,
            BatchAction.VOID_VOUCHER,
        },
        BatchState.PAYMENT_REJECTED: {BatchAction.VOID_VOUCHER},
        BatchState.ENROLLED: {BatchAction.REVERSE_APPROVAL},
        BatchState.EXPIRED: {BatchAction.REINSTATE},
    },
}


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("state", [state for state in BatchState if state is not BatchState.DELETED])
def test_each_role_is_offered_what_the_state_allows_it(sqlite: None, role: Role, state: BatchState) -> None:
    expected = OFFERED if role is Role.HANDLER else OFFERED_TO_STAFF.get(role, {})
    assert offered_to(role, state, CLOSES - timedelta(seconds=1)) == expected.get(state, set())


@pytest.mark.parametrize("state", [*sorted(ROSTER_EDITABLE), BatchState.ROSTER_SUBMITTED])
def test_after_the_window_a_central_draft_can_only_be_deleted(sqlite: None, state: BatchState) -> None:
    assert offered_to(Role.HANDLER, state, CLOSES) == (
        {BatchAction.DELETE_BATCH} if state in ROSTER_EDITABLE else set()
    )


def offered_to(role: Role, state: BatchState, now: datetime) -> set[BatchAction]:
    filled = a_batch_to_fill()
    put_into(filled, state)
    with reading() as session:
        record = session.get_one(Batch, filled.batch_id)
        return set(actions_now(replace(filled.viewer, role=role), record, plan_of(session, record.plan_year), now))
