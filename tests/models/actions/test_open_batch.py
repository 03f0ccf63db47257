"""T01 and T02: who may open which batch, and when."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import update

from config.clock import SHANGHAI
from models.actions.keep_accounts import add_account, add_unit
from models.actions.open_batch import open_batch, own_code
from models.records.account import HandlerProfile
from models.records.batch import Batch
from models.records.database import reading, writing
from models.records.unit import EnrolmentCode
from models.records.viewer import Viewer
from models.rules.lifecycle import BatchState
from models.rules.permissions import Role
from models.rules.plan import EnrolmentType
from models.rules.refusal import Refused
from tests.records import IN_THE_CENTRAL_WINDOW, IN_THE_INSTANT_WINDOW, a_clerk, open_window
from tests.refusals import refused

CENTRAL, INSTANT = EnrolmentType.CENTRAL, EnrolmentType.INSTANT
CLOSES = datetime(2020, 5, 11, 17, 0, tzinfo=SHANGHAI)
A_SECOND = timedelta(seconds=1)


@pytest.fixture
def clerk(database: str) -> Viewer:
    """A handler with unit 0088D2, in the central window of 2020."""
    with writing() as session:
        open_window(session)
        return a_clerk(session)


def opened(
    viewer: Viewer, kind: EnrolmentType = CENTRAL, *, code: str = "0088D2", now: datetime = IN_THE_CENTRAL_WINDOW
) -> Batch:
    with writing() as session:
        return open_batch(session, viewer, code=code, enrolment_type=kind, now=now)


def a_free_code(code: str = "0099E9") -> str:
    with writing() as session:
        return add_unit(session, "上海豆荚食品有限公司", code, None, IN_THE_CENTRAL_WINDOW).code


def test_a_batch_begins_as_a_draft_with_the_first_number_of_the_day(clerk: Viewer) -> None:
    batch = opened(clerk)
    assert (batch.batch_no, batch.state, batch.plan_year) == ("SZSH202004200001", BatchState.ROSTER_DRAFT, "2020")


def test_a_batch_keeps_the_name_that_its_unit_has_now(clerk: Viewer) -> None:
    assert opened(clerk).unit_name == "上海第0088D2号机械有限公司"


def test_batches_are_numbered_by_the_day_in_shanghai(clerk: Viewer) -> None:
    one_minute_past_midnight = datetime(2020, 7, 1, 0, 1, tzinfo=SHANGHAI)
    assert opened(clerk, INSTANT, now=one_minute_past_midnight).batch_no == "SZSH202007010001"


def test_a_code_is_taken_in_small_letters_and_full_width(clerk: Viewer) -> None:
    assert opened(clerk, code="0088d2").code.code == "0088D2"


def test_a_second_central_batch_is_refused_and_names_the_first(clerk: Viewer) -> None:
    first = opened(clerk)
    with refused("BAT-001", batch=first.batch_no, year="2020"):
        opened(clerk)


def test_once_a_central_batch_has_expired_another_may_be_opened(clerk: Viewer) -> None:
    first = opened(clerk)
    with writing() as session:
        session.execute(update(Batch).where(Batch.id == first.id).values(state=BatchState.EXPIRED))
    assert opened(clerk).id != first.id


def test_two_clicks_at_once_open_one_central_batch(clerk: Viewer) -> None:
    def click(_: int) -> str:
        try:
            return opened(clerk).batch_no
        except Refused as refusal:
            return refusal.code

    with ThreadPoolExecutor(4) as threads:
        answers = sorted(threads.map(click, range(4)))
    assert answers[:3] == ["BAT-001"] * 3
    assert answers[3].startswith("SZSH")


def test_instant_batches_may_be_many(clerk: Viewer) -> None:
    numbers = [opened(clerk, INSTANT, now=IN_THE_INSTANT_WINDOW).batch_no for _ in range(3)]
    assert numbers == ["SZSH202007010001", "SZSH202007010002", "SZSH202007010003"]


@pytest.mark.parametrize(
    ("kind", "now", "code"),
    [
        (CENTRAL, datetime(2020, 3, 31, 23, 59, 59, tzinfo=SHANGHAI), "WIN-001"),
        (CENTRAL, CLOSES, "WIN-002"),
        (INSTANT, datetime(2020, 5, 11, 23, 59, 59, tzinfo=SHANGHAI), "WIN-003"),
        (INSTANT, datetime(2021, 4, 1, tzinfo=SHANGHAI), "WIN-004"),
    ],
    ids=["a second before the opening", "at five o'clock", "a second before instant opens", "after the year"],
)
@pytest.mark.usefixtures("sqlite")
def test_outside_its_window_no_batch_is_opened(kind: EnrolmentType, now: datetime, code: str) -> None:
    with writing() as session:
        open_window(session)
        viewer = a_clerk(session)
    with refused(code):
        opened(viewer, kind, now=now)


def test_a_second_before_five_o_clock_a_central_batch_is_opened(clerk: Viewer) -> None:
    assert opened(clerk, now=CLOSES - A_SECOND).state == BatchState.ROSTER_DRAFT


def test_a_plan_year_that_is_not_published_cannot_be_chosen(clerk: Viewer) -> None:
    with refused("SYS-003"), writing() as session:
        open_batch(session, clerk, code="0088D2", enrolment_type=CENTRAL, now=IN_THE_CENTRAL_WINDOW, plan_year="2019")


def test_an_unknown_code_is_refused(clerk: Viewer) -> None:
    with refused("COD-001"):
        opened(clerk, code="ZZZZZZ")


def test_another_accounts_code_is_refused(clerk: Viewer) -> None:
    with writing() as session:
        a_clerk(session, "3019BJ")
    with refused("COD-002", code="3019BJ"):
        opened(clerk, code="3019BJ")


@pytest.mark.parametrize("code", ["", "0088D", "0088D22", "0088-2", "参保编码一号"])
def test_a_malformed_code_is_refused(clerk: Viewer, code: str) -> None:
    with refused("COD-003"):
        opened(clerk, code=code)


def test_a_code_out_of_use_is_refused(clerk: Viewer) -> None:
    with writing() as session:
        session.execute(update(EnrolmentCode).values(active=False))
    with refused("COD-004", code="0088D2"):
        opened(clerk)


def test_a_free_code_belongs_to_the_account_from_its_first_batch_on(clerk: Viewer) -> None:
    code = opened(clerk, code=a_free_code()).code_id
    with reading() as session:
        bound = session.get_one(EnrolmentCode, code)
    assert (bound.account_id, bound.bound_by, bound.bound_at) == (
        clerk.account_id,
        "first_batch",
        IN_THE_CENTRAL_WINDOW,
    )


def test_a_refused_batch_leaves_a_free_code_free(clerk: Viewer) -> None:
    code = a_free_code()
    with refused("WIN-002"):
        opened(clerk, code=code, now=CLOSES)
    with reading() as session:
        assert session.query(EnrolmentCode).filter_by(code=code).one().account_id is None


def test_two_accounts_at_once_get_a_free_code_once(clerk: Viewer) -> None:
    with writing() as session:
        rival = a_clerk(session, "3019BJ")
    code = a_free_code()

    def open_it(viewer: Viewer) -> str:
        try:
            return opened(viewer, code=code).batch_no[:4]
        except Refused as refusal:
            return refusal.code

    with ThreadPoolExecutor(2) as threads:
        assert sorted(threads.map(open_it, [clerk, rival])) == ["COD-002", "SZSH"]


def test_without_a_profile_nothing_is_opened(clerk: Viewer) -> None:
    with writing() as session:
        account, _ = add_account(session, "new@unit.example", Role.HANDLER, now=IN_THE_CENTRAL_WINDOW)
    with refused("HDL-001"):
        opened(Viewer(account.id, Role.HANDLER))


def test_with_a_phone_that_is_not_verified_nothing_is_opened(clerk: Viewer) -> None:
    with writing() as session:
        session.execute(update(HandlerProfile).values(phone_verified_at=None))
    with refused("HDL-001"):
        opened(clerk)


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.HANDLER])
@pytest.mark.usefixtures("sqlite")
def test_nobody_but_a_handler_opens_a_batch(role: Role) -> None:
    with writing() as session:
        open_window(session)
        viewer = replace(a_clerk(session), role=role)
    with refused("AUTH-006"):
        opened(viewer)


def test_a_code_comes_with_its_unit(clerk: Viewer) -> None:
    with reading() as session:
        code = own_code(session, clerk, "0088D2")
    assert code.unit.name == "上海第0088D2号机械有限公司"
