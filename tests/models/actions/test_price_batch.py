"""生成保费信息 and 提交确认保费 (DOMAIN 5, 11.2): T10, T11."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest
from sqlalchemy import update

from config.clock import SHANGHAI
from config.plans import plan_data
from models.actions.price_batch import confirm_premium
from models.records.batch import Batch
from models.records.database import reading, writing
from models.records.plan_year import PlanYearRecord
from models.records.premium import PremiumPreview
from models.rules.lifecycle import BatchState
from models.rules.permissions import Role
from models.rules.plan import EnrolmentType
from tests.imports import the_batch
from tests.people import audited
from tests.premiums import (
    BASICS,
    a_batch_in,
    charges_of,
    confirmed,
    later,
    priced,
    submitted_with,
    took_part,
)
from tests.records import BatchOf, a_batch_to_fill
from tests.refusals import refused

CLOSES = datetime(2020, 5, 11, 17, 0, tzinfo=SHANGHAI)
SECOND = timedelta(seconds=1)


def on(day: str, hour: int = 12) -> datetime:
    return datetime.combine(date.fromisoformat(day), time(hour), tzinfo=SHANGHAI)


@pytest.fixture
def batch(database: str) -> BatchOf:
    """A central batch with three people of 职保 and one outside, its roster submitted."""
    return submitted_with(a_batch_to_fill(), 3, 1)


def put_into(batch: BatchOf, state: BatchState) -> None:
    with writing() as session:
        session.execute(update(Batch).where(Batch.id == batch.batch_id).values(state=state))


def previews() -> int:
    with reading() as session:
        return session.query(PremiumPreview).count()


def test_a_preview_freezes_nothing(batch: BatchOf) -> None:
    before = the_batch(batch)
    preview = priced(batch)
    after = the_batch(batch)
    assert (after.state, after.version, after.projects, after.total_fen) == (before.state, before.version, None, None)
    assert charges_of(batch) == [None] * 4
    assert (preview.projects, preview.total_fen, preview.locked) == (BASICS, 3 * 18000 + 5500 + 1500, False)


def test_a_preview_replaces_the_one_before(batch: BatchOf) -> None:
    first, second = priced(batch), priced(batch, ["C0"])
    assert first.token != second.token
    assert previews() == 1


def test_projects_are_kept_in_the_plans_order(batch: BatchOf) -> None:
    assert priced(batch, ["C2", "C0", "A1", "B0"]).projects == ["B0", "C0", "A1", "C2"]


Refusing = Callable[[BatchOf], BatchOf]


def of_a_stranger(batch: BatchOf) -> BatchOf:
    return replace(batch, viewer=a_batch_to_fill("3019BJ").viewer)


def of_a_reviewer(batch: BatchOf) -> BatchOf:
    return replace(batch, viewer=replace(batch.viewer, role=Role.REVIEWER))


def paid_already(batch: BatchOf) -> BatchOf:
    put_into(batch, BatchState.AWAITING_PAYMENT)
    return batch


def not_submitted(batch: BatchOf) -> BatchOf:
    put_into(batch, BatchState.ROSTER_DRAFT)
    return batch


def at_five_o_clock(batch: BatchOf) -> BatchOf:
    return later(batch, CLOSES)


BEFORE_THE_CONTENT = [
    (of_a_reviewer, "AUTH-006"),
    (of_a_stranger, "BAT-005"),
    (paid_already, "BAT-002"),
    (not_submitted, "BAT-002"),
    (at_five_o_clock, "WIN-002"),
]


@pytest.mark.parametrize(("makes", "code"), BEFORE_THE_CONTENT)
def test_what_the_state_refuses_comes_before_the_projects(batch: BatchOf, makes: Refusing, code: str) -> None:
    with refused(code):
        priced(makes(batch), ["A0", "A0"])


@pytest.mark.parametrize(("makes", "code"), BEFORE_THE_CONTENT)
def test_what_the_state_refuses_comes_before_the_preview(batch: BatchOf, makes: Refusing, code: str) -> None:
    with refused(code):
        confirmed(makes(batch), "no such preview")


def test_a_stale_version_comes_before_the_projects(batch: BatchOf) -> None:
    with refused("BAT-004"):
        priced(batch, ["A0", "A0"], version=the_batch(batch).version - 1)


def test_a_stale_version_comes_before_the_preview(batch: BatchOf) -> None:
    stale = the_batch(batch).version - 1
    with refused("BAT-004"), writing() as session:
        confirm_premium(session, batch.viewer, batch.batch_no, "no such preview", (), batch.now, version=stale)


@pytest.mark.parametrize(
    ("projects", "code"),
    [
        (["Z9", "Z9"], "PRJ-004"),
        (["Z9"], "PRJ-005"),
        ([], "PRJ-001"),
        (["A1", "A2"], "PRJ-003"),
        (["A0", "A1", "A2"], "PRJ-002"),
        (["A0"], "PRJ-006"),
    ],
)
def test_the_first_rule_that_a_selection_breaks_is_named(batch: BatchOf, projects: list[str], code: str) -> None:
    with refused(code):
        priced(batch, projects)
    assert previews() == 0


def test_a_second_before_five_o_clock_a_central_premium_is_confirmed(batch: BatchOf) -> None:
    just_in_time = later(batch, CLOSES - SECOND)
    assert confirmed(just_in_time, priced(just_in_time).token).state == BatchState.AWAITING_PAYMENT


@pytest.fixture
def instant(database: str) -> BatchOf:
    """An instant batch, submitted on 1 July 2020, of a unit that took no part in the central enrolment."""
    return submitted_with(a_batch_in(plan_data("2020"), on("2020-07-01"), EnrolmentType.INSTANT), 2, 1)


def test_an_instant_premium_is_confirmed_within_fifteen_days(instant: BatchOf) -> None:
    last = later(instant, on("2020-07-17", 0) - SECOND)
    assert confirmed(last, priced(last).token).total_fen == 2 * 18000 + 7000


def test_after_fifteen_days_an_instant_premium_is_not_confirmed(instant: BatchOf) -> None:
    token = priced(instant).token
    with refused("BAT-006", date="2020-07-16"):
        confirmed(later(instant, on("2020-07-17", 0)), token)


def test_confirming_freezes_projects_amount_charges_and_dates(batch: BatchOf) -> None:
    version = the_batch(batch).version
    confirmed(batch, priced(batch, [*BASICS, "A1"]).token)
    after = the_batch(batch)
    assert (after.state, after.version, after.updated_at) == (BatchState.AWAITING_PAYMENT, version + 1, batch.now)
    assert (after.projects, after.projects_locked) == ([*BASICS, "A1"], False)
    assert charges_of(batch) == [31500, 31500, 31500, 20500]
    assert after.total_fen == 3 * 31500 + 20500
    assert (after.payment_due_on, after.payment_cutoff_on) == (date(2020, 5, 26), date(2020, 5, 26))


def test_people_of_other_rosters_are_not_charged(batch: BatchOf) -> None:
    other = submitted_with(a_batch_to_fill("3019BJ"), 2, first=100)
    took_part(batch)
    assert charges_of(other) == [None, None]


def test_what_is_generated_and_confirmed_is_written_down(batch: BatchOf) -> None:
    confirmed(batch, priced(batch).token)
    generated, done = (audited(action)[0] for action in ("generate_premium", "confirm_premium"))
    assert {generated.batch_id, done.batch_id} == {batch.batch_id}
    assert generated.details == {"projects": BASICS, "locked": False, "total_fen": 61000}
    assert done.details == {
        "projects": BASICS,
        "total_fen": 61000,
        "acknowledged": [],
        "payment_due_on": "2020-05-26",
        "payment_cutoff_on": "2020-05-26",
    }


def test_only_the_latest_preview_is_confirmed(batch: BatchOf) -> None:
    old = priced(batch).token
    priced(batch, ["C0"])
    with refused("FEE-001"):
        confirmed(batch, old)
    assert charges_of(batch) == [None] * 4


def test_without_a_preview_nothing_is_confirmed(batch: BatchOf) -> None:
    with refused("FEE-001"):
        confirmed(batch, "")


def test_a_preview_of_another_roster_is_not_confirmed(batch: BatchOf) -> None:
    token = priced(batch).token
    with writing() as session:
        session.get_one(Batch, batch.batch_id).roster_version += 1
    with refused("FEE-001"):
        confirmed(batch, token)


def test_a_preview_of_another_plan_year_is_not_confirmed(batch: BatchOf) -> None:
    token = priced(batch).token
    with writing() as session:
        session.get_one(PlanYearRecord, "2020").loaded_at += SECOND
    with refused("FEE-001"):
        confirmed(batch, token)


def test_charges_that_do_not_add_up_confirm_nothing(batch: BatchOf) -> None:
    token = priced(batch).token
    with writing() as session:
        session.get_one(PremiumPreview, batch.batch_id).total_fen += 1
    with pytest.raises(AssertionError, match="61000 fen, not 61001"):
        confirmed(batch, token)
    assert (the_batch(batch).total_fen, charges_of(batch)) == (None, [None] * 4)


def test_a_roster_of_others_alone_is_told_that_a0_costs_nothing(database: str) -> None:
    batch = submitted_with(a_batch_to_fill(), 0, 2)
    preview = priced(batch)
    assert [notice.code for notice in preview.notices] == ["PRJ-009"]
    assert confirmed(batch, preview.token).total_fen == 2 * 7000


@pytest.fixture
def late(database: str) -> BatchOf:
    """An instant batch submitted on 1 March 2021, too late for 在职住院 and 特种重病 to take effect."""
    return submitted_with(a_batch_in(plan_data("2020"), on("2021-03-01"), EnrolmentType.INSTANT), 1)


@pytest.mark.parametrize("acknowledged", [set(), {"PRJ-008"}, {"PRJ-010"}, {"PRJ-009"}])
def test_each_warning_must_be_acknowledged(late: BatchOf, acknowledged: set[str]) -> None:
    preview = priced(late, ["A0", "A1"])
    with refused("PRJ-012"):
        confirmed(late, preview.token, acknowledged)
    assert the_batch(late).state == BatchState.ROSTER_SUBMITTED


def test_acknowledged_warnings_are_written_down(late: BatchOf) -> None:
    confirmed(late, priced(late, ["A0", "A1"]).token, ["PRJ-010", "PRJ-008", "PRJ-999"])
    assert audited("confirm_premium")[0].details["acknowledged"] == ["PRJ-008", "PRJ-010"]


def test_a_stale_preview_is_named_before_a_missing_acknowledgement(late: BatchOf) -> None:
    priced(late, ["A0", "A1"])
    with refused("FEE-001"):
        confirmed(late, "old")
