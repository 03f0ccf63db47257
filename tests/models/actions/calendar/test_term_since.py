"""Since when a batch has its term: by whatever gives it one, and by nothing else. It is reminded of that alone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

import pytest

from models.actions.decide_voucher import void_voucher
from models.actions.move_deadline import move_deadlines
from models.records.database import writing
from models.rules.lifecycle import BatchState
from models.rules.moved_deadline import MovableDate
from models.rules.permissions import Role
from tests.builders import a_person
from tests.expired import expired, reinstated
from tests.imports import submitted, the_batch
from tests.records import BatchOf, a_batch_to_fill, people_on
from tests.reminders import at
from tests.stages import confirmed, put_into
from tests.vouchers import a_batch_to_pay, a_paying_unit, change, staff, submit, two_batches

TEN = at(5, 6, 10)


def by_the_confirmed_premium() -> BatchOf:
    batch = a_batch_to_fill()
    people_on(batch, [a_person()])
    return confirmed(submitted(batch), now=TEN)


def by_a_void_voucher() -> BatchOf:
    paying = a_paying_unit()
    submit(paying)
    with writing() as session:
        void_voucher(session, paying.admin, paying.voucher_id, "重复填报", TEN)
    return paying.batch


def by_leaving_a_rejected_voucher() -> BatchOf:
    paying, other = two_batches(rejected=True)
    change(paying, TEN, batch_nos=[paying.batch.batch_no])
    return other


def by_a_published_date_that_moves() -> BatchOf:
    batch = a_batch_to_pay()
    admin, later = staff(Role.ADMIN, batch.now), {MovableDate.CENTRAL_PAYMENT_CLOSE_ON: date(2020, 6, 5)}
    with writing() as session:
        move_deadlines(session, admin, "2020", later, "疫情", TEN)
    return batch


def by_being_reinstated() -> BatchOf:
    batch = expired(a_batch_to_pay())
    reinstated(batch, at(6, 10, 17), now=TEN)
    return batch


WAYS = [
    by_the_confirmed_premium,
    by_a_void_voucher,
    by_leaving_a_rejected_voucher,
    by_a_published_date_that_moves,
    by_being_reinstated,
]


@pytest.mark.parametrize("way", WAYS)
def test_a_batch_has_its_term_since_it_was_given_it(database: str, way: Callable[[], BatchOf]) -> None:
    batch = the_batch(way())
    assert (batch.state, batch.term_since) == (BatchState.AWAITING_PAYMENT, TEN)


def since(batch: BatchOf) -> datetime | None:
    found: datetime | None = the_batch(batch).term_since
    return found


def test_a_later_close_of_the_window_gives_a_batch_that_awaits_payment_no_other_term(database: str) -> None:
    batch = a_batch_to_pay()
    before, admin = since(batch), staff(Role.ADMIN, batch.now)
    with writing() as session:
        move_deadlines(session, admin, "2020", {MovableDate.CENTRAL_CLOSE_AT: at(5, 20, 17)}, "疫情", TEN)
    assert since(batch) == before == batch.now


def test_a_submitted_voucher_gives_no_term(database: str) -> None:
    paying = a_paying_unit()
    submit(paying, TEN)
    assert since(paying.batch) == paying.now


def test_a_draft_has_none(database: str) -> None:
    batch = a_batch_to_fill()
    put_into(batch, BatchState.ROSTER_FAILED, updated_at=TEN)
    assert since(batch) is None
