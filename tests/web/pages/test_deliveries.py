"""发送情况: what did not arrive, why, and how it is sent again."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from models.actions.deliver_messages import leave_line, take_line
from models.records.account import Account
from models.records.database import reading, writing
from models.records.notice import MessageState, Notice, OutgoingMessage, tell
from models.rules.notices import Channel
from tests.conftest import use_environment
from tests.mail_server import mail_settings
from tests.told import VALUES
from tests.web.conftest import MORNING, Browser, Person, Town, account_id, text_of


def a_message(person: Person, state: MessageState, error: str = "", code: str = "NTF-05") -> int:
    """A letter in this state that brings this person a notice."""
    account = account_id(person)
    with writing() as records:
        tell(records, account, code, f"{state} {error}", at=MORNING, **VALUES[code])
        notice = records.scalars(select(Notice).order_by(Notice.id.desc())).first()
        assert notice
        notice.passed_on = True
        message = OutgoingMessage(
            notice_id=notice.id,
            channel="email",
            recipient=person.email,
            created_at=datetime.now(UTC),
            state=state,
            refusals=2,
            last_error=error,
        )
        records.add(message)
        records.flush()
        return message.id


def a_code(state: MessageState, body: str = "验证码 123456") -> int:
    with writing() as records:
        message = OutgoingMessage(
            channel="sms",
            recipient="14200000001",
            letter="sms_code",
            body=body,
            created_at=datetime.now(UTC),
            state=state,
        )
        records.add(message)
        records.flush()
        return message.id


def state_of(message_id: int) -> str:
    with reading() as records:
        return records.get_one(OutgoingMessage, message_id).state


def test_without_messages_the_page_says_so(admin: Browser) -> None:
    assert "还没有邮件或短信" in text_of(admin.get("/deliveries"))


def test_what_failed_is_shown_with_its_reason_and_a_masked_recipient(admin: Browser, town: Town) -> None:
    a_message(town.li, MessageState.FAILED, "RCPT 550")
    page = text_of(admin.get("/deliveries"))
    assert "收件地址被拒绝（550），已试 2 次" in page
    assert "0***@doudou.example" in page
    assert town.li.email not in page
    assert "发送失败 1 条" in page


@pytest.mark.parametrize("state", [MessageState.FAILED, MessageState.UNCERTAIN])
def test_what_failed_or_is_uncertain_is_sent_again(admin: Browser, town: Town, state: MessageState) -> None:
    message_id = a_message(town.li, state, "TimeoutError")
    admin.post(f"/deliveries/{message_id}/again", "/deliveries")
    assert state_of(message_id) == MessageState.WAITING
    assert "已安排重新发送到 0***@doudou.example" in text_of(admin.get("/deliveries"))


@pytest.mark.parametrize("state", [MessageState.WAITING, MessageState.SENDING, MessageState.SENT])
def test_nothing_else_is(admin: Browser, town: Town, state: MessageState) -> None:
    message_id = a_message(town.li, state)
    assert "重新发送给" not in admin.get("/deliveries").get_data(as_text=True)
    answer = admin.post(f"/deliveries/{message_id}/again", "/deliveries")
    assert (answer.status_code, state_of(message_id)) == (409, state)
    assert "刚才的操作没有执行" in text_of(answer)


@pytest.mark.parametrize("state", [MessageState.FAILED, MessageState.UNCERTAIN, MessageState.WAITING])
def test_what_the_unit_knows_otherwise_is_given_up(admin: Browser, town: Town, state: MessageState) -> None:
    message_id = a_message(town.li, state)
    assert "不再发送给" in admin.get("/deliveries").get_data(as_text=True)
    admin.post(f"/deliveries/{message_id}/give-up", "/deliveries")
    assert state_of(message_id) == MessageState.VOID
    assert "仍显示在单位的“通知”页" in text_of(admin.get("/deliveries"))
    assert admin.post(f"/deliveries/{message_id}/again", "/deliveries").status_code == 409


def test_a_code_that_waits_is_not_given_up(admin: Browser) -> None:
    message_id = a_code(MessageState.WAITING)
    assert "不再发送给" not in admin.get("/deliveries").get_data(as_text=True)
    assert admin.post(f"/deliveries/{message_id}/give-up", "/deliveries").status_code == 409


def test_an_outdated_reminder_is_said_to_be(admin: Browser, town: Town) -> None:
    a_message(town.li, MessageState.VOID, "outdated", code="NTF-03")
    assert "提醒已过时" in text_of(admin.get("/deliveries"))


def test_a_code_is_never_sent_again(admin: Browser) -> None:
    message_id = a_code(MessageState.UNCERTAIN, "")
    assert admin.post(f"/deliveries/{message_id}/again", "/deliveries").status_code == 409


def test_all_that_failed_can_be_sent_again_at_once(admin: Browser, town: Town) -> None:
    failed = [a_message(town.li, MessageState.FAILED, f"RCPT 55{number}") for number in range(3)]
    uncertain = a_message(town.li, MessageState.UNCERTAIN)
    admin.post("/deliveries/again", "/deliveries")
    assert [state_of(one) for one in [*failed, uncertain]] == [MessageState.WAITING] * 3 + [MessageState.UNCERTAIN]
    assert "已安排重新发送 3 条" in text_of(admin.get("/deliveries"))


def test_the_list_is_narrowed_by_state_and_channel(admin: Browser, town: Town) -> None:
    a_message(town.li, MessageState.SENT, code="NTF-02")
    a_message(town.li, MessageState.FAILED, code="NTF-05")
    a_code(MessageState.SENT, "")
    assert ("NTF-05" in (page := text_of(admin.get("/deliveries?state=failed"))), "NTF-02" in page) == (True, False)
    assert ("短信验证码" in (page := text_of(admin.get("/deliveries?channel=sms"))), "NTF-05" in page) == (True, False)
    assert "没有符合条件" in text_of(admin.get("/deliveries?state=failed&channel=sms"))


def test_a_server_that_is_away_is_named_with_what_happens_next(admin: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    with writing() as records:
        leave_line(records, Channel.EMAIL, take_line(records, Channel.EMAIL) or "", away="ConnectionRefusedError")
    page = text_of(admin.get("/deliveries"))
    assert "连接不上服务器" in page
    assert "秒后自动再试" in page


def test_in_production_without_a_server_the_page_says_that_nothing_goes_out(
    admin: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_environment(monkeypatch, CANBAO_ENV="production")
    assert "邮件都在等待，不会发出" in text_of(admin.get("/deliveries"))
    use_environment(monkeypatch, **mail_settings(25))
    assert "邮件都在等待" not in text_of(admin.get("/deliveries"))


def test_in_production_without_a_gateway_an_administrator_reads_codes_as_long_as_they_are_good(
    admin: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_code(MessageState.OUTBOX)
    assert "123456" not in text_of(admin.get("/deliveries"))  # a demonstration has the outbox for that
    use_environment(monkeypatch, CANBAO_ENV="production")
    assert "验证码 123456" in text_of(admin.get("/deliveries"))


def test_markup_in_a_notice_is_text(admin: Browser, town: Town) -> None:
    message_id = a_message(town.li, MessageState.FAILED, code="NTF-12")
    with writing() as records:
        notice = records.get_one(Notice, records.get_one(OutgoingMessage, message_id).notice_id)
        notice.values = notice.values | {"reason": "<b>金额</b>"}
    assert "&lt;b&gt;金额" in admin.get("/deliveries").get_data(as_text=True)


def test_nobody_but_an_administrator_sees_it(reviewer: Browser, li: Browser) -> None:
    assert [one.get("/deliveries").status_code for one in (reviewer, li)] == [403, 403]


def test_an_address_that_was_erased_is_said_to_be(admin: Browser, town: Town) -> None:
    message_id = a_message(town.li, MessageState.SENT)
    with writing() as records:
        records.get_one(OutgoingMessage, message_id).recipient = ""
    assert "已清除" in text_of(admin.get("/deliveries"))
    assert "已清除" in text_of(admin.get("/outbox"))


def test_a_notice_that_has_nowhere_to_go_is_not_sent_again(admin: Browser, town: Town) -> None:
    message_id = a_message(town.li, MessageState.FAILED)
    unit = account_id(town.li)
    with writing() as records:
        records.get_one(Account, unit).disabled_at = MORNING
    answer = admin.post(f"/deliveries/{message_id}/again", "/deliveries")
    assert (answer.status_code, state_of(message_id)) == (422, MessageState.FAILED)
    assert "没有可以接收的地址" in text_of(answer)
