"""生成保费信息 and 提交确认保费 after 批次撤回 (DOMAIN 11.2)."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest

from config.clock import SHANGHAI
from config.plans import plan_data
from models.actions.withdraw_batch import withdraw_batch
from models.records.database import writing
from models.rules.lifecycle import BatchAction, BatchState
from models.rules.plan import EnrolmentType
from tests.imports import submitted, the_batch
from tests.premiums import (
    a_batch_in,
    confirmed,
    later,
    priced,
    submitted_with,
    took_part,
)
from tests.records import BatchOf, a_batch_to_fill
from tests.refusals import refused

SECOND = timedelta(seconds=1)


def on(day: str, hour: int = 12) -> datetime:
    return datetime.combine(date.fromisoformat(day), time(hour), tzinfo=SHANGHAI)


@pytest.fixture
def batch(database: str) -> BatchOf:
    """A central batch with three people of 职保 and one outside, its roster submitted."""
    return submitted_with(a_batch_to_fill(), 3, 1)


def withdrawn(batch: BatchOf, to: BatchAction, now: datetime) -> None:
    with writing() as session:
        withdraw_batch(session, batch.viewer, batch.batch_no, to, "选错了", now)


def test_after_the_projects_are_chosen_again_the_first_dates_stay(database: str) -> None:
    batch = took_part(submitted_with(a_batch_in(plan_data("2020"), on("2020-07-01"), EnrolmentType.INSTANT), 1))
    withdrawn(batch, BatchAction.WITHDRAW_TO_PROJECTS, on("2020-07-10"))
    again = later(batch, on("2020-07-12"))
    confirmed(again, priced(again, ["C0"]).token)
    after = the_batch(batch)
    assert (after.projects, after.total_fen) == (["C0"], 1500)
    assert (after.payment_due_on, after.payment_cutoff_on) == (date(2020, 7, 16), date(2020, 7, 19))


def test_once_the_kept_cut_off_has_passed_nothing_is_confirmed(database: str) -> None:
    batch = took_part(submitted_with(a_batch_in(plan_data("2020"), on("2020-07-01"), EnrolmentType.INSTANT), 1))
    withdrawn(batch, BatchAction.WITHDRAW_TO_PROJECTS, on("2020-07-19"))
    last = later(batch, on("2020-07-20", 0) - SECOND)
    token = priced(last).token
    for attempt in (
        lambda: priced(batch, now=on("2020-07-20", 0)),
        lambda: confirmed(later(batch, on("2020-07-20", 0)), token),
    ):
        with refused("PAY-009", date="2020-07-19"):
            attempt()
    assert confirmed(last, token).state == BatchState.AWAITING_PAYMENT


def test_after_the_roster_is_put_together_again_new_dates_are_set(database: str) -> None:
    batch = took_part(submitted_with(a_batch_in(plan_data("2020"), on("2020-07-01"), EnrolmentType.INSTANT), 1))
    withdrawn(batch, BatchAction.WITHDRAW_TO_ROSTER, on("2020-07-02"))
    again = submitted(later(batch, on("2020-07-08")))
    took_part(again)
    assert (the_batch(batch).payment_due_on, the_batch(batch).payment_cutoff_on) == (
        date(2020, 7, 23),
        date(2020, 7, 26),
    )


@pytest.mark.parametrize("to", [BatchAction.WITHDRAW_TO_ROSTER, BatchAction.WITHDRAW_TO_PROJECTS])
def test_a_preview_from_before_a_withdrawal_is_not_confirmed(batch: BatchOf, to: BatchAction) -> None:
    token = priced(batch).token
    confirmed(batch, token)
    withdrawn(batch, to, batch.now)
    if to is BatchAction.WITHDRAW_TO_ROSTER:
        submitted(batch)
    with refused("FEE-001"):
        confirmed(batch, token)
