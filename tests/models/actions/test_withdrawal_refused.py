"""批次撤回 refused: until when, from which state, by whom (WIN-005, WDR-001 to WDR-006, PAY-009)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from config.clock import SHANGHAI
from models.actions.withdraw_batch import REASON_LENGTH
from models.rules.lifecycle import CLAIMING, BatchAction, BatchState
from models.rules.permissions import Role
from models.rules.plan import EnrolmentType
from tests.builders import a_person, resident_id
from tests.claims import claims_of
from tests.imports import another_batch, submitted, the_batch
from tests.records import IN_THE_INSTANT_WINDOW, BatchOf, a_batch_to_fill, people_on
from tests.refusals import refused
from tests.stages import awaiting_payment, confirmed, put_into, withdraw

TO_ROSTER, TO_PROJECTS = BatchAction.WITHDRAW_TO_ROSTER, BatchAction.WITHDRAW_TO_PROJECTS
PEOPLE = [a_person(name=name, id_no=resident_id(sequence=number)) for number, name in enumerate("甲乙丙丁")]
A_SECOND = timedelta(seconds=1)
CENTRAL_CLOSES = datetime(2020, 5, 11, 17, 0, tzinfo=SHANGHAI)
INSTANT_CLOSES = datetime(2021, 3, 31, tzinfo=SHANGHAI)
CUTOFF_PASSES = datetime(2020, 7, 20, tzinfo=SHANGHAI)
"""An instant premium that was confirmed on 1 July is due on the 16th, with three days' grace."""


@pytest.fixture
def batch(database: str) -> BatchOf:
    """A central batch of four people."""
    filled = a_batch_to_fill()
    people_on(filled, PEOPLE)
    return filled


@pytest.fixture
def instant(database: str) -> BatchOf:
    """An instant batch of four people, whose unit has taken part in no central enrolment."""
    clerk = a_batch_to_fill(now=IN_THE_INSTANT_WINDOW - timedelta(days=60))
    filled = another_batch(clerk.viewer, "0088D2", EnrolmentType.INSTANT, now=IN_THE_INSTANT_WINDOW)
    people_on(filled, PEOPLE)
    return filled


@pytest.mark.parametrize("to", [TO_ROSTER, TO_PROJECTS])
def test_a_second_before_the_central_close_both_ways_are_open(batch: BatchOf, to: BatchAction) -> None:
    awaiting_payment(batch)
    assert withdraw(batch, to, now=CENTRAL_CLOSES - A_SECOND).id == batch.batch_id


@pytest.mark.parametrize("to", [TO_ROSTER, TO_PROJECTS])
def test_from_the_central_close_on_neither_is(batch: BatchOf, to: BatchAction) -> None:
    awaiting_payment(batch)
    with refused("WIN-005"):
        withdraw(batch, to, now=CENTRAL_CLOSES)
    assert len(claims_of(batch)) == 4


def test_a_longer_central_window_is_longer_for_withdrawals_too(batch: BatchOf) -> None:
    awaiting_payment(batch)
    put_into(batch, BatchState.AWAITING_PAYMENT, central_extension_until=CENTRAL_CLOSES + timedelta(days=1))
    assert withdraw(batch, now=CENTRAL_CLOSES).state == BatchState.ROSTER_DRAFT


def test_an_instant_roster_comes_back_until_instant_enrolment_ends(instant: BatchOf) -> None:
    submitted(instant)
    with refused("WDR-006"):
        withdraw(instant, now=INSTANT_CLOSES)
    assert withdraw(instant, now=INSTANT_CLOSES - A_SECOND).state == BatchState.ROSTER_DRAFT


def test_instant_projects_are_chosen_again_until_the_last_day_of_payment_is_over(instant: BatchOf) -> None:
    awaiting_payment(instant)
    with refused("PAY-009", batch=instant.batch_no, date="2020-07-19"):
        withdraw(instant, TO_PROJECTS, now=CUTOFF_PASSES)
    assert withdraw(instant, TO_PROJECTS, now=CUTOFF_PASSES - A_SECOND).state == BatchState.ROSTER_SUBMITTED


