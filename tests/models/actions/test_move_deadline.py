"""截止时间调整: a published date moves, and nobody loses by it (DOMAIN 3.3)."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select, update

from config.clock import SHANGHAI
from models.actions.keep_plans import fingerprint_of, load_plan
from models.actions.move_deadline import Moving, move_deadlines
from models.queries.moved_deadline import concerned
from models.queries.reinstatement import count_reinstatable, list_reinstatable
from models.records.batch import Batch
from models.records.database import reading, writing
from models.records.notice import Notice
from models.records.plan_year import PlanYearRecord, plan_of
from models.records.unit import EnrolmentCode
from models.rules.lifecycle import BatchAction, BatchState
from models.rules.moved_deadline import MovableDate, Moved, moved_plan
from models.rules.permissions import Role
from models.rules.plan import EnrolmentType, PlanYear
from tests.builders import a_person, resident_id
from tests.checks import batch_has
from tests.expired import expired, reinstated
from tests.imports import another_batch, submitted, the_batch
from tests.people import audited, somebody_of
from tests.premiums import confirmed as confirmed_by
from tests.premiums import later
from tests.records import BatchOf, a_batch_to_fill, people_on
from tests.refusals import refused
from tests.stages import confirmed, priced, put_into, withdraw
from tests.vouchers import a_batch_to_pay, a_paying_unit, another_to_pay, reject, staff, submit, told

D, S = MovableDate, BatchState
MAY_20 = datetime(2020, 5, 20, 17, 0, tzinfo=SHANGHAI)
JUNE_5 = date(2020, 6, 5)
CLOSED = datetime(2020, 5, 13, 9, 0, tzinfo=SHANGHAI)


def moved(
    wanted: Mapping[MovableDate, Moved],
    batch: BatchOf,
    *,
    now: datetime | None = None,
    reason: str = "上级部署",
    fingerprint: str | None = None,
) -> Moving:
    """By an administrator, committed."""
    admin = staff(Role.ADMIN, batch.now)
    with writing() as session:
        return move_deadlines(session, admin, "2020", wanted, reason, now or batch.now, fingerprint=fingerprint)


def the_plan() -> PlanYear:
    with reading() as session:
        return plan_of(session, "2020")


def offered(now: datetime) -> list[tuple[str, str]]:
    """What is offered for 恢复, and what stands in the way of it."""
    with reading() as session:
        page = list_reinstatable(session, plan_of(session, "2020"), now)
        assert page.total == len(page.batches) == count_reinstatable(session, plan_of(session, "2020"), now)
        return [(one.batch.batch_no, one.in_the_way) for one in page.batches]


def test_the_window_of_everybody_ends_at_the_new_time(database: str) -> None:
    batch = a_batch_to_fill()
    people_on(batch, [a_person()])
    moved({D.CENTRAL_CLOSE_AT: MAY_20}, batch)
    confirmed(submitted(later(batch, MAY_20 - timedelta(seconds=1))))
    with refused("WIN-005"):
        withdraw(batch, now=MAY_20)


def test_it_is_written_down_with_before_and_after(database: str) -> None:
    batch = a_batch_to_pay()
    done = moved({D.CENTRAL_CLOSE_AT: MAY_20, D.CENTRAL_PAYMENT_CLOSE_ON: JUNE_5}, batch, reason=" 疫情 ")
    assert (dict(done.moved), done.lengthened) == ({D.CENTRAL_CLOSE_AT: MAY_20, D.CENTRAL_PAYMENT_CLOSE_ON: JUNE_5}, 1)
    of_batch, of_year = audited("move_deadline")
    assert of_year.details == {
        "year": "2020",
        "reason": "疫情",
        "before": {"central_close_at": "2020-05-11T17:00:00+08:00", "central_payment_close_on": "2020-05-26"},
        "after": {"central_close_at": "2020-05-20T17:00:00+08:00", "central_payment_close_on": "2020-06-05"},
        "batches": 1,
    }
    assert of_batch.batch_id == batch.batch_id
    assert of_batch.details["before"] == {"payment_due_on": "2020-05-26", "payment_cutoff_on": "2020-05-26"}
    assert of_batch.details["after"] == {"payment_due_on": "2020-06-05", "payment_cutoff_on": "2020-06-05"}


def test_only_later_dates_of_payment_follow_and_none_is_ever_shortened(database: str) -> None:
    batch = a_batch_to_pay()
    late = another_to_pay(batch, "0088D8")
    put_into(late, S.AWAITING_PAYMENT, payment_due_on=date(2020, 6, 30), payment_cutoff_on=date(2020, 6, 30))
    assert moved({D.CENTRAL_PAYMENT_CLOSE_ON: JUNE_5}, batch).lengthened == 1
    assert (the_batch(batch).payment_due_on, the_batch(batch).payment_cutoff_on) == (JUNE_5, JUNE_5)
    assert the_batch(late).payment_due_on == date(2020, 6, 30)


def test_a_later_close_of_the_window_alone_moves_no_date_of_payment(database: str) -> None:
    batch = a_batch_to_pay()
    assert moved({D.CENTRAL_CLOSE_AT: MAY_20}, batch).lengthened == 0
    assert the_batch(batch).payment_due_on == date(2020, 5, 26)


def test_a_rejected_voucher_and_dates_that_were_kept_have_the_time_as_well(database: str) -> None:
    paying = a_paying_unit()
    submit(paying)
    reject(paying)
    kept = another_to_pay(paying.batch, "0088D8")
    withdraw(kept, BatchAction.WITHDRAW_TO_PROJECTS)
    moved({D.CENTRAL_PAYMENT_CLOSE_ON: JUNE_5}, paying.batch)
    assert the_batch(paying.batch).resubmit_by == JUNE_5
    assert the_batch(kept).payment_cutoff_on == JUNE_5


def test_instant_batches_and_what_is_over_keep_their_dates(database: str) -> None:
    batch = a_batch_to_pay()
    for other, state, kind in (("0088D7", S.ENROLLED, "central"), ("0088D8", S.AWAITING_PAYMENT, "instant")):
        put_into(another_to_pay(batch, other, first=100 + ord(other[-1])), state, enrolment_type=kind)
    assert moved({D.CENTRAL_PAYMENT_CLOSE_ON: JUNE_5}, batch).lengthened == 1


def test_a_batch_that_was_reinstated_until_earlier_has_the_new_time_as_well(database: str) -> None:
    draft = a_batch_to_fill()
    unpaid = another_to_pay(draft, "0088D8")
    until = datetime(2020, 5, 15, 12, 0, tzinfo=SHANGHAI)
    for batch in (draft, unpaid):
        reinstated(expired(batch, CLOSED), until, now=CLOSED)
    moved({D.CENTRAL_CLOSE_AT: MAY_20, D.CENTRAL_PAYMENT_CLOSE_ON: JUNE_5}, draft, now=CLOSED)
    assert the_batch(draft).reinstated_until == MAY_20
    assert the_batch(unpaid).reinstated_until == datetime(2020, 6, 6, 0, 0, tzinfo=SHANGHAI)


def test_previews_stay_current_since_prices_and_cover_do(database: str) -> None:
    batch = a_batch_to_fill()
    people_on(batch, [a_person()])
    preview = priced(submitted(batch))
    moved({D.CENTRAL_CLOSE_AT: MAY_20}, batch)
    confirmed_by(batch, preview.token)
    assert the_batch(batch).state == S.AWAITING_PAYMENT


def test_every_unit_concerned_is_told_once_of_each_date(database: str) -> None:
    batch = a_batch_to_fill()
    other = a_batch_to_fill("0088D7")
    put_into(other, S.DELETED)  # it has its code yet
    idle = a_batch_to_fill("0088D9")
    put_into(idle, S.DELETED)
    with writing() as session:
        session.execute(update(EnrolmentCode).where(EnrolmentCode.code == "0088D9").values(account_id=None))
    moved({D.CENTRAL_CLOSE_AT: MAY_20, D.CENTRAL_PAYMENT_CLOSE_ON: JUNE_5}, batch)
    with reading() as session:
        heard = session.scalars(select(Notice.account_id).where(Notice.code == "NTF-13")).all()
    assert sorted(heard) == sorted([batch.viewer.account_id, other.viewer.account_id] * 2)
    sentences = [(values["year"], values["what"], values["when"]) for values in told("NTF-13")]
    assert set(sentences) == {
        ("2020", "集中参保截止时间", "2020-05-20 17:00"),
        ("2020", "集中参保缴费截止日", "2020-06-05 24:00"),
    }


def test_a_date_that_moves_twice_is_told_twice(database: str) -> None:
    batch = a_batch_to_fill()
    moved({D.CENTRAL_CLOSE_AT: MAY_20}, batch)
    moved({D.CENTRAL_CLOSE_AT: MAY_20 + timedelta(days=1)}, batch, now=batch.now + timedelta(hours=1))
    assert len(told("NTF-13")) == 2


def test_batches_that_expired_because_of_the_old_date_are_offered(database: str) -> None:
    batch = a_batch_to_fill()
    waiting = [another_batch(batch.viewer, f"0088A{number}", now=batch.now) for number in range(2)]
    for number, one in enumerate(waiting):
        put_into(one, (S.ROSTER_FAILED, S.ROSTER_SUBMITTED)[number])
    unpaid = another_to_pay(batch, "0088D8")
    for one in (batch, *waiting, unpaid):
        expired(one, CLOSED)
    assert offered(CLOSED) == []
    moved({D.CENTRAL_CLOSE_AT: MAY_20}, batch, now=CLOSED)
    assert [number for number, _ in offered(CLOSED)] == [one.batch_no for one in (batch, *waiting)]
    late = datetime(2020, 5, 28, 9, 0, tzinfo=SHANGHAI)
    moved({D.CENTRAL_PAYMENT_CLOSE_ON: JUNE_5}, batch, now=late)
    assert offered(late) == [(unpaid.batch_no, "")]


def test_what_expired_for_another_reason_is_not_offered(database: str) -> None:
    batch = a_batch_to_fill()
    instant = another_batch(batch.viewer, "0088D8", now=batch.now)
    longer = another_to_pay(batch, "0088D9")
    put_into(instant, S.ROSTER_DRAFT, enrolment_type=EnrolmentType.INSTANT)
    put_into(longer, S.AWAITING_PAYMENT, payment_cutoff_on=date(2020, 6, 10))
    for one in (instant, longer):
        expired(one, CLOSED)
    moved({D.CENTRAL_CLOSE_AT: MAY_20, D.CENTRAL_PAYMENT_CLOSE_ON: JUNE_5}, batch, now=CLOSED)
    assert offered(CLOSED) == []


def test_a_unit_with_another_central_batch_is_offered_with_that_in_the_way(database: str) -> None:
    batch = expired(a_batch_to_fill())
    second = another_batch(batch.viewer, "0088D8", now=batch.now)
    with writing() as session:
        to_its_code = update(Batch).where(Batch.id == second.batch_id)
        session.execute(to_its_code.values(code_id=the_batch(batch).code_id))
    assert offered(batch.now) == [(batch.batch_no, second.batch_no)]


def test_the_preview_counts_what_the_move_then_does(database: str) -> None:
    batch = a_batch_to_fill()
    another_to_pay(batch, "0088D8")
    expired(another_batch(batch.viewer, "0088D9", now=batch.now), CLOSED)
    wanted = {D.CENTRAL_CLOSE_AT: MAY_20, D.CENTRAL_PAYMENT_CLOSE_ON: JUNE_5}
    with reading() as session:
        record = session.get_one(PlanYearRecord, "2020")
        after = moved_plan(record.data, wanted, CLOSED, [])
        seen = concerned(session, record.plan(), after, CLOSED)
    assert (seen.to_confirm, seen.lengthened, seen.reinstatable) == (1, 1, 1)
    assert moved(wanted, batch, now=CLOSED).lengthened == seen.lengthened
    assert len(offered(CLOSED)) == seen.reinstatable


@pytest.mark.parametrize(
    ("wanted", "reason", "code"),
    [
        ({D.CENTRAL_CLOSE_AT: MAY_20}, " ", "SYS-002"),
        ({D.CENTRAL_CLOSE_AT: MAY_20}, "长" * 501, "SYS-003"),
        ({}, "因", "SYS-002"),
        ({D.CENTRAL_CLOSE_AT: MAY_20 - timedelta(days=12)}, "因", "SYS-003"),
    ],
)
def test_what_is_refused_changes_nothing_and_tells_nobody(
    database: str, wanted: Mapping[MovableDate, Moved], reason: str, code: str
) -> None:
    batch = a_batch_to_fill()
    with refused(code):
        moved(wanted, batch, reason=reason)
    assert the_plan().central_close_at == datetime(2020, 5, 11, 17, 0, tzinfo=SHANGHAI)
    assert told("NTF-13") == []


def test_a_year_that_has_changed_since_is_refused(database: str) -> None:
    batch = a_batch_to_fill()
    with reading() as session:
        seen = fingerprint_of(session.get_one(PlanYearRecord, "2020").data)
    moved({D.CENTRAL_CLOSE_AT: MAY_20}, batch, fingerprint=seen)
    with refused("BAT-004"):
        moved({D.CENTRAL_CLOSE_AT: MAY_20 + timedelta(days=1)}, batch, fingerprint=seen)


def test_a_draft_and_an_unknown_year_have_no_published_dates(database: str) -> None:
    batch = a_batch_to_fill()
    admin = staff(Role.ADMIN, batch.now)
    with reading() as session:
        data = {**session.get_one(PlanYearRecord, "2020").data, "plan_year": "2021"}
    with writing() as session:
        load_plan(session, data, batch.now)
    for year in ("2021", "2022"):
        with refused("BAT-005"), writing() as session:
            move_deadlines(session, admin, year, {D.CENTRAL_CLOSE_AT: MAY_20}, "因", batch.now)


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.ADMIN}))
def test_nobody_but_an_administrator_moves_a_date(database: str, role: Role) -> None:
    batch = a_batch_to_fill()
    with refused("AUTH-006"), writing() as session:
        move_deadlines(session, somebody_of(role, batch), "2020", {D.CENTRAL_CLOSE_AT: MAY_20}, "因", batch.now)


def test_whoever_confirms_at_the_same_moment_has_the_later_date(database: str) -> None:
    batch = a_batch_to_fill()
    batches = [another_batch(batch.viewer, f"0088A{number}", now=batch.now) for number in range(4)]
    previews = []
    for number, one in enumerate(batches):
        people_on(one, [a_person(id_no=resident_id(sequence=number))])
        previews.append(priced(submitted(one)).token)
        if number % 2:  # with a deadline of its own, which moves with the year's
            batch_has(one, reinstated_until=MAY_20)
    staff(Role.ADMIN, batch.now)
    with ThreadPoolExecutor(5) as threads:
        work = [threads.submit(confirmed_by, *pair) for pair in zip(batches, previews, strict=True)]
        work.append(threads.submit(moved, {D.CENTRAL_PAYMENT_CLOSE_ON: JUNE_5}, batch))
        for one in work:
            one.result()
    assert {the_batch(one).payment_due_on for one in batches} == {JUNE_5}
