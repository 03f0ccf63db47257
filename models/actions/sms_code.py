"""短信验证码: six digits that show whose phone it is (DOMAIN 12.6).

A code belongs to the account that asked for it, to one phone and one purpose. Limits go by the machine's clock; the day
is Shanghai's.
"""

from __future__ import annotations

import hmac
import math
import secrets
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from config.clock import SHANGHAI
from config.settings import keyring, settings
from models.actions.deliver_messages import is_shut
from models.actions.outgoing import post_code
from models.actions.permit import permit
from models.actions.slow_log_in import take_turn
from models.records.audit import record_act
from models.records.sms_code import SmsCode
from models.records.viewer import Viewer
from models.rules.mobile import mask_mobile, mobile_number
from models.rules.notices import Channel
from models.rules.permissions import Action, Role, scope
from models.rules.refusal import Refused

DIGITS, TRIES = 6, 5
VALID = timedelta(minutes=5)
RESEND_AFTER = timedelta(seconds=60)
A_DAY_FOR_A_PHONE, A_DAY_FOR_AN_ACCOUNT = 10, 30


class Purpose(StrEnum):
    """What a code is good for."""

    HANDLER_PROFILE = "handler_profile"
    CODE_APPLICATION = "code_application"

    @property
    def text(self) -> str:
        """As the message calls it."""
        return _TEXTS[self]


_TEXTS = {Purpose.HANDLER_PROFILE: "经办人填报", Purpose.CODE_APPLICATION: "参保编码申请"}
_ASKS = {
    Purpose.HANDLER_PROFILE: Action.WRITE_HANDLER_PROFILE,
    Purpose.CODE_APPLICATION: Action.CREATE_CODE_APPLICATION,
}


def usual_purpose(role: Role) -> Purpose:
    """What a code is for where nobody says: 经办人填报 of whoever has one to fill in."""
    fills_in = scope(role, _ASKS[Purpose.HANDLER_PROFILE]) is not None
    return Purpose.HANDLER_PROFILE if fills_in else Purpose.CODE_APPLICATION


def send_sms_code(session: Session, viewer: Viewer, phone: str, purpose: Purpose, *, now: datetime) -> str:
    """Have a code sent after the commit; returns the number it goes to. `now` is business time, for the audit log.

    Refused: SMS-001 no mobile number, SMS-002 too soon again, SMS-003 the day's codes are used up, SMS-007 the gateway
    was away a moment ago.
    """
    permit(viewer, _ASKS[purpose])
    number = mobile_number(phone)
    if number is None:
        raise Refused("SMS-001")
    if settings().sends_sms and is_shut(session, Channel.SMS):
        raise Refused("SMS-007")
    _refuse_too_many(session, viewer, number, purpose)
    code = "".join(secrets.choice("0123456789") for _ in range(DIGITS))
    sent = SmsCode(
        account_id=viewer.account_id,
        phone=number,
        purpose=purpose,
        code_hash=_hash(number, purpose, code),
        sent_at=datetime.now(UTC),
    )
    session.add(sent)
    record_act(
        session,
        viewer,
        now,
        "send_sms_code",
        purpose=purpose,
        phone=mask_mobile(number),
    )
    post_code(session, Channel.SMS, number, "sms_code", valid=VALID, code=code, purpose=purpose.text)
    return number


def use_sms_code(session: Session, viewer: Viewer, phone: str, purpose: Purpose, typed: str) -> Refused | None:
    """None if this is the code that was sent to this phone last, which is used up by that; else why not.

    A value and no exception, because a wrong try must stay counted: SMS-004 wrong, SMS-005 too old, used or never sent,
    SMS-006 tried too often, SMS-008 sent to another number.
    """
    now = datetime.now(UTC)
    mine = select(SmsCode).where(SmsCode.account_id == viewer.account_id, SmsCode.purpose == purpose)
    latest = mine.order_by(SmsCode.id.desc()).limit(1).with_for_update()
    code = session.scalars(latest.where(SmsCode.phone == phone)).first()
    if code is None or code.used_at is not None or code.sent_at <= now - VALID:
        return Refused("SMS-008" if _sent_elsewhere(session.scalars(mine).all(), phone, now) else "SMS-005")
    if code.tries >= TRIES:
        return Refused("SMS-006")
    if not hmac.compare_digest(code.code_hash, _hash(phone, purpose, typed.strip())):
        code.tries += 1
        return Refused("SMS-004", n=TRIES - code.tries) if code.tries < TRIES else Refused("SMS-006")
    code.used_at = now
    return None


def _refuse_too_many(session: Session, viewer: Viewer, phone: str, purpose: Purpose) -> None:
    for turn in (f"sms phone {phone}", f"sms account {viewer.account_id}"):  # always in this order
        take_turn(session, hmac.digest(keyring().lookup, turn.encode(), "sha256"))
    now = datetime.now(UTC)
    today = now.astimezone(SHANGHAI).replace(hour=0, minute=0, second=0, microsecond=0)
    session.execute(delete(SmsCode).where(SmsCode.sent_at < today - timedelta(days=1)))
    last = session.execute(
        select(func.max(SmsCode.sent_at)).where(SmsCode.phone == phone, SmsCode.purpose == purpose)
    ).scalar()
    if last is not None and last + RESEND_AFTER > now:
        raise Refused("SMS-002", seconds=math.ceil((last + RESEND_AFTER - now).total_seconds()))
    for counted, most in (
        (SmsCode.phone == phone, A_DAY_FOR_A_PHONE),
        (SmsCode.account_id == viewer.account_id, A_DAY_FOR_AN_ACCOUNT),
    ):
        of_today = select(func.count()).select_from(SmsCode).where(counted, SmsCode.sent_at >= today)
        if session.execute(of_today).scalar_one() >= most:
            raise Refused("SMS-003", seconds=math.ceil((today + timedelta(days=1) - now).total_seconds()))


def _sent_elsewhere(codes: Sequence[SmsCode], phone: str, now: datetime) -> bool:
    """Whether a code that is still good went to another number: it was typed, and the number changed afterwards."""
    return any(code.phone != phone and code.used_at is None and code.sent_at > now - VALID for code in codes)


def _hash(phone: str, purpose: Purpose, code: str) -> bytes:
    return hmac.digest(keyring().lookup, f"sms code:{purpose}:{phone}:{code}".encode(), "sha256")