def test_projects_of_the_central_enrolment_are_not_chosen_again(batch: BatchOf) -> None:
    awaiting_payment(batch)
    instant = another_batch(batch.viewer, "0088D2", EnrolmentType.INSTANT, now=IN_THE_INSTANT_WINDOW)
    people_on(instant, [a_person(name="戊", id_no=resident_id(sequence=9))])
    confirmed(submitted(instant), None)
    with refused("WDR-005"):
        withdraw(instant, TO_PROJECTS)
    assert withdraw(instant).state == BatchState.ROSTER_DRAFT
    assert the_batch(instant).projects_locked is False


@pytest.mark.parametrize("state", [BatchState.PAYMENT_REVIEW, BatchState.PAYMENT_REJECTED])
@pytest.mark.parametrize("to", [TO_ROSTER, TO_PROJECTS, None])
def test_once_the_voucher_was_submitted_nothing_comes_back(
    batch: BatchOf, state: BatchState, to: BatchAction | None
) -> None:
    put_into(awaiting_payment(batch), state)
    with refused("WDR-002"):
        withdraw(batch, to)


def test_an_enrolled_batch_stays_enrolled(batch: BatchOf) -> None:
    put_into(awaiting_payment(batch), BatchState.ENROLLED)
    with refused("BAT-002", status="参保成功"):
        withdraw(batch)


def test_before_projects_are_confirmed_there_are_none_to_choose_again(batch: BatchOf) -> None:
    submitted(batch)
    with refused("BAT-002", status="清册校验通过"):
        withdraw(batch, TO_PROJECTS)


def test_whereto_must_be_said(batch: BatchOf) -> None:
    awaiting_payment(batch)
    with refused("WDR-003"):
        withdraw(batch, None)


@pytest.mark.parametrize("reason", ["", "  \n　"])
def test_a_withdrawal_without_a_reason_is_refused(batch: BatchOf, reason: str) -> None:
    awaiting_payment(batch)
    with refused("WDR-001"):
        withdraw(batch, reason=reason)
    assert the_batch(batch).state == BatchState.AWAITING_PAYMENT


def test_a_reason_has_an_end(batch: BatchOf) -> None:
    awaiting_payment(batch)
    with refused("SYS-003"):
        withdraw(batch, reason="因" * (REASON_LENGTH + 1))
    assert withdraw(batch, reason="因" * REASON_LENGTH).state == BatchState.ROSTER_DRAFT


def test_whoever_saw_another_version_is_refused(batch: BatchOf) -> None:
    awaiting_payment(batch)
    version = the_batch(batch).version
    with refused("BAT-004"):
        withdraw(batch, version=version - 1)
    assert withdraw(batch, version=version).version == version + 1


@pytest.mark.parametrize("to", [TO_ROSTER, None])
def test_somebody_elses_batch_does_not_exist(batch: BatchOf, to: BatchAction | None) -> None:
    awaiting_payment(batch)
    stranger = a_batch_to_fill("3019BJ").viewer
    with refused("BAT-005"):
        withdraw(replace(batch, viewer=stranger), to)


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.HANDLER}))
@pytest.mark.parametrize("to", [TO_ROSTER, None])
def test_only_handlers_withdraw(batch: BatchOf, role: Role, to: BatchAction | None) -> None:
    awaiting_payment(batch)
    with refused("AUTH-006"):
        withdraw(replace(batch, viewer=replace(batch.viewer, role=role)), to)


def test_of_two_clicks_one_withdraws(batch: BatchOf) -> None:
    awaiting_payment(batch)
    withdraw(batch, TO_PROJECTS)
    with refused("BAT-002", status="清册校验通过"):
        withdraw(batch, TO_PROJECTS)
    assert the_batch(batch).state in CLAIMING
