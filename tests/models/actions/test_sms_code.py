"""短信验证码 (DOMAIN 12.6)."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import time_machine

from models.actions.deliver_messages import leave_line, take_line
from models.actions.keep_accounts import add_account
from models.actions.sms_code import (
    A_DAY_FOR_A_PHONE,
    A_DAY_FOR_AN_ACCOUNT,
    RESEND_AFTER,
    TRIES,
    VALID,
    Purpose,
    send_sms_code,
    use_sms_code,
)
from models.records.audit import AuditEntry
from models.records.database import reading, writing
from models.records.delivery_line import DeliveryLine
from models.records.notice import MessageState, OutgoingMessage
from models.records.sms_code import SmsCode
from models.records.viewer import Viewer
from models.rules.notices import Channel
from models.rules.permissions import Role
from tests.conftest import use_environment
from tests.records import IN_THE_CENTRAL_WINDOW as NOW
from tests.refusals import refused
from tests.sms import GATEWAY

PHONE, OTHER = "14200000001", "14200000002"
RIGHT = None


@pytest.fixture
def li(database: str) -> Viewer:
    return somebody("li@unit.example")


def somebody(email: str, role: Role = Role.HANDLER) -> Viewer:
    with writing() as session:
        account, _ = add_account(session, email, role, now=NOW)
        return Viewer(account.id, role, ip="192.0.2.7")


def send(viewer: Viewer, phone: str = PHONE, purpose: Purpose = Purpose.HANDLER_PROFILE) -> str:
    """Have a code sent; what the message says."""
    with writing() as session:
        send_sms_code(session, viewer, phone, purpose, now=NOW)
    with reading() as session:
        latest = session.query(OutgoingMessage).order_by(OutgoingMessage.id.desc()).first()
    found = re.search(r"\d{6}", latest.body) if latest else None
    assert found
    return found[0]


def tried(viewer: Viewer, typed: str, phone: str = PHONE, purpose: Purpose = Purpose.HANDLER_PROFILE) -> str | None:
    """The code of the refusal; None if it was the right one."""
    with writing() as session:
        no = use_sms_code(session, viewer, phone, purpose, typed)
    return no.code if no else RIGHT


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06d}"


def time_passes(by: timedelta) -> None:
    with writing() as session:
        for code in session.query(SmsCode):
            code.sent_at -= by


def test_the_code_that_was_sent_is_right_once(li: Viewer) -> None:
    code = send(li, " 142-0000-0001 ")
    assert tried(li, f" {code} ") is RIGHT
    assert tried(li, code) == "SMS-005"


def test_it_goes_to_the_outbox_while_there_is_no_gateway(li: Viewer) -> None:
    code = send(li)
    with reading() as session:
        message = session.query(OutgoingMessage).one()
    assert (message.channel, message.recipient, message.sent_at) == ("sms", PHONE, None)
    assert code in message.body
    assert "经办人填报" in message.body


def test_the_code_itself_is_not_stored(li: Viewer) -> None:
    code = send(li)
    with reading() as session:
        assert code.encode() not in session.query(SmsCode).one().code_hash


def test_who_asked_is_written_down_without_the_whole_number(li: Viewer) -> None:
    send(li)
    with reading() as session:
        entry = session.query(AuditEntry).filter_by(action="send_sms_code").one()
    assert (entry.account_id, entry.ip) == (li.account_id, "192.0.2.7")
    assert entry.details == {"purpose": "handler_profile", "phone": "142****0001"}


@pytest.mark.parametrize("phone", ["", "021-55500142", "1420000000", "12345678901"])
def test_what_is_no_mobile_number_is_sent_nothing(li: Viewer, phone: str) -> None:
    with refused("SMS-001"):
        send(li, phone)


def test_a_code_is_valid_for_five_minutes(li: Viewer) -> None:
    code = send(li)
    time_passes(VALID - timedelta(seconds=5))
    assert tried(li, code) is RIGHT
    code = send(li)
    time_passes(VALID)
    assert tried(li, code) == "SMS-005"


def test_what_was_never_sent_has_expired(li: Viewer) -> None:
    assert tried(li, "123456") == "SMS-005"


def test_the_fifth_wrong_try_voids_it(li: Viewer) -> None:
    code = send(li)
    assert [tried(li, wrong(code)) for _ in range(TRIES)] == ["SMS-004"] * 4 + ["SMS-006"]
    assert tried(li, code) == "SMS-006"


def test_each_wrong_try_says_how_many_are_left(li: Viewer) -> None:
    code = send(li)
    with writing() as session:
        no = use_sms_code(session, li, PHONE, Purpose.HANDLER_PROFILE, wrong(code))
    assert no is not None
    assert no.values == {"n": 4}


def test_another_code_makes_the_one_before_worthless(li: Viewer) -> None:
    first = send(li)
    time_passes(RESEND_AFTER)
    second = send(li)
    assert tried(li, first) == ("SMS-004" if first != second else RIGHT)
    assert tried(li, second) == (RIGHT if first != second else "SMS-005")


def test_a_code_is_good_for_its_own_number_only(li: Viewer) -> None:
    code = send(li)
    assert tried(li, code, OTHER) == "SMS-008"
    assert tried(li, code) is RIGHT


def test_a_code_is_good_for_its_own_purpose_only(li: Viewer) -> None:
    code = send(li)
    assert tried(li, code, purpose=Purpose.CODE_APPLICATION) == "SMS-005"
    assert tried(li, code) is RIGHT


def test_another_account_neither_uses_nor_uses_up_a_code(li: Viewer) -> None:
    code, stranger = send(li), somebody("zhou@unit.example")
    assert [tried(stranger, code) for _ in range(TRIES + 1)] == ["SMS-005"] * (TRIES + 1)
    assert tried(li, code) is RIGHT


def test_the_next_code_for_a_phone_is_sent_after_a_minute_whoever_asks(li: Viewer) -> None:
    send(li)
    with refused("SMS-002", seconds=60):
        send(somebody("zhou@unit.example"))
    time_passes(RESEND_AFTER)
    send(li)


def test_another_purpose_or_another_phone_need_not_wait(li: Viewer) -> None:
    send(li)
    send(li, purpose=Purpose.CODE_APPLICATION)
    send(li, OTHER)
    with refused("SMS-002"):
        send(li)


@pytest.mark.parametrize("hour", [9, 23])
def test_a_phone_is_sent_ten_codes_a_day(li: Viewer, hour: int) -> None:
    with time_machine.travel(NOW.replace(hour=hour)) as clock:
        for _ in range(A_DAY_FOR_A_PHONE):
            send(li)
            clock.shift(RESEND_AFTER)
        with refused("SMS-003"):
            send(li)
        send(li, OTHER)
        clock.shift(timedelta(hours=24 - hour))  # Shanghai's midnight
        send(li)


def test_an_account_asks_for_thirty_codes_a_day(li: Viewer) -> None:
    for number in range(A_DAY_FOR_AN_ACCOUNT):
        send(li, f"142000001{number:02d}")
    with refused("SMS-003"):
        send(li)
    send(somebody("zhou@unit.example"))


def test_codes_of_the_day_before_yesterday_are_swept_away(li: Viewer) -> None:
    send(li)
    time_passes(timedelta(days=2))
    send(li)
    with reading() as session:
        assert session.query(SmsCode).count() == 1


def test_while_the_gateway_is_away_no_code_is_promised_and_none_is_counted(
    li: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_environment(monkeypatch, **GATEWAY)
    with writing() as session:
        leave_line(session, Channel.SMS, take_line(session, Channel.SMS) or "", away="NewConnectionError")
    with refused("SMS-007"):
        send(li)
    with writing() as session:
        session.query(DeliveryLine).update({"shut_until": 0})
    send(li)


def test_with_a_gateway_it_waits_to_be_sent_before_all_others(li: Viewer, monkeypatch: pytest.MonkeyPatch) -> None:
    use_environment(monkeypatch, **GATEWAY)
    send(li)
    with reading() as session:
        message = session.query(OutgoingMessage).one()
    assert (message.state, message.next_try_at, message.letter) == (MessageState.WAITING, 0, "sms_code")


def test_in_production_without_a_gateway_it_stays_where_an_administrator_reads_it(
    li: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_environment(monkeypatch, CANBAO_ENV="production")
    code = send(li)
    with reading() as session:
        message = session.query(OutgoingMessage).one()
    assert (message.state, code in message.body) == (MessageState.OUTBOX, True)


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.ADMIN, Role.SUPERIOR_UNION])
def test_only_who_fills_in_the_form_is_sent_a_code_for_it(database: str, role: Role) -> None:
    with refused("AUTH-006"):
        send(somebody("staff@union.example", role))


def test_the_desk_has_codes_sent_for_a_visitors_application(database: str) -> None:
    desk = somebody("desk@union.example", Role.SERVICE_DESK)
    assert tried(desk, send(desk, purpose=Purpose.CODE_APPLICATION), purpose=Purpose.CODE_APPLICATION) is RIGHT
