"""J11 code_purge: hourly, codes that are over, and what is counted for minutes only (DOMAIN 12.6, 13).

Each is erased by the next request of its kind too; this is for the hours in which nobody asks. How long each counts is
its own module's; all of that goes by the machine's clock, and only the hour by the business one.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy import ColumnElement, delete, exists, or_, select
from sqlalchemy.orm import DeclarativeBase, Session

from config.clock import SHANGHAI
from models.actions import picture_code, slow_log_in, sms_code
from models.actions.calendar.scheduled import Scheduled, once
from models.records.login_attempt import EmailCode, EmailCodeRequest, LoginFailure, UsedPictureCode
from models.records.registration import Registration
from models.records.sms_code import SmsCode

A_DAY = timedelta(days=1)
"""So long codes by e-mail are counted."""

_Over = tuple[type[DeclarativeBase], ColumnElement[bool]]


def _over(machine_now: datetime) -> Sequence[_Over]:
    """What serves no purpose any more: no code that may be typed, and nothing that a limit counts."""
    today = machine_now.astimezone(SHANGHAI).replace(hour=0, minute=0, second=0, microsecond=0)
    return (
        (SmsCode, SmsCode.sent_at < min(today, machine_now - sms_code.VALID)),  # a day's codes are counted
        (EmailCode, EmailCode.sent_at < machine_now - A_DAY),
        (EmailCodeRequest, EmailCodeRequest.at <= machine_now - slow_log_in.WINDOW),
        (Registration, Registration.asked_at < machine_now - A_DAY),
        (LoginFailure, LoginFailure.at <= machine_now - slow_log_in.WINDOW),
        (UsedPictureCode, UsedPictureCode.at < machine_now - 2 * picture_code.VALID),
    )


def _next_at(session: Session, after: datetime, now: datetime) -> datetime | None:
    hour = now.replace(minute=0, second=0, microsecond=0)
    if hour <= after:
        return None
    some = or_(*(exists().where(is_over) for _, is_over in _over(datetime.now(UTC))))
    return hour if session.execute(select(some)).scalar_one() else None


def _do(session: Session, unit: int, period: datetime, now: datetime) -> int:
    erased = 0
    for table, is_over in _over(datetime.now(UTC)):
        done = session.execute(delete(table).where(is_over).execution_options(synchronize_session=False))
        erased += int(done.rowcount)  # type: ignore[attr-defined]  # a DELETE's result has it
    return erased


CODE_PURGE = Scheduled("J11", "calendar.code_purge", "验证码清理", _next_at, once, _do)
