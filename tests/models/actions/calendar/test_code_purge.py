"""J11: codes that are over are erased each hour, and nothing that still counts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest
import time_machine
from sqlalchemy import func, select

from config.clock import SHANGHAI
from models.actions import picture_code, slow_log_in, sms_code
from models.actions.calendar.code_purge import CODE_PURGE
from models.records.base import Base
from models.records.database import reading, writing
from models.records.login_attempt import EmailCode, EmailCodeRequest, LoginFailure, UsedPictureCode
from models.records.registration import Registration
from models.records.sms_code import SmsCode
from tests.records import BatchOf, a_batch_to_fill
from tests.scheduled import calendar_at, calendar_begins_at, done_at

NOW = datetime(2026, 3, 5, 12, 30, tzinfo=SHANGHAI)
"""By the machine's clock."""
TODAY = NOW.replace(hour=0, minute=0)
A_DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)
PHONE = "13912345678"
DIGEST, HASH = bytes(16), bytes(32)


def an_sms(at: datetime, account_id: int) -> Base:
    return SmsCode(account_id=account_id, phone=PHONE, purpose="handler_profile", code_hash=HASH, sent_at=at)


def an_email(at: datetime, account_id: int) -> Base:
    return EmailCode(account_id=account_id, asked_by=HASH, code_hash=HASH, sent_at=at)


def a_request(at: datetime, _: int) -> Base:
    return EmailCodeRequest(account_digest=DIGEST, source="192.0.2.0/24", at=at)


def a_registration(at: datetime, _: int) -> Base:
    return Registration(address_digest=DIGEST, asked_by=HASH, password_hash="argon2id", asked_at=at)


def a_failure(at: datetime, _: int) -> Base:
    return LoginFailure(account_digest=DIGEST, source="192.0.2.0/24", at=at)


def a_picture(at: datetime, _: int) -> Base:
    return UsedPictureCode(nonce="n", at=at)


KINDS: dict[str, tuple[Callable[[datetime, int], Base], datetime]] = {
    "an SMS code of yesterday, whose day is not counted any more": (an_sms, TODAY - SECOND),
    "a code by e-mail of the day before": (an_email, NOW - A_DAY - SECOND),
    "a request for one": (a_request, NOW - slow_log_in.WINDOW),
    "a registration that was not confirmed": (a_registration, NOW - A_DAY - SECOND),
    "a wrong password": (a_failure, NOW - slow_log_in.WINDOW),
    "a picture that was answered": (a_picture, NOW - 2 * picture_code.VALID - SECOND),
}


@pytest.fixture
def batch(database: str) -> Iterator[BatchOf]:
    """Somebody who may have codes; the machine's clock shows NOW."""
    found = a_batch_to_fill()
    with time_machine.travel(NOW, tick=False):
        yield found


def kept(table: type[Base]) -> int:
    with reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


@pytest.mark.parametrize(("make", "last"), KINDS.values(), ids=KINDS)
def test_what_is_over_is_erased_and_what_is_not_stays(
    batch: BatchOf, make: Callable[[datetime, int], Base], last: datetime
) -> None:
    table = type(make(last, 1))
    with writing() as session:
        session.add(make(last + SECOND, batch.viewer.account_id))
    done_at(CODE_PURGE, batch.now)
    stays = kept(table)
    with writing() as session:
        for row in session.scalars(select(table)):
            session.delete(row)
    with writing() as session:
        session.add(make(last, batch.viewer.account_id))
    done_at(CODE_PURGE, batch.now)
    assert (stays, kept(table)) == (1, 0)


def test_just_after_midnight_a_code_that_may_be_typed_stays(batch: BatchOf) -> None:
    midnight = TODAY + SECOND
    with writing() as session:
        session.add(an_sms(midnight - sms_code.VALID, batch.viewer.account_id))
        session.add(an_sms(midnight - sms_code.VALID - SECOND, batch.viewer.account_id))
    with time_machine.travel(midnight, tick=False):
        done_at(CODE_PURGE, batch.now)
    assert kept(SmsCode) == 1


def test_where_nothing_is_over_nothing_is_due(batch: BatchOf) -> None:
    with writing() as session:
        session.add(a_failure(NOW, batch.viewer.account_id))
    with reading() as session:
        assert CODE_PURGE.next_at(session, batch.now, batch.now + A_DAY) is None


def test_the_latest_full_hour_is_due_and_once(batch: BatchOf) -> None:
    with writing() as session:
        session.add(a_failure(NOW - A_DAY, batch.viewer.account_id))
    ten = batch.now.replace(hour=10)
    with reading() as session:
        due = CODE_PURGE.next_at(session, batch.now, ten + timedelta(minutes=59))
        again = CODE_PURGE.next_at(session, ten, ten + timedelta(minutes=59))
    assert (due, again) == (ten, None)


def test_the_calendar_does_it_and_says_how_much(batch: BatchOf) -> None:
    calendar_begins_at(batch.now)
    with writing() as session:
        session.add_all([a_failure(NOW - A_DAY, 1), a_failure(NOW - A_DAY, 1), a_picture(NOW - A_DAY, 1)])
    ran = calendar_at(batch.now + timedelta(hours=1))
    assert [(job.kind, job.progress["found"]["done"]) for job in ran] == [(CODE_PURGE.kind, 3)]
